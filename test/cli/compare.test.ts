import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { predictionLines, readPredictions } from "../../src/data/index.js";
import { writeTinyModel } from "../infer/tinyModel.js";
import { testIo } from "./testIo.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-compare-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function file(name: string, text: string): string {
  writeFileSync(join(scratch, name), text);
  return join(scratch, name);
}

async function ran(...args: readonly string[]) {
  const { io, stdout, stderr } = testIo({ env: { NO_COLOR: "1" } });
  const code = await nerium(["compare", ...args], io);
  const plain = (text: string) => text.replaceAll(scratch, "DIR");
  return { code, out: plain(stdout.text), err: plain(stderr.text) };
}

const A =
  "-DOCSTART- O O\n\nAda B-PER B-PER\nmet O O\n\nTurin B-LOC I-LOC\n\n-DOCSTART- O O\n\nNile B-LOC O\n\n";
const B = A.replace("Nile B-LOC O", "Nile B-LOC B-LOC");

describe("nerium compare", () => {
  it("tells F1 of both, the difference, and how sure it is, by documents", async () => {
    const { code, out, err } = await ran(file("a.conll", A), file("b.conll", B));
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "F1, seqeval default mode
        A  DIR/a.conll   0.8000
        B  DIR/b.conll   1.0000
        B − A                                  +0.2000
        95% of draws are between +0.0000 and +1.0000; B is better in 75.6% of draws
      paired bootstrap: 10,000 draws from 2 documents (3 sentences), seed 42
      "
    `);
  });

  it("draws sentences where the files tell of no documents, and says so", async () => {
    const plain = (text: string) => text.replaceAll("-DOCSTART- O O\n\n", "");
    const { out } = await ran(file("c.conll", plain(A)), file("d.conll", plain(B)), "--draws", "100");
    expect(out).toContain("100 draws from 3 sentences (the files have no documents), seed 42");
    const json = JSON.parse((await ran(join(scratch, "a.conll"), join(scratch, "b.conll"), "--json")).out);
    expect(json).toMatchObject({
      files: { a: ["DIR/a.conll"], b: ["DIR/b.conll"] },
      runs: { a: [0.8], b: [1] },
      a: 0.8,
      b: 1,
      units: 2,
      unit: "documents",
      sentences: 3,
      draws: 10_000,
      seed: 42,
      mode: "default",
    });
  });

  it("reads stray tags as they are: strict mode counts them wrong", async () => {
    const { out } = await ran(join(scratch, "a.conll"), join(scratch, "b.conll"), "--strict", "--json");
    // An I- that begins nothing is no entity: of three B finds two, and A one.
    expect(JSON.parse(out)).toMatchObject({ a: 0.5, b: 0.8, mode: "strict" });
  });

  it("compares the means of several runs", async () => {
    const [a, b] = [join(scratch, "a.conll"), join(scratch, "b.conll")];
    const { code, out, err } = await ran("--a", a, b, "--b", b, "--draws", "100");
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "F1, seqeval default mode
        A  DIR/a.conll   0.8000
           DIR/b.conll   1.0000
           mean of 2                            0.9000
        B  DIR/b.conll   1.0000
        B − A                                  +0.1000
        95% of draws are between +0.0000 and +0.5000; B is better in 74.0% of draws
      paired bootstrap: 100 draws from 2 documents (3 sentences), seed 42
      "
    `);
  });

  it.each([
    [["A", "B", "--a", "C"], "A and B cannot be combined with --a and --b"],
    [["--a", "C"], "Nothing to compare: give A and B, or --a and --b"],
    [["A"], "Nothing to compare"],
    [[], "Nothing to compare"],
  ])("%j is usage", async (args, message) => {
    const { code, err } = await ran(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it.each([
    ["Ada B-PER\n", "DATA_PREDICTIONS_MISSING", "Each line has 2 columns"],
    [B.replace("Turin B-LOC", "Turin B-PER"), "DATA_PREDICTIONS_DIFFER", "DIR/a.conll:6 and DIR/e.conll:6"],
    [B.replace("Nile", "Po"), "DATA_PREDICTIONS_DIFFER", "DIR/a.conll:10 and DIR/e.conll:10"],
    [`${B}More O O\n`, "DATA_PREDICTIONS_DIFFER", "DIR/a.conll:end and DIR/e.conll:12"],
  ])("refuses what can't be compared: %j", async (text, code, message) => {
    const { err, code: exit } = await ran(join(scratch, "a.conll"), file("e.conll", text));
    expect(exit).toBe(1);
    expect(err).toContain(code);
    expect(err).toContain(message);
  });
});

it("nerium evaluate writes what nerium compare reads", async () => {
  const model = await writeTinyModel(join(scratch, "model"));
  const data = file("data.conll", "-DOCSTART- O\n\nAnna B-PER\nlives O\n\n-DOCSTART- O\n\nBerlin B-LOC\n");
  const { io, stdout } = testIo();
  const path = join(scratch, "predicted.conll");
  expect(await nerium(["evaluate", model, data, "--json", "--quiet", "--predictions", path], io)).toBe(0);
  const { default: scores } = JSON.parse(stdout.text);
  const { out } = await ran(path, path, "--json", "--draws", "10");
  expect(JSON.parse(out)).toMatchObject({
    a: scores.micro.f1,
    b: scores.micro.f1,
    difference: 0,
    units: 2,
    unit: "documents",
  });
});

it("predictions come back as they were written, words with spaces too", async () => {
  const sentences = [
    { words: ["New York", "is"], tags: ["B-LOC", "O"], document: 0, line: 1 },
    { words: ["Ada"], tags: ["B-PER"], document: 1, line: 2 },
  ];
  const predicted = [["I-LOC", "O"], ["O"]];
  const path = file("own.conll", [...predictionLines(sentences, predicted)].join(""));
  expect(await readPredictions([path], [path])).toEqual({
    units: [
      { gold: [["B-LOC", "O"]], a: [[["I-LOC", "O"]]], b: [[["I-LOC", "O"]]] },
      { gold: [["B-PER"]], a: [[["O"]]], b: [[["O"]]] },
    ],
    unit: "documents",
    sentences: 2,
  });
});
