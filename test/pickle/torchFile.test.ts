import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/limits.js";
import { openTorchFile } from "../../src/pickle/index.js";
import { elementCount, type Weights } from "../../src/safetensors/index.js";
import { floats, pickle, stateDict, torchFile, views, zipOf } from "./build.js";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerium-torch-"));
  file = join(folder, "pytorch_model.bin");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Opens a file with these bytes while `use` runs. */
async function opened<T>(bytes: Uint8Array, use: (weights: Weights) => Promise<T>): Promise<T> {
  await writeFile(file, bytes);
  const weights = await openTorchFile(file);
  try {
    return await use(weights);
  } finally {
    await weights.close();
  }
}

async function valuesOf(weights: Weights, name: string): Promise<number[]> {
  const values = new Float32Array(elementCount(weights.tensors.get(name)!.shape));
  await weights.readInto(name, values);
  return [...values];
}

const refusal = (bytes: Uint8Array) => expect(opened(bytes, async () => "read")).rejects;

/** A file whose state dict has one entry. */
const withEntry = (value: string | Uint8Array) =>
  torchFile(pickle.whole(2, pickle.dict({ a: value })), { 0: floats(1, 2, 3, 4) });
const four = pickle.storage("FloatStorage", "0", 4);

describe("a file of torch.save", () => {
  test("has views of a shared storage: transposed, sliced, permuted, empty", async () => {
    for (const zip64 of [false, true])
      await opened(views({ zip64 }), async (weights) => {
        const all = Array.from({ length: 24 }, (_, value) => value);
        expect(await valuesOf(weights, "whole")).toEqual(all);
        expect(await valuesOf(weights, "transposed")).toEqual(
          all.map((i) => (i % 4) * 6 + Math.floor(i / 4)),
        );
        expect(await valuesOf(weights, "slice")).toEqual([8, 9, 10, 14, 15, 16]);
        expect(await valuesOf(weights, "permuted")).toEqual([1, 9, 13, 21, 2, 10, 14, 22, 3, 11, 15, 23]);
        expect(await valuesOf(weights, "one")).toEqual([7]);
        expect(await valuesOf(weights, "none")).toEqual([]);
      });
  });

  test("says where contiguous tensors are, and the strides of others", async () => {
    const bytes = views();
    await opened(bytes, async ({ tensors, files }) => {
      const whole = tensors.get("whole")!;
      expect(whole).not.toHaveProperty("strides");
      expect(whole.byteOffset % 64).toBe(0);
      expect(bytes.readFloatLE(whole.byteOffset + 23 * 4)).toBe(23);
      expect(whole.byteLength).toBe(96);
      expect(tensors.get("transposed")!.strides).toEqual([1, 6]);
      expect(files).toEqual([file]);
    });
  });

  test("is read in parts from any element on", async () => {
    await opened(views(), async (weights) => {
      for (const [name, { shape }] of weights.tensors) {
        const all = await valuesOf(weights, name);
        const count = elementCount(shape);
        for (let from = 0; from < count; from++)
          for (let length = 0; from + length <= count; length++) {
            const part = new Float32Array(length);
            await weights.readInto(name, part, { from });
            expect([...part], `${name} from ${from}`).toEqual(all.slice(from, from + length));
          }
        await expect(weights.readInto(name, new Float32Array(2), { from: count - 1 })).rejects.toMatchObject({
          code: "MODEL_TENSOR_SIZE",
        });
      }
      await expect(weights.readInto("other", new Float32Array(1))).rejects.toMatchObject({
        code: "MODEL_TENSOR_MISSING",
      });
    });
  });

  test("has the types that weights have, and names others", async () => {
    await opened(stateDict(), async (weights) => {
      expect(await valuesOf(weights, "bert.weight")).toEqual([1, 2, 3, 4]);
      expect(await valuesOf(weights, "bert.half")).toEqual([1, -2]);
      expect(await valuesOf(weights, "bert.brain")).toEqual([1, -3]);
      expect(await valuesOf(weights, "bert.double")).toEqual([0.5]);
      expect(weights.tensors.get("bert.position_ids")).toMatchObject({ dtype: "I64", shape: [1, 2] });
      await expect(valuesOf(weights, "bert.position_ids")).rejects.toMatchObject({
        code: "MODEL_DTYPE_UNSUPPORTED",
      });
    });
  });

  test("is read through a window where a strided tensor is larger than the memory for it", async () => {
    const [rows, columns] = [1100, 4000];
    const storage = pickle.storage("FloatStorage", "0", rows * columns);
    const values = Float32Array.from({ length: rows * columns }, (_, index) => index);
    const bytes = torchFile(
      pickle.whole(2, pickle.dict({ turned: pickle.tensor(storage, 0, [columns, rows], [1, columns]) })),
      { 0: new Uint8Array(values.buffer) },
    );
    await opened(bytes, async (weights) => {
      const read = new Float32Array(rows * columns);
      await weights.readInto("turned", read);
      const wrong = read.findIndex((value, i) => value !== (i % rows) * columns + Math.floor(i / rows));
      expect(wrong).toBe(-1);
    });
  });
});

describe("a pickle is refused if it", () => {
  test.each([
    ["posix", "system"],
    ["os", "system"],
    ["builtins", "eval"],
    ["torch.nn.modules.linear", "Linear"],
    ["transformers.models.bert.modeling_bert", "BertModel"],
    ["torch._utils", "_rebuild_qtensor"],
    ["torch.storage", "_load_from_bytes"],
  ])("names %s.%s", async (module, name) => {
    const message = expect.stringContaining(`"${module}.${name}"`);
    const called = pickle.call(pickle.name(module, name), pickle.text("touch /tmp/owned"));
    await refusal(withEntry(called)).toMatchObject({ code: "MODEL_TORCH_REFUSED", message, where: file });
    const stacked = Buffer.concat([pickle.text(module), pickle.text(name), Buffer.from("\x93", "latin1")]);
    await refusal(withEntry(stacked)).toMatchObject({ code: "MODEL_TORCH_REFUSED", message });
  });

  test.each<[string, string | Uint8Array, string]>([
    ["has a dict in the state dict", pickle.dict({ b: pickle.int(1) }), 'its entry "a" is not a tensor'],
    ["has a type in the state dict", pickle.name("torch", "float32"), 'its entry "a" is not a tensor'],
    ["has bytes", "C\x01a", "operation 0x43"],
    ["makes an object", "\x81", "operation 0x81"],
    ["calls a storage", pickle.call(pickle.name("torch", "FloatStorage")), "it calls torch.FloatStorage"],
    ["sets attributes of a list", "]}b", "attributes"],
    ["repeats elements", pickle.tensor(four, 0, [4, 4], [0, 1]), "uses an element twice"],
    ["overlaps elements", pickle.tensor(four, 0, [2, 2], [1, 1]), "uses an element twice"],
    [
      "negates a tensor",
      pickle.call(
        pickle.name("torch._utils", "_rebuild_tensor_v2"),
        ...[four, pickle.int(0), pickle.counts([4]), pickle.counts([1]), "\x89", pickle.orderedDict()],
        pickle.dict({ neg: "\x88" }),
      ),
      "metadata",
    ],
    [
      "gives a tensor more than its arguments",
      pickle.call(
        pickle.name("torch._utils", "_rebuild_tensor_v2"),
        ...[four, pickle.int(0), pickle.counts([4]), pickle.counts([1]), "\x89", pickle.orderedDict()],
        ...["N", "N"],
      ),
      "more arguments",
    ],
  ])("%s", async (_, value, message) => {
    await refusal(withEntry(value)).toMatchObject({
      code: "MODEL_TORCH_REFUSED",
      message: expect.stringContaining(message),
    });
  });

  test.each<[string, string | Uint8Array]>([
    ["reads beyond its storage", pickle.tensor(four, 1, [4], [1])],
    ["reads beyond its storage with strides", pickle.tensor(four, 0, [2, 2], [3, 1])],
    ["has an offset beyond its storage", pickle.tensor(four, 5, [0], [1])],
    ["has a shape beyond 2^53", pickle.tensor(four, 0, [2 ** 40, 2 ** 40, 0], [1, 1, 1])],
    ["has fewer strides than sizes", pickle.tensor(four, 0, [2, 2], [1])],
    ["has too many dimensions", pickle.tensor(four, 0, Array(65).fill(1), Array(65).fill(1))],
    ["has a storage that is not there", pickle.tensor(pickle.storage("FloatStorage", "1", 4), 0, [4], [1])],
    ["has a storage of another size", pickle.tensor(pickle.storage("FloatStorage", "0", 3), 0, [3], [1])],
    ["has a storage of another type", pickle.tensor(pickle.storage("HalfStorage", "0", 4), 0, [4], [1])],
    ["recalls what it has not stored", "h\x07"],
    ["takes a value that is not there", "(\x85"],
    ["appends to a dict", "}Na"],
    ["has a text that is not UTF-8", "X\x02\x00\x00\x00\xc0\x80"],
    ["has a number beyond 2^53", "\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x40"],
    ["has a number of 255 bytes", `\x8a\xff${"\x00".repeat(255)}`],
    ["has a text that is longer than the pickle", "X\xff\xff\xff\xff"],
    ["has a long text", pickle.text("a".repeat(limits.pickleTextBytes + 1))],
    ["has many operations", "N".repeat(limits.pickleSteps)],
  ])("%s", async (_, value) => {
    await refusal(withEntry(value)).toMatchObject({ code: "MODEL_TORCH_INVALID" });
  });

  test("repeats a name", async () => {
    const tensor = pickle.tensor(four, 0, [4], [1]);
    const twice = Buffer.concat([pickle.dict({ a: tensor }), pickle.dict({ a: tensor }).subarray(1)]);
    await refusal(torchFile(pickle.whole(2, twice), { 0: floats(1, 2, 3, 4) })).toThrow(
      'the key "a" is there twice',
    );
  });

  test.each([
    ["FloatStorage", 1000],
    ["FloatStorage", 3],
    ["DoubleStorage", 4],
  ])("has a storage that is another %s of %i elsewhere", async (type, count) => {
    const entries = {
      a: pickle.tensor(four, 0, [4], [1]),
      b: pickle.tensor(pickle.storage(type, "0", count), 0, [count], [1]),
    };
    await refusal(torchFile(pickle.whole(2, pickle.dict(entries)), { 0: floats(1, 2, 3, 4) })).toMatchObject({
      code: "MODEL_TORCH_INVALID",
      message: expect.stringMatching(/has 16 bytes instead of/),
    });
  });

  test("is not a state dict", async () => {
    await refusal(torchFile(pickle.whole(2, "]"))).toThrow("something other than a state dict");
    await refusal(torchFile(pickle.whole(1, "}"))).toThrow("protocol 1");
    await refusal(torchFile(Buffer.concat([pickle.whole(2, "}"), Buffer.from("N")]))).toThrow(
      "more than one value",
    );
  });

  test("refers to itself, however deep", async () => {
    // A list that contains itself, and lists in lists.
    await refusal(withEntry("]q\x00h\x00a")).toThrow("is not a tensor");
    await refusal(withEntry("]".repeat(100_000) + "a".repeat(99_999))).toThrow("is not a tensor");
  });
});

describe("an archive is refused if it", () => {
  const empty = pickle.whole(2, "}");

  test("is of torch before 1.6, a TorchScript program, or big-endian", async () => {
    const old = Buffer.concat([Buffer.from("80028a0a6cfc9c46f9206aa850192e", "hex"), pickle.whole(2, "}")]);
    const code = "MODEL_TORCH_UNSUPPORTED";
    await refusal(old).toMatchObject({ code, message: expect.stringContaining("before PyTorch 1.6") });
    const script = torchFile(empty, {}, { more: [["archive/constants.pkl", pickle.whole(2, ")")]] });
    await refusal(script).toMatchObject({ code, message: expect.stringContaining("TorchScript") });
    const big = zipOf([
      ["archive/data.pkl", empty],
      ["archive/byteorder", Buffer.from("big")],
    ]);
    await refusal(big).toMatchObject({ code, message: expect.stringContaining("big") });
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["is empty", Buffer.alloc(0), /not a zip archive/],
    ["is something else", Buffer.from("GIF89a, which is a picture"), /not a zip archive/],
    ["has no pickle", zipOf([["archive/version", Buffer.from("3")]]), /0 data\.pkl/],
    ["has two pickles", torchFile(empty, {}, { more: [["other/data.pkl", empty]] }), /2 data\.pkl/],
    ["has an entry twice", torchFile(empty, {}, { more: [["archive/version", empty]] }), /two entries/],
    ["is compressed", torchFile(empty, {}, { method: 8 }), /compressed/],
    ["is cut short", torchFile(empty).subarray(0, -30), /no end/],
  ])("%s", async (_, bytes, message) => {
    await refusal(bytes).toMatchObject({
      code: "MODEL_TORCH_INVALID",
      message: expect.stringMatching(message),
    });
  });

  test("is a folder or a pipe", async () => {
    await expect(openTorchFile(folder)).rejects.toMatchObject({ code: "MODEL_TORCH_INVALID" });
    await expect(openTorchFile(join(folder, "none"))).rejects.toMatchObject({ code: "FILES_NOT_FOUND" });
  });

  test("becomes shorter while it is read", async () => {
    await opened(views(), async (weights) => {
      await writeFile(file, "");
      await expect(valuesOf(weights, "whole")).rejects.toMatchObject({ code: "MODEL_SAFETENSORS_CHANGED" });
    });
  });
});
