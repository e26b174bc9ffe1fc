import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { recipeFlags } from "../../src/cli/recipeFlags.js";
import { rawRecipe, recipeFields } from "../../src/recipe/index.js";
import { train } from "../../src/train/index.js";
import { trainFlags } from "../train/crash/commandLine.js";
import { bytesOf } from "../train/outputBytes.js";
import { tinyModel } from "../train/tinyModel.js";
import { testIo } from "./testIo.js";

let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel();
});
afterAll(() => rmSync(tiny.folder, { recursive: true, force: true }));
const at = (...names: string[]) => join(tiny.folder, ...names);

async function ran(output: string, changes: Readonly<Record<string, string | number>> = {}) {
  const { io, stdout, stderr } = testIo({ env: { NO_COLOR: "1" } });
  const flags = trainFlags(tiny, at(output), { "num-train-epochs": 1, test: tiny.files.test, ...changes });
  const code = await nerium(
    flags.filter((flag) => flag !== "--quiet"),
    io,
  );
  return { code, out: stdout.text.replaceAll(tiny.folder, "DIR"), err: stderr.text };
}

const rows = (file: string) =>
  readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

it("a recipe is repeated with several seeds, a row each, and goes on where it was interrupted", async () => {
  const stop = new AbortController();
  const flags = trainFlags(tiny, at("many", "seed-2"), {
    "num-train-epochs": 1,
    test: tiny.files.test,
    seed: 2,
  });
  const { values } = recipeFlags(flags.slice(2), recipeFields, { own: new Set(), command: "train" });
  const run = train(rawRecipe(values, { kind: "flags" }), { signal: stop.signal });
  for await (const event of run) if (event.type === "step" && event.step === 3) stop.abort();
  expect((await run.result()).reason).toBe("stopped");

  const first = await ran("many", { seeds: "1,2" });
  expect(first.err).toBe("");
  expect(first.code).toBe(0);
  expect(first.out).toContain("resumed    after step 3");
  const found = rows(at("many", "results.jsonl"));
  expect(found).toHaveLength(2);
  const f1 = found.map((row) => (row.test as { f1: number }).f1);
  for (const [index, row] of found.entries())
    expect(row).toMatchObject({
      seed: index + 1,
      f1: f1[index],
      validation: { f1: expect.any(Number), loss: expect.any(Number) },
      steps: 6,
      tokens: expect.any(Number),
      reason: "finished",
      folder: at("many", `seed-${index + 1}`),
    });
  expect(found[0]!.recipe).toBe(found[1]!.recipe);
  expect(found[0]!.data).toBe(found[1]!.data);
  const mean = (f1[0]! + f1[1]!) / 2;
  const deviation = Math.abs(f1[0]! - f1[1]!) / Math.SQRT2;
  const report = first.out.slice(first.out.lastIndexOf("\nseed  ") + 1);
  expect(report).toMatch(/^seed +validation F1 +test F1 +steps +tokens +time$/m);
  expect(report).toMatch(new RegExp(`^mean +\\S+ +${mean.toFixed(4)}$`, "m"));
  expect(report).toMatch(new RegExp(`^standard deviation +\\S+ +${deviation.toFixed(4)}$`, "m"));
  expect(report).toContain("results  DIR/many/results.jsonl");

  // The same bytes as a run of that seed alone.
  await ran("alone", { seed: 2 });
  expect(bytesOf(at("many", "seed-2"), "")["model.safetensors"]).toBe(
    bytesOf(at("alone"), "")["model.safetensors"],
  );

  const again = await ran("many", { seeds: "1,2,3" });
  expect(again.code).toBe(0);
  expect(again.out.match(/is already finished/g)).toHaveLength(2);
  expect(rows(at("many", "results.jsonl")).map(({ seed }) => seed)).toEqual([1, 2, 3]);
});

it("with --json the summary is one object, and everything else goes to standard error", async () => {
  const { io, stdout, stderr } = testIo();
  const flags = trainFlags(tiny, at("many"), { "num-train-epochs": 1, test: tiny.files.test, seeds: "1,2" });
  expect(await nerium([...flags.filter((flag) => flag !== "--quiet"), "--json"], io)).toBe(0);
  const found = rows(at("many", "results.jsonl")).slice(0, 2);
  const [a, b] = found.map((row) => (row.test as { f1: number }).f1) as [number, number];
  const { f1, ...rest } = JSON.parse(stdout.text);
  expect(rest).toMatchObject({ reason: "finished", results: at("many", "results.jsonl") });
  expect(rest.runs.map(({ seed }: { seed: number }) => seed)).toEqual([1, 2]);
  expect(f1.test.mean).toBeCloseTo((a + b) / 2, 12);
  expect(f1.test.standardDeviation).toBeCloseTo(Math.abs(a - b) / Math.SQRT2, 12);
  expect(stderr.text).toContain("seed 2 (2 of 2)");
});

it("with --json a run prints its result as one object, and with --quiet only warnings besides", async () => {
  const { io, stdout, stderr } = testIo();
  const flags = trainFlags(tiny, at("json"), { "num-train-epochs": 1, "max-steps": 2 });
  expect(await nerium([...flags, "--json"], io)).toBe(0);
  expect(stderr.text).toMatch(/^warning: num_train_epochs has no effect.*\n$/);
  expect(JSON.parse(stdout.text)).toMatchObject({
    folder: at("json"),
    reason: "finished",
    steps: 2,
    metrics: { f1: expect.any(Number) },
    testMetrics: null,
  });
});

it("a record that misses something is none of a finished run", async () => {
  const record = at("many", "seed-3", "training_args.json");
  const text = readFileSync(record, "utf8");
  const { result, ...written } = JSON.parse(text);
  const { fingerprint, ...rest } = result;
  writeFileSync(record, JSON.stringify({ ...written, result: rest }));
  const again = await ran("many", { seeds: "3" });
  writeFileSync(record, text);
  expect(fingerprint).toBeDefined();
  expect(again.code).toBe(1);
  expect(again.err).toContain("[TRAIN_OUTPUT_EXISTS]");
});

it("another recipe in the same folders is refused, and has rows of its own elsewhere", async () => {
  const other = await ran("many", { seeds: "1", "learning-rate": 1e-3 });
  expect(other.code).toBe(1);
  expect(other.err).toContain("TRAIN_RESUME_CHANGED");
  mkdirSync(at("records"));
  writeFileSync(at("records", "all.jsonl"), "a note of somebody");
  const elsewhere = await ran("others", {
    seeds: "1",
    "learning-rate": 1e-3,
    results: at("records", "all.jsonl"),
  });
  expect(elsewhere.code).toBe(0);
  const [note, line] = readFileSync(at("records", "all.jsonl"), "utf8").trimEnd().split("\n");
  expect(note).toBe("a note of somebody");
  const [before] = rows(at("many", "results.jsonl"));
  expect(JSON.parse(line!)).toMatchObject({ seed: 1, data: before!.data });
  expect(JSON.parse(line!).recipe).not.toBe(before!.recipe);
});

it("half a line that a full disk left is kept and reported, and no row continues it", async () => {
  const file = at("records", "half.jsonl");
  writeFileSync(file, '{"seed":1,"f1":');
  const { code, err } = await ran("halves", { seeds: "1,2", results: file });
  expect(code).toBe(0);
  expect(err.match(/RESULTS_LINES_BROKEN/g)).toHaveLength(1);
  expect(err.replace(/\s+/g, " ")).toContain(
    "half.jsonl has 1 line that is not JSON, perhaps parts of results: line 1.",
  );
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  expect(lines[0]).toBe('{"seed":1,"f1":');
  expect(lines.slice(1).map((line) => JSON.parse(line).seed)).toEqual([1, 2]);
});

it("results are not added to a file that the runs read", async () => {
  const before = readFileSync(tiny.files.train, "utf8");
  const { code, err } = await ran("unused", { seeds: "1", results: tiny.files.train });
  expect(code).toBe(1);
  expect(err).toContain("[FILES_OUTPUT_IS_INPUT]");
  expect(readFileSync(tiny.files.train, "utf8")).toBe(before);
});

it("results that cannot be read are an error before the first run", async () => {
  mkdirSync(at("no-file"));
  const { code, err } = await ran("unused", { seeds: "1", results: at("no-file") });
  expect(code).toBe(1);
  expect(err).toContain("[FILES_IS_A_FOLDER]");
  expect(existsSync(at("unused"))).toBe(false);
});

it.each([
  [{ seeds: "1,1" }, "different whole numbers"],
  [{ seeds: "a" }, "different whole numbers"],
  [{ seeds: "1,2", seed: 3 }, "--seed cannot be combined with --seeds"],
  [{ results: "r.jsonl" }, "--results needs --seeds"],
  [{ seeds: "1,2", "push-to-hub": "me/model" }, "--push-to-hub cannot be combined with --seeds"],
])("%j is refused", async (flags, message) => {
  const { code, err } = await ran("refused", flags as Record<string, string>);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

it("a run without checkpoints that was killed while it wrote its result is written again", async () => {
  const changes = { seeds: "1", "save-strategy": "no" };
  expect((await ran("killed", changes)).code).toBe(0);
  const folder = at("killed", "seed-1");
  const expected = bytesOf(folder, "");
  // As in the middle of the writing: no card and no result yet.
  const { result, ...record } = JSON.parse(readFileSync(join(folder, "training_args.json"), "utf8"));
  expect(result).toBeDefined();
  writeFileSync(join(folder, "training_args.json"), JSON.stringify(record));
  rmSync(join(folder, "README.md"));
  expect(await ran("killed", changes)).toMatchObject({ code: 0, err: "" });
  expect(bytesOf(folder, "")).toEqual(expected);
});
