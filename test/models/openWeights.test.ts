import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openWeights } from "../../src/models/weights/openWeights.js";
import { weightWarnings } from "../../src/models/weights/weightWarnings.js";
import { writeSafetensors } from "../../src/safetensors/index.js";
import { floats, pickle, torchFile } from "../pickle/build.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerium-open-weights-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const FIRST = "model-00001-of-00002.safetensors";
const SECOND = "model-00002-of-00002.safetensors";

const shard = (file: string, values: Record<string, number>) =>
  writeSafetensors(
    join(folder, file),
    Object.entries(values).map(([name, value]) => ({ name, shape: [1], data: Float32Array.of(value) })),
  );

const index = (weightMap: unknown, total: unknown = 8) =>
  writeFile(
    join(folder, "model.safetensors.index.json"),
    JSON.stringify({ metadata: { total_size: total }, weight_map: weightMap }),
  );

describe("openWeights", () => {
  test("reads model.safetensors, also where an index or a pickle stands beside it", async () => {
    await shard("model.safetensors", { a: 1 });
    await writeFile(join(folder, "pytorch_model.bin"), "");
    await index({ a: "gone.safetensors" });
    const weights = await openWeights(folder);
    expect([...weights.tensors.keys()]).toEqual(["a"]);
    expect(weights.files).toEqual([join(folder, "model.safetensors")]);
    await weights.close();
  });

  test("T9: joins the shards of an index, and depends on no total_size", async () => {
    await shard(FIRST, { a: 1, b: 2 });
    await shard(SECOND, { c: 3 });
    for (const total of [12, 10 ** 18, -1, "many"]) {
      await index({ a: FIRST, b: FIRST, c: SECOND }, total);
      const weights = await openWeights(folder);
      expect([...weights.tensors.keys()]).toEqual(["a", "b", "c"]);
      expect([...weights.metadata]).toEqual([["format", "pt"]]);
      const value = new Float32Array(1);
      await weights.readInto("c", value);
      expect(value[0]).toBe(3);
      await expect(weights.readInto("d", value)).rejects.toMatchObject({ code: "MODEL_TENSOR_MISSING" });
      await weights.close();
    }
  });

  test("T9: a shard name that leaves the folder is refused", async () => {
    for (const name of [
      "../a.safetensors",
      "/etc/a.safetensors",
      "C:\\a.safetensors",
      "C:a.safetensors",
      "\\\\host\\a.safetensors",
      "a/../../b.safetensors",
      "..",
      "a\0.safetensors",
      "pytorch_model.bin",
      "",
      7,
      null,
    ]) {
      await index({ a: name });
      await expect(openWeights(folder)).rejects.toMatchObject({ code: "MODEL_INDEX_INVALID" });
    }
  });

  test("T9: a missing shard is named", async () => {
    await shard(FIRST, { a: 1 });
    await index({ a: FIRST, b: SECOND });
    await expect(openWeights(folder)).rejects.toMatchObject({
      code: "MODEL_SHARD_MISSING",
      message: expect.stringContaining(SECOND),
    });
  });

  test("T9: an index that disagrees with its shards is refused", async () => {
    await shard(FIRST, { a: 1, b: 2 });
    await shard(SECOND, { b: 2, c: 3 });
    await index({ a: FIRST, b: FIRST, c: SECOND });
    await expect(openWeights(folder)).rejects.toThrow(/in two shards/);
    await shard(SECOND, { c: 3 });
    await index({ a: FIRST, b: SECOND, c: SECOND });
    await expect(openWeights(folder)).rejects.toThrow(/"b" is in .*, but is listed for/);
    await index({ a: FIRST, b: FIRST, c: SECOND, d: SECOND });
    await expect(openWeights(folder)).rejects.toThrow(/"d" is not in/);
    await index({ a: FIRST, c: SECOND });
    await expect(openWeights(folder)).rejects.toThrow(/"b" is in .*, but is listed for no shard/);
  });

  test("T9: an index of thousands of shards is refused before they are opened", async () => {
    const shards = Array.from({ length: 1001 }, (_, number) => `model-${number}.safetensors`);
    await index(Object.fromEntries(shards.map((name, number) => [`t${number}`, name])));
    await expect(openWeights(folder)).rejects.toMatchObject({
      code: "MODEL_INDEX_INVALID",
      message: expect.stringContaining("1001 shards"),
    });
  });

  test("T9: a broken index is refused", async () => {
    const file = join(folder, "model.safetensors.index.json");
    for (const text of [
      "",
      "{",
      "[]",
      "{}",
      '{"weight_map":{}}',
      '{"weight_map":[]}',
      '{"weight_map":{"a":"x.safetensors","a":"y.safetensors"}}',
    ]) {
      await writeFile(file, text);
      await expect(openWeights(folder)).rejects.toMatchObject({ code: "MODEL_INDEX_INVALID", where: file });
    }
  });

  test("reads pytorch_model.bin, and the shards of its index, if there are no safetensors", async () => {
    const [one, two] = ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"];
    const bin = (names: Record<string, number>) => {
      const tensor = (key: string) => pickle.tensor(pickle.storage("FloatStorage", key, 1), 0, [1], [1]);
      const entries = Object.fromEntries(Object.keys(names).map((name) => [name, tensor(name)]));
      const storages = Object.entries(names).map(([name, value]) => [name, floats(value)]);
      return torchFile(pickle.whole(2, pickle.dict(entries)), Object.fromEntries(storages));
    };
    const readBack = async (name: string) => {
      const weights = await openWeights(folder);
      const value = new Float32Array(1);
      await weights.readInto(name, value);
      await weights.close();
      return {
        value: value[0],
        files: weights.files,
        warning: weightWarnings(weights, { layers: 1 })[0]?.code,
      };
    };
    await writeFile(join(folder, one), bin({ a: 1, b: 2 }));
    await writeFile(join(folder, two), bin({ c: 3 }));
    const map = { a: one, b: one, c: two };
    const index = join(folder, "pytorch_model.bin.index.json");
    await writeFile(index, JSON.stringify({ metadata: {}, weight_map: map }));
    const files = [join(folder, one), join(folder, two)];
    expect(await readBack("c")).toEqual({ value: 3, files, warning: "WEIGHTS_PICKLED" });

    await writeFile(join(folder, "pytorch_model.bin"), bin({ c: 4 }));
    const file = join(folder, "pytorch_model.bin");
    expect(await readBack("c")).toEqual({ value: 4, files: [file], warning: "WEIGHTS_PICKLED" });

    await shard("model.safetensors", { c: 5 });
    const preferred = [join(folder, "model.safetensors")];
    expect(await readBack("c")).toEqual({ value: 5, files: preferred, warning: undefined });
  });

  test("an index of pickled shards names .bin files of its folder only", async () => {
    for (const name of ["../a.bin", ".bin", "a.safetensors", "C:a.bin", "a/b.bin"]) {
      const text = JSON.stringify({ weight_map: { a: name } });
      await writeFile(join(folder, "pytorch_model.bin.index.json"), text);
      await expect(openWeights(folder)).rejects.toMatchObject({ code: "MODEL_INDEX_INVALID" });
    }
  });

  test("a folder without weights is told what it holds", async () => {
    await expect(openWeights(folder)).rejects.toMatchObject({
      code: "MODEL_WEIGHTS_MISSING",
      message: expect.stringContaining("but nothing"),
    });
    await writeFile(join(folder, "config.json"), "{}");
    await writeFile(join(folder, "tf_model.h5"), "");
    await expect(openWeights(folder)).rejects.toThrow("config.json, tf_model.h5");
    await expect(openWeights(join(folder, "none"))).rejects.toMatchObject({ code: "FILES_NOT_FOUND" });
  });
});
