import { expect, test } from "vitest";
import { NativeBuffer, ortVersion, Session } from "../../src/runtime/index.js";
import { doubling, product } from "./onnx.js";

const threads = 2;

test("a run reads and writes the bound memory", async () => {
  const session = await Session.create(doubling(), { threads });
  const x = NativeBuffer.allocate(6 * 4);
  const y = NativeBuffer.allocate(6 * 4);
  x.float32().set([1, 2, 3, 4, 5, 6]);
  const binding = session.bind();
  binding.bindInput("x", { buffer: x, byteOffset: 0, type: "float32", dims: [3, 2] });
  binding.bindOutput("y", { buffer: y, byteOffset: 0, type: "float32", dims: [3, 2] });
  await binding.run();
  expect([...y.float32()]).toEqual([2, 4, 6, 8, 10, 12]);
  expect(ortVersion()).toMatch(/^1\.30/);
  session.dispose();
  x.free();
  y.free();
});

test("an output that ONNX Runtime allocates follows the dims of each run", async () => {
  const session = await Session.create(product(), { threads });
  const ab = NativeBuffer.allocate(64);
  ab.float32().fill(1);
  const binding = session.bind();
  binding.bindOutputToCpu("y");
  for (const [m, k, n] of [
    [1, 2, 3],
    [2, 2, 2],
    [3, 1, 3],
    [0, 2, 2],
  ] as const) {
    binding.bindInput("a", { buffer: ab, byteOffset: 0, type: "float32", dims: [m, k] });
    binding.bindInput("b", { buffer: ab, byteOffset: 0, type: "float32", dims: [k, n] });
    await binding.run();
    expect(binding.output("y")).toEqual({
      type: "float32",
      dims: [m, n],
      data: new Float32Array(m * n).fill(k),
    });
  }
  session.dispose();
  ab.free();
});
