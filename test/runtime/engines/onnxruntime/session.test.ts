import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { NativeBuffer } from "../../../../src/runtime/buffer.js";
import type { SessionOptions } from "../../../../src/runtime/engines/onnxruntime/options.js";
import { Session } from "../../../../src/runtime/engines/onnxruntime/session.js";
import { chain, doubling, initializer, model, node, product, sequence, value } from "../../onnx.js";

const threads = 1;
const code = (code: string) => expect.objectContaining({ name: "NeriumError", code });

test("a session knows its inputs and outputs", async () => {
  const session = await Session.create(
    model(
      [node("Gather", ["rows", "picked"], ["picked_rows"]), node("Identity", ["flag"], ["same_flag"])],
      [value("rows", "float32", ["n", 3]), value("picked", "int64", ["k"]), value("flag", "bool", [])],
      [value("picked_rows", "float32", ["k", 3]), value("same_flag", "bool", [])],
    ),
    { threads, name: "gather" },
  );
  expect(session.name).toBe("gather");
  expect(session.inputs).toEqual([
    { name: "rows", type: "float32", dims: ["n", 3] },
    { name: "picked", type: "int64", dims: ["k"] },
    { name: "flag", type: "bool", dims: [] },
  ]);
  expect(session.outputs).toEqual([
    { name: "picked_rows", type: "float32", dims: ["k", 3] },
    { name: "same_flag", type: "bool", dims: [] },
  ]);
  session.dispose();
});

test("bytes that are no model are refused", async () => {
  for (const bytes of [
    new Uint8Array(0),
    new Uint8Array(1000),
    Uint8Array.from({ length: 1000 }, (_, i) => (i * 7919) & 255),
    new TextEncoder().encode("<!doctype html>"),
    doubling().subarray(0, 40),
    "model.onnx" as unknown as Uint8Array,
    [8, 8] as unknown as Uint8Array,
  ]) {
    await expect(Session.create(bytes, { threads })).rejects.toEqual(code("RUNTIME_MODEL_INVALID"));
  }
});

test("a graph that is wrong is refused with what is wrong with it", async () => {
  const x = value("x", "float32", [2]);
  const unknown = model([node("NoSuchOp", ["x"], ["y"])], [x], [value("y", "float32", [2])]);
  await expect(Session.create(unknown, { threads, name: "step" })).rejects.toEqual(
    expect.objectContaining({
      code: "RUNTIME_MODEL_INVALID",
      where: "step",
      message: expect.stringContaining("NoSuchOp"),
    }),
  );
  const dangling = model([node("Add", ["x", "nowhere"], ["y"])], [x], [value("y", "float32", [2])]);
  await expect(Session.create(dangling, { threads })).rejects.toEqual(code("RUNTIME_MODEL_INVALID"));
});

test("inputs that are no tensors, or of other element types, are refused by name", async () => {
  const at = node("SequenceAt", ["list", "i"], ["y"]);
  const noTensor = model([at], [sequence("list"), value("i", "int64", [])], [value("y", "float32", [2])]);
  await expect(Session.create(noTensor, { threads })).rejects.toThrow(/"list" of the model is not a tensor/);
  const text = model(
    [node("Identity", ["x"], ["y"])],
    [value("x", "string", [1])],
    [value("y", "string", [1])],
  );
  await expect(Session.create(text, { threads })).rejects.toEqual(code("RUNTIME_VALUE_UNSUPPORTED"));
});

test("changed bytes of a model never end the process", async () => {
  const good = product();
  await fc.assert(
    fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), fc.boolean(), async (at, byte, cut) => {
      const bytes = cut ? good.slice(0, at) : good.slice();
      if (!cut) bytes[at] = byte;
      const session = await Session.create(bytes, { threads }).catch((error: Error) => {
        expect(error.name).toBe("NeriumError");
      });
      session?.dispose();
    }),
    { numRuns: 300 },
  );
});

test("options out of range are refused", async () => {
  for (const options of [
    { threads: 0 },
    { threads: 1.5 },
    { threads: 1025 },
    { threads: Number.NaN },
    { threads: "2" },
    { threads, optimization: "most" },
    { threads, profile: "" },
    { threads, profile: "a\0b" },
    { threads, config: { "": "1" } },
    { threads, config: { key: 1 } },
    { threads, config: { "session.use_ort_model_bytes_directly": "1" } },
  ]) {
    await expect(Session.create(doubling(), options as SessionOptions)).rejects.toEqual(
      code("RUNTIME_OPTION_INVALID"),
    );
  }
});

test("a value that ONNX Runtime refuses for an option becomes an error with its words", async () => {
  const config = { "session.intra_op_thread_affinities": "no list" };
  await expect(Session.create(doubling(), { threads: 2, config })).rejects.toEqual(
    expect.objectContaining({ name: "NeriumError" }),
  );
});

test("all options together make a session that runs", async () => {
  const session = await Session.create(doubling(), {
    threads: 2,
    optimization: "none",
    arena: false,
    memoryPattern: true,
    allowSpinning: false,
    config: { "session.set_denormal_as_zero": "1" },
  });
  const buffer = NativeBuffer.allocate(8);
  const tensor = { buffer, byteOffset: 0, type: "float32", dims: [1, 2] } as const;
  const binding = session.bind();
  binding.bindInput("x", tensor);
  binding.bindOutputToCpu("y");
  await binding.run();
  expect(binding.output("y").dims).toEqual([1, 2]);
  session.dispose();
  buffer.free();
});

test("a profile names every operation of the runs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "profile ü "));
  const session = await Session.create(doubling(), { threads, profile: join(folder, "run") });
  const buffer = NativeBuffer.allocate(8);
  const binding = session.bind();
  binding.bindInput("x", { buffer, byteOffset: 0, type: "float32", dims: [1, 2] });
  binding.bindOutputToCpu("y");
  await binding.run();
  const file = session.endProfiling();
  expect(file.startsWith(join(folder, "run"))).toBe(true);
  expect(readFileSync(file, "utf8")).toContain('"op_name" : "Add"');
  session.dispose();
  rmSync(folder, { recursive: true });

  const plain = await Session.create(doubling(), { threads });
  expect(() => plain.endProfiling()).toThrow(code("RUNTIME_OPTION_INVALID"));
  plain.dispose();
  expect(existsSync(folder)).toBe(false);
});

test("constants that the model leaves open are read from the caller's memory, and hold it", async () => {
  const weights = NativeBuffer.allocate(64 * 64 * 4);
  weights.float32().forEach((_, i, all) => {
    all[i] = i % 65 === 0 ? 2 : 0;
  });
  const scaling = model(
    [node("MatMul", ["x", "w"], ["y"])],
    [value("x", "float32", ["n", 64])],
    [value("y", "float32", ["n", 64])],
    [initializer("w", [64, 64])],
  );
  const w = { buffer: weights, byteOffset: 0, type: "float32", dims: [64, 64] } as const;
  const sessions = [
    await Session.create(scaling, { threads, initializers: { w } }),
    await Session.create(scaling, { threads, initializers: { w } }),
  ];
  const x = NativeBuffer.allocate(64 * 4);
  x.float32().forEach((_, i, all) => {
    all[i] = i;
  });
  for (const session of sessions) {
    expect(session.inputs.map(({ name }) => name)).toEqual(["x"]);
    const binding = session.bind();
    binding.bindInput("x", { buffer: x, byteOffset: 0, type: "float32", dims: [1, 64] });
    binding.bindOutputToCpu("y");
    await binding.run();
    expect(binding.output("y").data).toEqual(x.float32().map((v) => 2 * v));
  }
  sessions[0]!.dispose();
  expect(() => weights.free()).toThrow(code("RUNTIME_BUSY"));
  sessions[1]!.dispose();

  await expect(Session.create(scaling, { threads, initializers: { v: w } })).rejects.toEqual(
    code("RUNTIME_MODEL_INVALID"),
  );
  await expect(
    Session.create(scaling, { threads, initializers: { w: { ...w, dims: [32, 64] } } }),
  ).rejects.toEqual(code("RUNTIME_MODEL_INVALID"));
  await expect(
    Session.create(scaling, { threads, initializers: { w: { ...w, dims: [65, 64] } } }),
  ).rejects.toEqual(code("RUNTIME_WINDOW_INVALID"));
  weights.free();
  x.free();
});

test("a session is disposed of with its bindings, but not while one runs", async () => {
  const size = 256;
  const session = await Session.create(chain(size, 100), { threads });
  const buffer = NativeBuffer.allocate(size * size * 4);
  const tensor = { buffer, byteOffset: 0, type: "float32", dims: [size, size] } as const;
  const binding = session.bind();
  binding.bindInput("x", tensor);
  binding.bindInput("w", tensor);
  binding.bindOutputToCpu("y");
  const run = binding.run();
  expect(() => session.dispose()).toThrow(code("RUNTIME_BUSY"));
  await run;
  session.dispose();
  session.dispose();
  buffer.free();
  expect(() => session.bind()).toThrow(code("RUNTIME_DISPOSED"));
  expect(() => session.endProfiling()).toThrow(code("RUNTIME_DISPOSED"));
  expect(() => binding.bindOutputToCpu("y")).toThrow(code("RUNTIME_DISPOSED"));
  await expect(binding.run()).rejects.toEqual(code("RUNTIME_DISPOSED"));
});

test("a model is opened from its file; a path where there is none is refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nerium-session-"));
  const file = join(folder, "modèle.onnx");
  writeFileSync(file, doubling());
  const session = await Session.create(file, { threads });
  expect(session.inputs.map(({ name }) => name)).toEqual(["x"]);
  session.dispose();
  rmSync(folder, { recursive: true });
  for (const path of [file, "", "a\0b"])
    await expect(Session.create(path, { threads })).rejects.toEqual(code("RUNTIME_MODEL_INVALID"));
});
