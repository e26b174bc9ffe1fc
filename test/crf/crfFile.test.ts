import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { CRF_FILE, crfTensors, freshCrf, readCrf } from "../../src/crf/index.js";
import { writeSafetensors } from "../../src/safetensors/index.js";

const folder = mkdtempSync(join(tmpdir(), "nerium-crf-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const labels = ["O", "B-PER", "I-PER"];
const write = (values: Float32Array) =>
  writeSafetensors(join(folder, CRF_FILE), crfTensors(values, labels.length));

it("a file gives back the values that were written", async () => {
  const values = freshCrf(labels);
  await write(values);
  expect(await readCrf(folder, labels.length)).toEqual(values);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY])("a value of %d is an error wherever it is", async (value) => {
  const { length } = freshCrf(labels);
  for (const at of [0, length - 1]) {
    await write(freshCrf(labels).with(at, value));
    await expect(readCrf(folder, labels.length)).rejects.toMatchObject({
      code: "MODEL_NOT_FINITE",
      where: join(folder, CRF_FILE),
    });
  }
});

it("more labels than the file has are an error, before memory is allocated for their pairs", async () => {
  await write(freshCrf(labels));
  for (const claimed of [4, 100_000])
    await expect(readCrf(folder, claimed)).rejects.toMatchObject({ code: "MODEL_TENSOR_SHAPE" });
});
