/**
 * What exports are for: transformers.js opens the folder and finds the same. It runs in processes of its own,
 * from bench/transformers-js, where it is installed for the first of these tests.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTransformersJs, transformersJsInstalled } from "../../bench/transformers-js/start.js";
import { exportModel } from "../../src/export/index.js";
import { load, type TokenEntity } from "../../src/infer/index.js";
import { writeTinyModel } from "../infer/tinyModel.js";

const texts = ["Anna Wolff lives in Berlin, the city.", "Wolff!", "in 東京 and (Berlin)"];
const scratch = mkdtempSync(join(tmpdir(), "nerium-transformers-js-"));
const [inside, outside] = [join(scratch, "inside"), join(scratch, "outside")];
let ours: TokenEntity[][];
const missing = await transformersJsInstalled();

beforeAll(async () => {
  if (missing !== undefined) return;
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
  const contestant = await startTransformersJs(folder, "1", dtype);
  await contestant.answer();
  try {
    return await contestant.ask<TheirEntity[][]>({ entities: texts, strategy: "none" });
  } finally {
    contestant.end();
  }
}

describe.skipIf(missing !== undefined)(`transformers.js${missing ? ` (${missing})` : ""}`, () => {
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
