/** What exports are for: transformers.js opens the folder and finds the same. It runs in processes of its own. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportModel } from "../../src/export/index.js";
import { load, type TokenEntity } from "../../src/infer/index.js";
import { writeTinyModel } from "../infer/tinyModel.js";

const texts = ["Anna Wolff lives in Berlin, the city.", "Wolff!", "in 東京 and (Berlin)"];
const scratch = mkdtempSync(join(tmpdir(), "nerium-transformers-js-"));
const [inside, outside] = [join(scratch, "inside"), join(scratch, "outside")];
let ours: TokenEntity[][];

beforeAll(async () => {
  await exportModel(await writeTinyModel(inside), { threads: 1, minEqualTags: 0.5 });
  await exportModel(await writeTinyModel(outside), { threads: 1, dtypes: ["fp32"], largestFile: 1000 });
  const ner = await load(inside, { threads: 1 });
  ours = await ner(texts, { aggregationStrategy: "none" });
  await ner.dispose();
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface TheirEntity {
  readonly entity: string;
  readonly score: number;
  readonly index: number;
  readonly word: string;
}
async function theirs(folder: string, dtype: string): Promise<TheirEntity[][]> {
  const program = join(import.meta.dirname, "children/transformersJs.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [
    program,
    folder,
    dtype,
    JSON.stringify(texts),
  ]);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as TheirEntity[][];
}

describe("transformers.js", () => {
  it.each([
    ["fp32", inside, 1e-4],
    ["fp16", inside, 2e-3],
    ["fp32", outside, 1e-4],
  ])("finds the same entities in %s", async (dtype, folder, tolerance) => {
    const found = await theirs(folder, dtype);
    const labels = (entities: readonly { index: number; word: string }[], label: (at: number) => string) =>
      entities.map(({ index, word }, at) => [label(at), index, word]);
    expect(found.map((each) => labels(each, (at) => each[at]!.entity))).toEqual(
      ours.map((each) => labels(each, (at) => each[at]!.label)),
    );
    const scores = found.flat().map(({ score }) => score);
    ours.flat().forEach(({ score }, at) => {
      expect(Math.abs(score - scores[at]!)).toBeLessThan(tolerance);
    });
  });

  it("opens the int8 file under its name for it, q8", async () => {
    const found = (await theirs(inside, "q8")).flat();
    expect(found.length).toBeGreaterThan(0);
    const equal = ours.flat().filter(({ label }, at) => found[at]?.entity === label);
    expect(equal.length / ours.flat().length).toBeGreaterThan(0.8);
  });
});
