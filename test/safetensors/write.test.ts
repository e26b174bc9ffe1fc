import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSafetensors, type TensorToWrite, writeSafetensors } from "../../src/safetensors/index.js";

const goldens = join(import.meta.dirname, "goldens");
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerium-safetensors-"));
  path = join(folder, "model.safetensors");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The tensors of goldens/make.py. */
const tensors: TensorToWrite[] = [
  { name: "scalar", shape: [], data: Float32Array.of(0.5) },
  { name: "😀", shape: [1], data: Float32Array.of(2) },
  { name: '\ufb01 "quoted" \\ \n', shape: [1], data: Float32Array.of(3) },
  { name: "z.weight", shape: [2, 3], data: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25) },
  { name: "empty", shape: [0], data: new Float32Array(0) },
  { name: "a.bias", shape: [1], data: Float32Array.of(-1) },
];

describe("writeSafetensors", () => {
  test("T8: writes the bytes that the Python library writes", async () => {
    await writeSafetensors(path, tensors);
    expect(await readFile(path)).toEqual(await readFile(join(goldens, "written.safetensors")));
    await writeSafetensors(path, tensors, {});
    expect(await readFile(path)).toEqual(await readFile(join(goldens, "written-bare.safetensors")));
  });

  test("chunks that are made when their turn comes give the same bytes", async () => {
    const chunked = tensors.map(({ name, shape, data }) => ({
      name,
      shape,
      data: async function* () {
        // One memory for all chunks: the writer may not keep it.
        const memory = new Float32Array(1);
        for (const value of data as Float32Array) {
          memory[0] = value;
          yield memory;
        }
      },
    }));
    await writeSafetensors(path, chunked);
    expect(await readFile(path)).toEqual(await readFile(join(goldens, "written.safetensors")));
  });

  test("what is written is read back, whatever the names and shapes", async () => {
    const anyTensors = fc.uniqueArray(
      fc.record({
        name: fc
          .string({ unit: "grapheme" })
          .filter((name) => name !== "__metadata__" && !name.includes("\0")),
        shape: fc.array(fc.nat(4), { maxLength: 3 }),
      }),
      { selector: ({ name }) => name, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(anyTensors, async (shapes) => {
        const written = shapes.map(({ name, shape }) => {
          const count = shape.reduce((product, size) => product * size, 1);
          return { name, shape, data: Float32Array.from({ length: count }, (_, i) => i + name.length) };
        });
        await writeSafetensors(path, written);
        const file = await openSafetensors(path);
        expect(file.tensors.size).toBe(written.length);
        for (const { name, shape, data } of written) {
          expect(file.tensors.get(name)).toMatchObject({ shape, dtype: "F32" });
          const values = new Float32Array(data.length);
          await file.readInto(name, values);
          expect(values).toEqual(data);
        }
        await file.close();
      }),
      { numRuns: 50 },
    );
  });

  test("a wrong size, a name twice and the reserved name leave the old file as it was", async () => {
    await writeSafetensors(path, tensors);
    const before = await readFile(path);
    const a = { name: "a", shape: [2], data: Float32Array.of(1, 2) };
    const failures: [TensorToWrite[], string][] = [
      [[{ ...a, shape: [3] }], "MODEL_TENSOR_SIZE"],
      [[{ ...a, data: () => [Float32Array.of(1)] }], "MODEL_TENSOR_SIZE"],
      [[a, a], "MODEL_TENSOR_NAME"],
      [[{ ...a, name: "__metadata__" }], "MODEL_TENSOR_NAME"],
    ];
    for (const [wrong, code] of failures) {
      await expect(writeSafetensors(path, wrong)).rejects.toMatchObject({ code });
      expect(await readFile(path)).toEqual(before);
      expect(await readdir(folder)).toEqual(["model.safetensors"]);
    }
  });

  const python = process.env.NERIUM_PYTHON;
  test.skipIf(!python)("T8: Python's safetensors reads what is written (needs NERIUM_PYTHON)", async () => {
    await writeSafetensors(path, tensors);
    const script =
      "import json, sys; from safetensors.torch import load_file; print(json.dumps({k: [list(v.shape), v.flatten().tolist()] for k, v in load_file(sys.argv[1]).items()}))";
    const read = JSON.parse(execFileSync(python!, ["-c", script, path], { encoding: "utf8" })) as Record<
      string,
      unknown
    >;
    expect(read).toEqual(
      Object.fromEntries(
        tensors.map(({ name, shape, data }) => [name, [shape, [...(data as Float32Array)]]]),
      ),
    );
  });
});
