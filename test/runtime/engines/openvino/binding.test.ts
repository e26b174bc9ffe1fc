import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { emit, input, multiply, scalar } from "../../../../src/graph/index.js";
import { NativeBuffer } from "../../../../src/runtime/buffer.js";
import { openvinoCpu } from "../../../../src/runtime/engines/openvino/engine.js";
import type { OpenVinoGraph } from "../../../../src/runtime/engines/openvino/graph.js";
import { openvino, outText } from "../../../../src/runtime/engines/openvino/openvino.js";
import type { CompiledGraph, CompileOptions } from "../../../../src/runtime/index.js";
import type { NativeTensor } from "../../../../src/runtime/tensor.js";
import { chain, doubling, initializer, model, node, product, value } from "../../onnx.js";
import { describeOpenvino, openvinoEngine as engine } from "../../openvinoHere.js";

const code = (code: string) => expect.objectContaining({ name: "NeriumError", code });

const graphs: CompiledGraph[] = [];
const buffers: NativeBuffer[] = [];
afterEach(() => {
  for (const graph of graphs.splice(0)) graph.dispose();
  for (const buffer of buffers.splice(0)) buffer.free();
});

async function bound(bytes: Uint8Array, options: Partial<CompileOptions> = {}) {
  const graph = await engine.compile(bytes, { threads: 2, name: "test", ...options });
  graphs.push(graph);
  return graph.bind();
}

function floats(dims: readonly number[], ...values: number[]): NativeTensor {
  const buffer = NativeBuffer.allocate(Math.max(4, 4 * dims.reduce((a, b) => a * b, 1)));
  buffers.push(buffer);
  buffer.float32(0, values.length).set(values);
  return { buffer, byteOffset: 0, type: "float32", dims };
}

describeOpenvino("a graph on OpenVINO", () => {
  test("reads and writes the bound memory", async () => {
    const binding = await bound(doubling());
    const [x, y] = [floats([3, 2], 1, 2, 3, 4, 5, 6), floats([3, 2])];
    binding.bindInput("x", x);
    binding.bindOutput("y", y);
    await binding.run();
    expect([...y.buffer.float32()]).toEqual([2, 4, 6, 8, 10, 12]);
    x.buffer.float32()[0] = 50;
    await binding.run();
    expect(y.buffer.float32()[0]).toBe(100);
  });

  test("takes tensors anywhere in a buffer, and a new one replaces the old one", async () => {
    const binding = await bound(doubling());
    const { buffer } = floats([4, 2], 1, 2, 3, 4);
    for (const n of [1, 2]) {
      binding.bindInput("x", { buffer, byteOffset: 0, type: "float32", dims: [n, 2] });
      binding.bindOutput("y", { buffer, byteOffset: 16, type: "float32", dims: [n, 2] });
      await binding.run();
    }
    expect([...buffer.float32()]).toEqual([1, 2, 3, 4, 2, 4, 6, 8]);
  });

  test("updates an input in place, and later writes elsewhere again", async () => {
    const binding = await bound(doubling());
    const [x, y] = [floats([1, 2], 1, 3), floats([1, 2])];
    binding.bindInput("x", x);
    binding.bindOutput("y", x);
    for (let i = 0; i < 5; i++) await binding.run();
    expect([...x.buffer.float32()]).toEqual([32, 96]);
    binding.bindOutput("y", y);
    await binding.run();
    expect([...x.buffer.float32(), ...y.buffer.float32()]).toEqual([32, 96, 64, 192]);
  });

  test("gives outputs that it allocated the dims of each run, empty ones too", async () => {
    const binding = await bound(product());
    const { buffer } = floats([9], 1, 1, 1, 1, 1, 1, 1, 1, 1);
    binding.bindOutputToCpu("y");
    for (const [m, k, n] of [
      [1, 2, 3],
      [2, 2, 2],
      [3, 1, 3],
      [0, 2, 2],
    ] as const) {
      binding.bindInput("a", { buffer, byteOffset: 0, type: "float32", dims: [m, k] });
      binding.bindInput("b", { buffer, byteOffset: 0, type: "float32", dims: [k, n] });
      await binding.run();
      const data = new Float32Array(m * n).fill(k);
      expect(binding.output("y")).toEqual({ type: "float32", dims: [m, n], data });
    }
  });

  test("keeps outputs apart that are the same value under two names", async () => {
    const x = input("x", "float32", ["n"]);
    const y = multiply(x, scalar(3));
    const binding = await bound(emit({ y, again: y, same: x }, { profile: engine.profile }));
    binding.bindInput("x", floats([2], 1, 2));
    const again = floats([2]);
    binding.bindOutputToCpu("y");
    binding.bindOutput("again", again);
    binding.bindOutputToCpu("same");
    await binding.run();
    expect([...binding.output("y").data]).toEqual([3, 6]);
    expect([...again.buffer.float32()]).toEqual([3, 6]);
    expect([...binding.output("same").data]).toEqual([1, 2]);
  });

  test("can let go of memory that an output was bound to", async () => {
    const binding = await bound(doubling());
    const y = floats([1, 2]);
    binding.bindInput("x", floats([1, 2], 1, 2));
    binding.bindOutput("y", y);
    await binding.run();
    expect(() => y.buffer.free()).toThrow(code("RUNTIME_BUSY"));
    binding.bindOutputToCpu("y");
    y.buffer.free();
    await binding.run();
    expect([...binding.output("y").data]).toEqual([2, 4]);
  });

  test.each([
    ["float32", 4, Float32Array.of(1.5, -2)],
    ["int64", 8, BigInt64Array.of(2n ** 30n, -1n)],
    ["int32", 4, Int32Array.of(7, -7)],
    ["uint8", 1, Uint8Array.of(0, 255)],
    ["int8", 1, Int8Array.of(-128, 127)],
    ["bool", 1, Uint8Array.of(1, 0)],
  ] as const)("passes elements of type %s through unchanged", async (type, bytes, data) => {
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

  test("reads weights from memory that the model names by address, and holds it", async () => {
    const weight = floats([2, 2], 1, 2, 3, 4);
    const { location, offset, length } = engine.placeOf(weight);
    expect(length).toBe(16);
    const place = { location, offset: `${offset}`, length: `${length}` };
    const bytes = model(
      [node("MatMul", ["x", "w"], ["y"])],
      [value("x", "float32", ["n", 2])],
      [value("y", "float32", ["n", 2])],
      [initializer("w", [2, 2], undefined, place)],
    );
    const binding = await bound(bytes, { initializers: { w: weight } });
    expect(() => weight.buffer.free()).toThrow(code("RUNTIME_BUSY"));
    binding.bindInput("x", floats([1, 2], 10, 1));
    binding.bindOutputToCpu("y");
    await binding.run();
    expect([...binding.output("y").data]).toEqual([13, 24]);
  });

  test("refuses a run with inputs or outputs missing", async () => {
    const binding = await bound(product());
    await expect(binding.run()).rejects.toThrow("No tensor is bound to input a, b");
    for (const name of ["a", "b"]) binding.bindInput(name, floats([1, 1], 1));
    await expect(binding.run()).rejects.toEqual(code("RUNTIME_BINDING_INCOMPLETE"));
  });

  test("says why a run failed, without places in OpenVINO's code, and runs again", async () => {
    const binding = await bound(product());
    binding.bindInput("a", floats([2, 3]));
    binding.bindInput("b", floats([2, 3]));
    binding.bindOutputToCpu("y");
    const failed = {
      code: "RUNTIME_RUN_FAILED",
      where: "test",
      message: expect.not.stringContaining(".cpp"),
    };
    await expect(binding.run()).rejects.toEqual(expect.objectContaining(failed));
    expect(() => binding.output("y")).toThrow(code("RUNTIME_BINDING_INCOMPLETE"));
    binding.bindInput("b", floats([3, 1]));
    await binding.run();
    expect(binding.output("y").dims).toEqual([2, 1]);
  });

  test.each([3, 5])("refuses an output for %i rows where a run computes 4", async (rows) => {
    const binding = await bound(doubling());
    binding.bindInput("x", floats([4, 2], 1, 1, 1, 1, 1, 1, 1, 1));
    binding.bindOutput("y", floats([rows, 2]));
    await expect(binding.run()).rejects.toEqual(code("RUNTIME_RUN_FAILED"));
    binding.bindOutput("y", floats([4, 2]));
    await binding.run();
  });

  test.each([
    ["bytes that are no model", new Uint8Array([1, 2, 3])],
    ["no bytes", new Uint8Array(0)],
    [
      "an unknown operator",
      model([node("Nonsense", ["x"], ["y"])], [value("x", "float32", [1])], [value("y", "float32", [1])]),
    ],
    ["a file that does not exist", "/nowhere/model.onnx"],
  ])("refuses %s", async (_, bytes) => {
    await expect(engine.compile(bytes as Uint8Array, { name: "bad", threads: 1 })).rejects.toEqual(
      expect.objectContaining({ code: "RUNTIME_MODEL_INVALID", where: "bad" }),
    );
  });

  test.each([0, 1.5, 1025])("refuses %d threads", async (threads) => {
    await expect(engine.compile(doubling(), { name: "bad", threads })).rejects.toEqual(
      code("RUNTIME_OPTION_INVALID"),
    );
  });

  test.each([1, 2])(
    "computes with %i threads if it is told to, whatever the machine has",
    async (threads) => {
      await bound(doubling(), { threads });
      const { handle } = graphs[0] as OpenVinoGraph;
      const { raw, call } = openvino();
      const property = (name: string) =>
        outText(raw, (cell) => call.ov_compiled_model_get_property(handle, name, cell));
      expect(property("INFERENCE_NUM_THREADS")).toBe(`${threads}`);
      expect(property("NUM_STREAMS")).toBe("1");
    },
  );

  test("needs no more memory after thousands of shapes", async () => {
    const binding = await bound(product());
    const { buffer } = floats([3600, 64]);
    const matrix = (m: number) => ({ buffer, byteOffset: 0, type: "float32" as const, dims: [m, 64] });
    binding.bindInput("b", matrix(64));
    binding.bindOutputToCpu("y");
    const memory: number[] = [];
    for (let m = 1; m <= 3600; m++) {
      binding.bindInput("a", matrix(m));
      await binding.run();
      if (m % 1200 === 0 || m === 1) memory.push(process.memoryUsage.rss());
    }
    // OpenVINO keeps what it prepares for a shape. Without a limit, the last third would need as much as the first.
    const [first, , last] = memory.slice(1).map((bytes, third) => bytes - memory[third]!);
    expect(last! / first!).toBeLessThan(1 / 3);
  });

  test("lets the event loop turn while it runs, and is left alone until then", async () => {
    const size = 256;
    const binding = await bound(chain(size, 300), { threads: 1 });
    for (const name of ["x", "w"]) binding.bindInput(name, floats([size, size], 1));
    binding.bindOutputToCpu("y");
    let turns = 0;
    let running = true;
    const turn = () => {
      turns++;
      if (running) setImmediate(turn);
    };
    const run = binding.run();
    setImmediate(turn);
    await expect(binding.run()).rejects.toEqual(code("RUNTIME_BUSY"));
    expect(() => binding.dispose()).toThrow(code("RUNTIME_BUSY"));
    await run;
    running = false;
    expect(turns).toBeGreaterThan(5);
  });

  test("stops a run early when it is asked to", async () => {
    const size = 256;
    const binding = (await bound(chain(size, 500), { threads: 1 })) as Awaited<ReturnType<typeof bound>> & {
      terminate(): void;
    };
    for (const name of ["x", "w"]) binding.bindInput(name, floats([size, size], 1));
    binding.bindOutputToCpu("y");
    const run = binding.run();
    setTimeout(() => binding.terminate(), 5);
    await expect(run).rejects.toEqual(code("RUNTIME_RUN_ABORTED"));
    await binding.run();
    expect(binding.output("y").data[0]).toBe(1);
  });

  test("writes the time of each operation to a file, if it was asked to", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nerium-profile-"));
    const binding = await bound(product(), { profilePrefix: join(folder, "profile") });
    for (const name of ["a", "b"]) binding.bindInput(name, floats([1, 1], 1));
    binding.bindOutputToCpu("y");
    await binding.run();
    const file = graphs[0]!.endProfiling();
    const events = JSON.parse(readFileSync(file, "utf8"));
    expect(events.map(({ args }: { args: { op_name: string } }) => args.op_name)).toContain("MatMul");
    rmSync(folder, { recursive: true });
    await bound(doubling());
    expect(() => graphs[1]!.endProfiling()).toThrow(code("RUNTIME_OPTION_INVALID"));
  });

  test("refuses bf16 that OpenVINO would ignore without a word", async (context) => {
    const { capabilities } = openvino();
    context.skip(capabilities.includes("BF16"), "this CPU has bf16");
    await expect(openvinoCpu("bf16").compile(doubling(), { name: "test", threads: 1 })).rejects.toEqual(
      expect.objectContaining({
        code: "RUNTIME_BF16_UNSUPPORTED",
        message: "This CPU cannot compute in bf16: OpenVINO computes in f32 here",
      }),
    );
  });
});
