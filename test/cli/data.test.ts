import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { testIo } from "./testIo.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-cli-data-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const at = (name: string) => join(scratch, name);

async function ran(...args: readonly string[]) {
  const { io, stdout, stderr } = testIo({ env: { NO_COLOR: "1" } });
  const code = await nerium(args, io);
  const plain = (text: string) => text.replaceAll(scratch, "DIR");
  return { code, out: plain(stdout.text), err: plain(stderr.text) };
}

const record = {
  id: 7,
  text: "😀 Ada Lovelace lives",
  spans: [
    { start: 2, end: 5, label: "PER" },
    { start: 2, end: 14, label: "PER" },
    { start: 17, end: 19, label: "X" },
  ],
};
writeFileSync(at("odd.jsonl"), JSON.stringify(record));
writeFileSync(at("train.conll"), "Ada B-PER\nmet O\nher O\nin O\nTurin B-LOC\n\nNile I-RIVER\n");
writeFileSync(at("valid.conll"), "Ada B-PER\nmet O\nher O\nin O\nTurin B-ORG\n");

describe("nerium convert", () => {
  it("lists every entity that does not fit, and fails without a policy", async () => {
    expect(await ran("convert", at("odd.jsonl"), at("none.conll"))).toEqual({
      code: 1,
      out: "",
      err: `DIR/odd.jsonl:1 (7): X "ve" (18-20) does not start and end at word boundaries
DIR/odd.jsonl:1 (7): PER "Ada" (3-6) overlaps PER "Ada Lovelace"
error: X "ve" (18-20) does not start and end at word boundaries, and 1 more [DATA_SPANS_UNFIT]
  at DIR/odd.jsonl:1 (7)
  Use --policy split to cut words where such spans begin and end, --policy widen to extend the spans to whole words, or --policy drop to leave them out. nerium convert lists every changed span.
  See nerium docs DATA_SPANS_UNFIT
`,
    });
  });

  it("counts the entities for which words were split, without a line for each", async () => {
    const { code, out, err } = await ran("convert", at("odd.jsonl"), at("split.conll"), "--policy", "split");
    expect(code).toBe(0);
    expect(out).toContain("  words were split at 1 entity\n  0 widened, 1 dropped\n");
    expect(err).not.toContain('"ve"');
  });

  it("says what was converted, what was changed, and what offsets count", async () => {
    expect(await ran("convert", at("odd.jsonl"), at("odd.conll"), "--policy", "widen")).toEqual({
      code: 0,
      out: `DIR/odd.conll: conll, converted from spans
  1 sentence, 2 entities
  1 widened, 1 dropped
  lost: 1 value of id, 1 entity that does not fit
  offsets count code points (because entities then match word boundaries)
`,
      err: `DIR/odd.jsonl:1 (7): X "ve" (18-20) does not start and end at word boundaries: widened to "lives"
DIR/odd.jsonl:1 (7): PER "Ada" (3-6) overlaps PER "Ada Lovelace": dropped
`,
    });
    const { out } = await ran("convert", at("odd.jsonl"), at("odd.csv"), "--policy=drop", "--json");
    expect(JSON.parse(out)).toMatchObject({
      to: "csv",
      entities: 1,
      dropped: 2,
      problems: [{ kind: "within-word" }, {}],
    });
  });

  it.each([
    [["convert", "a"], "Missing required argument 'OUT'"],
    [["convert", "a", "b", "--to", "x"], "--to must be one of parquet, arrow"],
    [["data", "split", "a", "b", "--ratios", "1"], "--ratios must be two or three numbers above 0"],
    [["data", "inspekt", "a"], "Unknown command 'inspekt'"],
    [["data"], "No command given"],
  ])("%j is usage", async (args, what) => {
    const { code, err } = await ran(...args);
    expect(code).toBe(2);
    expect(err).toContain(what);
  });
});

it("nerium data inspect shows figures and what is odd", async () => {
  const { code, out, err } = await ran("data", "inspect", at("train.conll"), at("valid.conll"));
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatchSnapshot();
  const { out: json } = await ran("data", "inspect", at("train.conll"), "--json");
  expect(JSON.parse(json)).toMatchObject({ splits: [{ sentences: 2 }], notes: [] });
});

it("nerium data split writes parts and shows what is in each", async () => {
  const sentences = Array.from({ length: 20 }, (_, index) => `Ada${index} B-PER\nsmiled O\n\n`);
  writeFileSync(at("all.conll"), sentences.join(""));
  const { out } = await ran("data", "split", at("all.conll"), at("parts"), "--ratios", "0.9,0.1");
  expect(out.split("\n").map((line) => line.replace(/ +/g, " ").trim())).toEqual([
    "sentences PER",
    "DIR/parts/train.conll 18 18",
    "DIR/parts/validation.conll 2 2",
    "split by sentences, seed 42",
    "",
  ]);
  const parts = ["train", "validation"].map((name) =>
    readFileSync(join(at("parts"), `${name}.conll`), "utf8"),
  );
  expect(parts.join("").match(/B-PER/g)).toHaveLength(20);
});
