/** A table that is larger than what a GPU may bind at once, on SwiftShader with the least limit that ONNX Runtime takes. */
import { describe, expect, test } from "vitest";
import { useSwiftshader } from "../../../bench/gpu/swiftshader.js";
import { embedding, emit, input, scale, subtract } from "../../../src/graph/index.js";
import { webgpuEngine } from "../../../src/runtime/engines/onnxruntime/webgpu.js";

/** WebGPU's own default. */
const LIMIT = 2 ** 27;
const missing = useSwiftshader();

describe.skipIf(missing !== undefined)(`a limit of ${LIMIT} bytes (${missing ?? "SwiftShader"})`, () => {
  test("a smaller one is refused, so it is the limit that counts", async () => {
    const engine = webgpuEngine({ maxStorageBufferBindingSize: `${LIMIT - 4}` });
    const model = emit({ y: scale(input("x", "float32", [1]), 2) }, { profile: engine.profile });
    await expect(engine.compile(model, { name: "test", threads: 1 })).rejects.toEqual(
      expect.objectContaining({ message: expect.stringContaining("must be 0 or at least 128MB") }),
    );
  });

  test("rows of a table of 144 MB are read, and all of it is changed", async () => {
    const engine = webgpuEngine({ maxStorageBufferBindingSize: `${LIMIT}` });
    const [rows, width] = [36_000, 1000];
    const table = input("table", "float32", [rows, width]);
    const ids = input("ids", "int64", ["n"]);
    const graph = await engine.compile(
      emit(
        { found: embedding(table, ids, ids), changed: subtract(table, scale(table, 0.5)) },
        { profile: engine.profile },
      ),
      { name: "table", threads: 1 },
    );
    const wanted = [0, 1, 17_999, 34_000, rows - 1];
    const block = engine.block(rows * width * 4);
    expect(block.byteLength).toBeGreaterThan(LIMIT);
    const valueAt = (row: number, column: number) => row + column / 1024;
    block.write(0, rows * width, (values) => {
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < width; column++) values[row * width + column] = valueAt(row, column);
    });
    const indices = engine.block(wanted.length * 8);
    indices.copyIn(0, BigInt64Array.from(wanted, BigInt));
    const binding = graph.bind();
    const tensor = { buffer: block, byteOffset: 0, type: "float32", dims: [rows, width] } as const;
    binding.bindInput("table", tensor);
    binding.bindInput("ids", { buffer: indices, byteOffset: 0, type: "int64", dims: [wanted.length] });
    binding.bindOutputToCpu("found");
    binding.bindOutput("changed", tensor);
    await binding.run();
    const found = binding.output("found").data as Float32Array;
    const changed = block.read();
    wanted.forEach((row, place) => {
      for (const column of [0, 1, width - 1]) {
        expect(found[place * width + column]).toBeCloseTo(valueAt(row, column), 2);
        expect(changed[row * width + column]).toBeCloseTo(valueAt(row, column) / 2, 2);
      }
    });
    graph.dispose();
    block.free();
    indices.free();
  });
});
