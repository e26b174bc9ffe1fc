import { createHash } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { NativeBuffer } from "../../../../src/runtime/buffer.js";
import { Binding } from "../../../../src/runtime/engines/onnxruntime/binding.js";
import { ortVersion } from "../../../../src/runtime/engines/onnxruntime/ort.js";
import { Session } from "../../../../src/runtime/engines/onnxruntime/session.js";
import type { NativeTensor } from "../../../../src/runtime/tensor.js";
import { processorSeconds } from "../../../growth.js";
import { chain, doubling, model, node, product, value } from "../../onnx.js";

const code = (code: string) => expect.objectContaining({ name: "NeriumError", code });

const sessions: Session[] = [];
const buffers: NativeBuffer[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.dispose();
  for (const buffer of buffers.splice(0)) buffer.free();
});

async function bound(bytes: Uint8Array, threads = 2): Promise<Binding> {
  const session = await Session.create(bytes, { threads, name: "test" });
  sessions.push(session);
  return session.bind();
}

function floats(dims: readonly number[], ...values: number[]): NativeTensor {
  const buffer = NativeBuffer.allocate(4 * dims.reduce((a, b) => a * b, 1));
  buffers.push(buffer);
  buffer.float32(0, values.length).set(values);
  return { buffer, byteOffset: 0, type: "float32", dims };
}

test("the library is ONNX Runtime 1", () => {
  expect(ortVersion()).toMatch(/^1\.\d+\.\d+/);
});

test("a run reads and writes the bound memory", async () => {
  const binding = await bound(doubling());
  const [x, y] = [floats([3, 2], 1, 2, 3, 4, 5, 6), floats([3, 2])];
  binding.bindInput("x", x);
  binding.bindOutput("y", y);
  await binding.run();
  expect([...y.buffer.float32()]).toEqual([2, 4, 6, 8, 10, 12]);
  x.buffer.float32()[0] = 50;
  binding.runSync();
  expect(y.buffer.float32()[0]).toBe(100);
});

test("tensors lie anywhere in a buffer, and a new one replaces the old one", async () => {
  const binding = await bound(doubling());
  const { buffer } = floats([4, 2], 1, 2, 3, 4);
  for (const n of [1, 2]) {
    binding.bindInput("x", { buffer, byteOffset: 0, type: "float32", dims: [n, 2] });
    binding.bindOutput("y", { buffer, byteOffset: 16, type: "float32", dims: [n, 2] });
    await binding.run();
  }
  expect([...buffer.float32()]).toEqual([1, 2, 3, 4, 2, 4, 6, 8]);
});

test("an output in the memory of an input updates it in place", async () => {
  const binding = await bound(doubling());
  const x = floats([1, 2], 1, 3);
  binding.bindInput("x", x);
  binding.bindOutput("y", x);
  for (let i = 0; i < 5; i++) await binding.run();
  expect([...x.buffer.float32()]).toEqual([32, 96]);
});

test("an output that ONNX Runtime allocates follows the dims of each run", async () => {
  const binding = await bound(product());
  const { buffer } = floats([9], 1, 1, 1, 1, 1, 1, 1, 1, 1);
  binding.bindOutputToCpu("y");
  for (const [m, k, n] of [
    [1, 2, 3],
    [2, 2, 2],
    [3, 1, 3],
    [0, 2, 2],
    [2, 0, 2],
  ] as const) {
    binding.bindInput("a", { buffer, byteOffset: 0, type: "float32", dims: [m, k] });
    binding.bindInput("b", { buffer, byteOffset: 0, type: "float32", dims: [k, n] });
    await binding.run();
    expect(binding.output("y")).toEqual({
      type: "float32",
      dims: [m, n],
      data: new Float32Array(m * n).fill(k),
    });
  }
});

test("several outputs are each read by name, however they were bound", async () => {
  const x = value("x", "float32", [2]);
  const outputs = ["sum", "product", "negative"].map((name) => value(name, "float32", [2]));
  const nodes = [
    node("Add", ["x", "x"], ["sum"]),
    node("Mul", ["x", "x"], ["product"]),
    node("Neg", ["x"], ["negative"]),
  ];
  const binding = await bound(model(nodes, [x], outputs));
  const sum = floats([2]);
  binding.bindInput("x", floats([2], 3, 5));
  binding.bindOutputToCpu("negative");
  binding.bindOutput("sum", sum);
  binding.bindOutputToCpu("product");
  await binding.run();
  expect([...binding.output("negative").data]).toEqual([-3, -5]);
  expect([...binding.output("product").data]).toEqual([9, 25]);
  expect([...sum.buffer.float32()]).toEqual([6, 10]);
  expect(() => binding.output("sum")).toThrow(
    /no output bound with bindOutputToCpu "sum"; it has: negative, product/,
  );
  binding.bindOutputToCpu("sum");
  expect(() => binding.output("negative")).toThrow(code("RUNTIME_BINDING_INCOMPLETE"));
  await binding.run();
  expect([...binding.output("sum").data]).toEqual([6, 10]);
});

test.each([
  ["float32", 4, Float32Array.of(1.5, -2)],
  ["int64", 8, BigInt64Array.of(2n ** 62n, -1n)],
  ["int32", 4, Int32Array.of(7, -7)],
  ["uint8", 1, Uint8Array.of(0, 255)],
  ["int8", 1, Int8Array.of(-128, 127)],
  ["uint16", 2, Uint16Array.of(1, 65535)],
  ["bool", 1, Uint8Array.of(1, 0)],
  ["float16", 2, Uint16Array.of(0x3c00, 0xc000)],
] as const)("elements of type %s pass through unchanged", async (type, bytes, data) => {
  const binding = await bound(
    model([node("Identity", ["x"], ["y"])], [value("x", type, ["n"])], [value("y", type, ["n"])]),
  );
  const buffer = NativeBuffer.allocate(2 * bytes);
  buffers.push(buffer);
  buffer.bytes().set(new Uint8Array(data.buffer));
  binding.bindInput("x", { buffer, byteOffset: 0, type, dims: [2] });
  binding.bindOutputToCpu("y");
  await binding.run();
  expect(binding.output("y")).toEqual({ type, dims: [2], data });
});

test("a tensor that does not fit the model or its buffer is refused before native code sees it", async () => {
  const binding = await bound(doubling());
  const x = floats([2, 2]);
  const freed = floats([2, 2]);
  freed.buffer.free();
  const cases: [Partial<NativeTensor>, string][] = [
    [{ dims: [2, 3] }, "RUNTIME_TENSOR_MISMATCH"],
    [{ dims: [4] }, "RUNTIME_TENSOR_MISMATCH"],
    [{ dims: [] }, "RUNTIME_TENSOR_MISMATCH"],
    [{ dims: [-1, 2] }, "RUNTIME_TENSOR_MISMATCH"],
    [{ dims: [0.5, 2] }, "RUNTIME_TENSOR_MISMATCH"],
    [{ dims: [Number.NaN, 2] }, "RUNTIME_TENSOR_MISMATCH"],
    [{ dims: [2 ** 53, 2] }, "RUNTIME_TENSOR_MISMATCH"],
    [{ dims: new Array(17).fill(1) }, "RUNTIME_TENSOR_MISMATCH"],
    [{ type: "int32" }, "RUNTIME_TENSOR_MISMATCH"],
    [{ buffer: {} as NativeBuffer }, "RUNTIME_TENSOR_MISMATCH"],
    [{ dims: [3, 2] }, "RUNTIME_WINDOW_INVALID"],
    [{ dims: [2 ** 52, 2] }, "RUNTIME_WINDOW_INVALID"],
    [{ byteOffset: 4 }, "RUNTIME_WINDOW_INVALID"],
    [{ byteOffset: 2, dims: [1, 2] }, "RUNTIME_WINDOW_INVALID"],
    [{ byteOffset: -4 }, "RUNTIME_WINDOW_INVALID"],
    [{ byteOffset: Number.NaN }, "RUNTIME_WINDOW_INVALID"],
    [{ buffer: freed.buffer }, "RUNTIME_DISPOSED"],
  ];
  for (const [change, expected] of cases) {
    expect(() => binding.bindInput("x", { ...x, ...change })).toThrow(code(expected));
    expect(() => binding.bindOutput("y", { ...x, ...change })).toThrow(code(expected));
  }
});

test("a name that the model does not have is refused with those it has", async () => {
  const binding = await bound(doubling());
  expect(() => binding.bindInput("y", floats([1, 2]))).toThrow(/The model has no input "y"; it has: x/);
  for (const name of ["x", "", "y\0", "__proto__"]) {
    expect(() => binding.bindOutput(name, floats([1, 2]))).toThrow(code("RUNTIME_NAME_UNKNOWN"));
    expect(() => binding.bindOutputToCpu(name)).toThrow(code("RUNTIME_NAME_UNKNOWN"));
  }
  expect(() => binding.output("y")).toThrow(code("RUNTIME_NAME_UNKNOWN"));
});

test("a run with inputs or outputs missing is refused, and can be made good", async () => {
  const binding = await bound(product());
  const ones = floats([1, 1], 1);
  await expect(binding.run()).rejects.toThrow("No tensor is bound to input a, b");
  binding.bindInput("a", ones);
  expect(() => binding.runSync()).toThrow("No tensor is bound to input b");
  binding.bindInput("b", ones);
  await expect(binding.run()).rejects.toEqual(code("RUNTIME_BINDING_INCOMPLETE"));
  binding.bindOutputToCpu("y");
  expect(() => binding.output("y")).toThrow(code("RUNTIME_BINDING_INCOMPLETE"));
  await binding.run();
  expect([...binding.output("y").data]).toEqual([1]);
});

test("a run that fails says why, and the binding runs again with better tensors", async () => {
  const binding = await bound(product());
  binding.bindInput("a", floats([2, 3]));
  binding.bindInput("b", floats([2, 3]));
  binding.bindOutputToCpu("y");
  await expect(binding.run()).rejects.toEqual(
    expect.objectContaining({
      code: "RUNTIME_RUN_FAILED",
      where: "test",
      message: expect.stringContaining("MatMul"),
    }),
  );
  expect(() => binding.runSync()).toThrow(code("RUNTIME_RUN_FAILED"));
  expect(() => binding.output("y")).toThrow(code("RUNTIME_BINDING_INCOMPLETE"));
  binding.bindInput("b", floats([3, 1]));
  await binding.run();
  expect(binding.output("y").dims).toEqual([2, 1]);
});

test("an output of other dims than the run computes is left alone", async () => {
  const binding = await bound(doubling());
  const y = floats([3, 2], 7, 7, 7, 7, 7, 7);
  binding.bindInput("x", floats([4, 2], 1, 1, 1, 1, 1, 1, 1, 1));
  binding.bindOutput("y", y);
  await expect(binding.run()).rejects.toEqual(code("RUNTIME_RUN_FAILED"));
  expect([...y.buffer.float32()]).toEqual([7, 7, 7, 7, 7, 7]);
});

test("indices out of range make a run fail, not the process", async () => {
  const binding = await bound(
    model(
      [node("Gather", ["x", "i"], ["y"])],
      [value("x", "float32", ["n"]), value("i", "int64", ["k"])],
      [value("y", "float32", ["k"])],
    ),
  );
  const i = NativeBuffer.allocate(8);
  buffers.push(i);
  i.int64()[0] = 2n ** 40n;
  binding.bindInput("x", floats([2]));
  binding.bindInput("i", { buffer: i, byteOffset: 0, type: "int64", dims: [1] });
  binding.bindOutputToCpu("y");
  await expect(binding.run()).rejects.toEqual(code("RUNTIME_RUN_FAILED"));
});

test("a buffer is held for as long as it is bound", async () => {
  const binding = await bound(doubling());
  const [first, second, y] = [floats([1, 2]), floats([1, 2]), floats([1, 2])];
  binding.bindInput("x", first);
  binding.bindInput("x", first);
  binding.bindOutput("y", y);
  expect(() => first.buffer.free()).toThrow(code("RUNTIME_BUSY"));
  binding.bindInput("x", second);
  first.buffer.free();
  binding.bindOutputToCpu("y");
  y.buffer.free();
  expect(() => second.buffer.free()).toThrow(code("RUNTIME_BUSY"));
  binding.dispose();
  binding.dispose();
  second.buffer.free();
  await expect(binding.run()).rejects.toEqual(code("RUNTIME_DISPOSED"));
});

test("a caller's tensor object may change after it is bound", async () => {
  const binding = await bound(doubling());
  const dims = [1, 2];
  const x = floats(dims, 1, 2);
  binding.bindInput("x", x);
  binding.bindOutputToCpu("y");
  dims[0] = 5;
  await binding.run();
  expect(binding.output("y").dims).toEqual([1, 2]);
});

/** A binding whose run takes some tenths of a second on one thread. */
async function longRun(length = 300): Promise<Binding> {
  const size = 256;
  const binding = await bound(chain(size, length), 1);
  binding.bindInput("x", floats([size, size], 1));
  binding.bindInput("w", floats([size, size], 1));
  binding.bindOutputToCpu("y");
  return binding;
}

test("the event loop turns while a model runs, and the binding is left alone until then", async () => {
  const binding = await longRun();
  let turns = 0;
  const turn = () => {
    if (!binding.running) return;
    turns++;
    setImmediate(turn);
  };
  const run = binding.run();
  setImmediate(turn);
  expect(binding.running).toBe(true);
  expect(() => binding.runSync()).toThrow(code("RUNTIME_BUSY"));
  await expect(binding.run()).rejects.toEqual(code("RUNTIME_BUSY"));
  expect(() => binding.bindOutputToCpu("y")).toThrow(code("RUNTIME_BUSY"));
  expect(() => binding.output("y")).toThrow(code("RUNTIME_BUSY"));
  expect(() => binding.dispose()).toThrow(code("RUNTIME_BUSY"));
  await run;
  expect(turns).toBeGreaterThan(5);
});

test("terminate ends a run early, and the next one is whole", async () => {
  const binding = await longRun(500);
  binding.terminate();
  await binding.run();
  const whole = await processorSeconds(() => binding.run());
  const aborted = await processorSeconds(async () => {
    const run = binding.run();
    setImmediate(() => binding.terminate());
    await expect(run).rejects.toEqual(code("RUNTIME_RUN_ABORTED"));
  });
  expect(aborted).toBeLessThan(whole * 0.7);
  await binding.run();
  expect(binding.output("y").data[0]).toBe(1);
});

test("more runs than turns wait for theirs", async () => {
  const runs = await Promise.all(Array.from({ length: 6 }, () => longRun(100)));
  const order: number[] = [];
  await Promise.all(runs.map((binding, i) => binding.run().then(() => order.push(i))));
  expect(order.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(order.indexOf(5)).toBeGreaterThan(1);
  for (const binding of runs) expect(binding.output("y").data[0]).toBe(1);
});

test("many bindings run one after the other, with the event loop turning", async () => {
  const session = await Session.create(doubling(), { threads: 1 });
  sessions.push(session);
  const n = 1 << 18;
  const x = floats([n, 2], 1, 1);
  // All in place on one memory: each sees what the one before it left.
  const bindings = Array.from({ length: 100 }, () => {
    const binding = session.bind();
    binding.bindInput("x", x);
    binding.bindOutput("y", x);
    return binding;
  });
  let turns = 0;
  let going = true;
  const turn = () => {
    turns++;
    if (going) setImmediate(turn);
  };
  setImmediate(turn);
  await Binding.runAll(bindings);
  going = false;
  expect(x.buffer.float32()[1]).toBe(2 ** 100);
  expect(turns).toBeGreaterThan(0);
  bindings[1]!.dispose();
  await expect(Binding.runAll(bindings)).rejects.toEqual(code("RUNTIME_DISPOSED"));
});

test("200 runs on two threads give the same bytes", async () => {
  const [m, k, n] = [61, 517, 259];
  const session = await Session.create(
    model(
      [node("MatMul", ["a", "b"], ["h"]), node("Softmax", ["h"], ["y"])],
      [value("a", "float32", ["m", "k"]), value("b", "float32", ["k", "n"])],
      [value("y", "float32", ["m", "n"])],
    ),
    { threads: 2 },
  );
  sessions.push(session);
  const [a, b] = [floats([m, k]), floats([k, n])];
  for (const { buffer } of [a, b]) {
    buffer.float32().forEach((_, i, all) => {
      all[i] = Math.sin(i * i * 0.37) * 10 ** (i % 4);
    });
  }
  const digests = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const binding = session.bind();
    binding.bindInput("a", a);
    binding.bindInput("b", b);
    binding.bindOutputToCpu("y");
    await binding.run();
    digests.add(
      createHash("sha256")
        .update(new Uint8Array(binding.output("y").data.buffer))
        .digest("hex"),
    );
    binding.dispose();
  }
  expect(digests.size).toBe(1);
});
