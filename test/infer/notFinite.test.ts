import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { exportModel } from "../../src/export/index.js";
import { evaluateFolder, load } from "../../src/infer/index.js";
import { parseConfig } from "../../src/models/index.js";
import { openSafetensors, writeSafetensors } from "../../src/safetensors/index.js";
import { testIo } from "../cli/testIo.js";
import { writeTinyModel } from "./tinyModel.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-finite-"));
const sound = join(scratch, "sound");
const data = join(scratch, "test.conll");
beforeAll(async () => {
  await writeTinyModel(sound);
  writeFileSync(data, "Anna B-PER\nlives O\nin O\nBerlin B-LOC\n\n");
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Copies the model with one number of a tensor changed, or all. */
async function damaged(tensor: string, value: number, all: boolean): Promise<string> {
  const folder = mkdtempSync(join(scratch, "damaged-"));
  cpSync(sound, folder, { recursive: true });
  const file = await openSafetensors(join(sound, "model.safetensors"));
  const tensors = await Promise.all(
    Array.from(file.tensors, async ([name, { shape }]) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
      await file.readInto(name, data);
      if (name === tensor) data.fill(value, 0, all ? undefined : 1);
      return { name, shape, data };
    }),
  );
  await file.close();
  await writeSafetensors(join(folder, "model.safetensors"), tensors);
  return folder;
}

const layer = "bert.encoder.layer.0.";

describe.each([
  ["classifier.bias", Number.NaN, false],
  ["classifier.bias", Number.NEGATIVE_INFINITY, false],
  ["classifier.weight", Number.POSITIVE_INFINITY, true],
  ["bert.embeddings.word_embeddings.weight", Number.NaN, true],
  ["bert.embeddings.LayerNorm.weight", Number.NaN, false],
  [`${layer}attention.self.query.weight`, Number.NaN, false],
  [`${layer}intermediate.dense.weight`, Number.POSITIVE_INFINITY, true],
])("a model with %s %d (all: %j)", (tensor, value, all) => {
  let folder: string;
  beforeAll(async () => {
    folder = await damaged(tensor, value, all);
  });
  const wrong = { name: "NeriumError", code: "MODEL_NOT_FINITE" };

  it.each(["fp32", "q8", "int8"] as const)(
    "is refused by load or the first text, with dtype %s",
    async (dtype) => {
      for (const options of [{}, { decoding: "viterbi" }, { aggregationStrategy: "simple" }] as const) {
        const text = load(folder, { threads: 1, dtype }).then((ner) =>
          ner("Anna lives in Berlin", options).finally(() => ner.dispose()),
        );
        await expect(text, JSON.stringify(options)).rejects.toMatchObject(wrong);
      }
    },
  );

  it("cannot be evaluated or exported", async () => {
    await expect(evaluateFolder(folder, data, { threads: 1 })).rejects.toMatchObject(wrong);
    for (const dtype of ["fp32", "fp16", "int8"] as const)
      await expect(exportModel(folder, { dtypes: [dtype], threads: 1 })).rejects.toMatchObject(wrong);
  });

  it("gives the same error in the command line", async () => {
    for (const args of [
      ["predict", folder, "Anna"],
      ["evaluate", folder, data],
      ["export", folder],
    ]) {
      const { io, stderr } = testIo();
      expect(await nerium([...args, "--threads", "1"], io)).toBe(1);
      expect(stderr.text).toContain("[MODEL_NOT_FINITE]");
    }
  });
});

it("a number of config.json that 32-bit floats cannot hold is refused", () => {
  for (const key of ["layer_norm_eps", "initializer_range"])
    expect(() => parseConfig({ model_type: "bert", vocab_size: 10, [key]: 1e300 }, "config.json")).toThrow(
      key,
    );
});
