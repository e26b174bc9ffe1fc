import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { exportModel } from "../../src/export/index.js";
import { evaluateFolder, load } from "../../src/infer/index.js";
import { parseConfig } from "../../src/models/index.js";
import { readFinite, readFiniteRows } from "../../src/models/weights/readFinite.js";
import { openSafetensors, writeSafetensors } from "../../src/safetensors/index.js";
import { train } from "../../src/train/index.js";
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

/** Copies the model with some numbers of a tensor changed. */
async function damaged(tensor: string, value: number, which: "first" | "last" | "all"): Promise<string> {
  const folder = mkdtempSync(join(scratch, "damaged-"));
  cpSync(sound, folder, { recursive: true });
  const file = await openSafetensors(join(sound, "model.safetensors"));
  const tensors = await Promise.all(
    Array.from(file.tensors, async ([name, { shape }]) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
      await file.readInto(name, data);
      if (name === tensor) data.fill(value, which === "last" ? -1 : 0, which === "first" ? 1 : undefined);
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
    folder = await damaged(tensor, value, all ? "all" : "first");
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

const embeddings = "bert.embeddings.";

/** The texts here have neither the last word, nor as many tokens, nor two types of tokens. */
describe.each([
  [`${embeddings}word_embeddings.weight`, Number.NaN],
  [`${embeddings}word_embeddings.weight`, Number.NEGATIVE_INFINITY],
  [`${embeddings}position_embeddings.weight`, Number.POSITIVE_INFINITY],
  [`${embeddings}token_type_embeddings.weight`, Number.NaN],
])("a model whose %s has %d in a row that no text uses", (tensor, value) => {
  const wrong = { name: "NeriumError", code: "MODEL_NOT_FINITE" };
  let folder: string;
  beforeAll(async () => {
    folder = await damaged(tensor, value, "last");
  });

  it.each(["fp32", "q8", "int8"] as const)("is refused by load, with dtype %s", async (dtype) => {
    await expect(load(folder, { threads: 1, dtype })).rejects.toMatchObject(wrong);
  });

  it("can be neither evaluated, exported nor trained", async () => {
    await expect(evaluateFolder(folder, data, { threads: 1 })).rejects.toMatchObject(wrong);
    await expect(exportModel(folder, { dtypes: ["fp32"], threads: 1 })).rejects.toMatchObject(wrong);
    const recipe = { model: folder, train: data, output: `${folder}-output`, threads: 1, maxSteps: 1 };
    await expect(train(recipe).result()).rejects.toMatchObject(wrong);
  });
});

it("tensors of several pieces are read and checked to the end", async () => {
  const [rows, columns] = [3000, 3000];
  const file = join(scratch, "large.safetensors");
  const table = Float32Array.from({ length: rows * columns }, (_, index) => index);
  await writeSafetensors(file, [{ name: "table", shape: [rows, columns], data: table }]);
  const source = await openSafetensors(file);
  const whole = new Float32Array(rows * columns);
  await readFinite(source, "table", whole);
  expect(Buffer.from(whole.buffer).equals(Buffer.from(table.buffer))).toBe(true);
  const wanted = Int32Array.of(0, 1, 1397, 1398, 1399, 2795, 2796, 2999);
  const some = new Float32Array(wanted.length * columns);
  await readFiniteRows(source, "table", [rows, columns], wanted, some);
  expect(Array.from(wanted.keys(), (row) => some[row * columns]! / columns)).toEqual([...wanted]);
  await source.close();
  table[table.length - 1] = Number.NaN;
  await writeSafetensors(file, [{ name: "table", shape: [rows, columns], data: table }]);
  const bad = await openSafetensors(file);
  const wrong = { code: "MODEL_NOT_FINITE", where: file };
  await expect(readFinite(bad, "table", whole)).rejects.toMatchObject(wrong);
  await expect(readFiniteRows(bad, "table", [rows, columns], Int32Array.of(), some)).rejects.toMatchObject(
    wrong,
  );
  await bad.close();
});

it("a number of config.json that 32-bit floats cannot hold is refused", () => {
  for (const key of ["layer_norm_eps", "initializer_range"])
    expect(() => parseConfig({ model_type: "bert", vocab_size: 10, [key]: 1e300 }, "config.json")).toThrow(
      key,
    );
});
