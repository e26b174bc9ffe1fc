import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSafetensors } from "../../src/safetensors/index.js";
import { fileOf, threeTensors } from "./build.js";

const goldens = join(import.meta.dirname, "goldens");
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerium-safetensors-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Float32 bits, every NaN as the one NaN. */
const bitsOf = (values: Float32Array) =>
  [...new Int32Array(values.buffer)].map((bits, i) => (Number.isNaN(values[i]!) ? "NaN" : bits));

describe("readInto", () => {
  test("T8: reads every float type as torch converts it, subnormals, infinities and NaN included", async () => {
    const expected = JSON.parse(await readFile(join(goldens, "types.json"), "utf8")) as Record<
      string,
      number[]
    >;
    const file = await openSafetensors(join(goldens, "types.safetensors"));
    for (const [name, bits] of Object.entries(expected)) {
      const values = new Float32Array(bits.length);
      await file.readInto(name, values);
      expect(bitsOf(values), name).toEqual(bitsOf(new Float32Array(Int32Array.from(bits).buffer)));
    }
    await file.close();
  });

  test("reads a part of a tensor, into a part of a larger memory", async () => {
    const path = join(folder, "a.safetensors");
    await writeFile(path, threeTensors());
    const file = await openSafetensors(path);
    const memory = new Float32Array(6);
    await file.readInto("c", memory.subarray(2, 4), { from: 1 });
    expect([...memory]).toEqual([0, 0, 8, 9, 0, 0]);
    await expect(file.readInto("c", memory, { from: 1 })).rejects.toMatchObject({
      code: "MODEL_TENSOR_SIZE",
    });
    await expect(file.readInto("c", memory.subarray(1), { from: -1 })).rejects.toMatchObject({
      code: "MODEL_TENSOR_SIZE",
    });
    await file.close();
  });

  test("a missing tensor, a wrong size and an integer tensor are named", async () => {
    const file = await openSafetensors(join(goldens, "types.safetensors"));
    await expect(file.readInto("toString", new Float32Array(1))).rejects.toMatchObject({
      code: "MODEL_TENSOR_MISSING",
    });
    await expect(file.readInto("single", new Float32Array(7))).rejects.toMatchObject({
      code: "MODEL_TENSOR_SIZE",
    });
    await expect(file.readInto("ids", new Float32Array(3))).rejects.toMatchObject({
      code: "MODEL_DTYPE_UNSUPPORTED",
    });
    await file.close();
  });

  test("tensors larger than one chunk are read whole in every type", async () => {
    const count = 9 * 2 ** 20;
    const halves = new Uint16Array(count).map((_, i) => i % 0x7c00);
    const path = join(folder, "large.safetensors");
    for (const dtype of ["F16", "BF16"]) {
      await writeFile(
        path,
        fileOf(
          `{"a":{"dtype":"${dtype}","shape":[${count}],"data_offsets":[0,${count * 2}]}}`,
          new Uint8Array(halves.buffer),
        ),
      );
      const file = await openSafetensors(path);
      const all = new Float32Array(count);
      await file.readInto("a", all);
      const tail = new Float32Array(1000);
      await file.readInto("a", tail, { from: count - 1000 });
      expect(all.subarray(count - 1000)).toEqual(tail);
      const bits = new Uint32Array(all.buffer);
      if (dtype === "BF16") expect(bits.every((value, i) => value === halves[i]! << 16)).toBe(true);
      else expect(all.every((value, i) => halves[i]! < 0x400 === value < 2 ** -14)).toBe(true);
      await file.close();
    }
  });

  test("a file that shrinks after it was opened is an error, not zeros", async () => {
    const path = join(folder, "a.safetensors");
    await writeFile(path, threeTensors());
    const file = await openSafetensors(path);
    await truncate(path, threeTensors().length - 4);
    await expect(file.readInto("c", new Float32Array(4))).rejects.toMatchObject({
      code: "MODEL_SAFETENSORS_CHANGED",
    });
    await file.close();
  });

  test("every truncated file and a folder are refused on opening", async () => {
    const path = join(folder, "a.safetensors");
    const file = threeTensors();
    for (let size = 0; size < file.length; size++) {
      await writeFile(path, file.subarray(0, size));
      await expect(openSafetensors(path)).rejects.toMatchObject({
        code: "MODEL_SAFETENSORS_INVALID",
        where: path,
      });
    }
    await expect(openSafetensors(folder)).rejects.toMatchObject({ name: "NeriumError" });
    await expect(openSafetensors(join(folder, "none"))).rejects.toMatchObject({ code: "FILES_NOT_FOUND" });
  });
});
