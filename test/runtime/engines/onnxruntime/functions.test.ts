import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NativeBuffer } from "../../../../src/runtime/buffer.js";
import { ortFunctions } from "../../../../src/runtime/engines/onnxruntime/functions.js";
import { ort, outPair, outValue, takeStatus } from "../../../../src/runtime/engines/onnxruntime/ort.js";
import { pointerAt, textAt } from "../../../../src/runtime/foreign.js";
import { compilePrograms, type Programs } from "../../child.js";
import { model, node, value } from "../../onnx.js";

let programs: Programs;
beforeAll(() => {
  programs = compilePrograms();
});
afterAll(() => programs.remove());

interface Declared {
  readonly slot: number;
  readonly returns: string;
  readonly takes: readonly string[];
}

test("the table has the places and arguments of ONNX Runtime's header (made by goldens/functions.mjs)", () => {
  const golden = new URL("goldens/functions.json", import.meta.url);
  const declared = JSON.parse(readFileSync(golden, "utf8")) as Record<string, Declared>;
  for (const [name, { slot, returns, takes }] of Object.entries(ortFunctions)) {
    const expected = declared[name]!;
    // A C string may be given as text or as the address of one.
    const given = takes.map((kind, i) =>
      kind === "pointer" && expected.takes[i] === "string" ? "string" : kind,
    );
    expect({ name, slot, returns, takes: given }).toEqual({ name, ...expected });
  }
});

test("no two functions have one place", () => {
  const slots = Object.values(ortFunctions).map(({ slot }) => slot);
  expect(new Set(slots).size).toBe(slots.length);
});

/** A session of `y = gather(rows, picked)`: two inputs, one output, two types, fixed and free dimensions. */
function gathering(): bigint {
  const { call, env } = ort();
  const bytes = model(
    [node("Gather", ["rows", "picked"], ["y"])],
    [value("rows", "float32", ["n", 3]), value("picked", "int64", [2])],
    [value("y", "float32", [2, 3])],
  );
  const memory = NativeBuffer.allocate(bytes.length);
  memory.bytes().set(bytes);
  const options = outValue((cell) => call.CreateSessionOptions(cell));
  call.SetIntraOpNumThreads(options, 1);
  const session = outValue((cell) =>
    call.CreateSessionFromArray(env, memory.address, bytes.length, options, cell),
  );
  call.ReleaseSessionOptions(options);
  memory.free();
  return session;
}

test("a failed call says why, and its status is released", () => {
  const { call, raw } = ort();
  const options = outValue((cell) => call.CreateSessionOptions(cell));
  const status = raw.SetSessionGraphOptimizationLevel(options, -1)!;
  expect(raw.GetErrorCode(status)).toBe(2);
  expect(raw.GetErrorMessage(status)).toContain("graph_optimization_level");
  expect(takeStatus(raw, status)?.code).toBe("INVALID_ARGUMENT");
  expect(takeStatus(raw, raw.SetSessionExecutionMode(options, 7))?.message).toContain("execution_mode");
  expect(() => call.SetSessionGraphOptimizationLevel(options, -1)).toThrow(
    expect.objectContaining({ code: "RUNTIME_CALL_FAILED" }),
  );
  call.ReleaseSessionOptions(options);
});

test("telemetry can be switched off", () => {
  expect(ort().raw.DisableTelemetryEvents(ort().env)).toBeNull();
});

test("each reader of a session tells what the model declares", () => {
  const { call, allocator } = ort();
  const session = gathering();
  expect(outValue((cell) => call.SessionGetInputCount(session, cell))).toBe(2n);
  expect(outValue((cell) => call.SessionGetOutputCount(session, cell))).toBe(1n);
  const inputs = [0, 1].map((i) => outValue((cell) => call.SessionGetInputName(session, i, allocator, cell)));
  const output = outValue((cell) => call.SessionGetOutputName(session, 0, allocator, cell));
  expect([...inputs, output].map(textAt)).toEqual(["rows", "picked", "y"]);
  for (const name of [...inputs, output]) call.AllocatorFree(allocator, name);

  const room = NativeBuffer.allocate(16);
  const read = (typeInfo: bigint) => {
    const info = outValue((cell) => call.CastTypeInfoToTensorInfo(typeInfo, cell));
    const type = Number(
      BigInt.asUintN(
        32,
        outValue((cell) => call.GetTensorElementType(info, cell)),
      ),
    );
    const rank = Number(outValue((cell) => call.GetDimensionsCount(info, cell)));
    call.GetDimensions(info, room.address, rank);
    const dims = [...room.int64(0, rank)];
    call.GetSymbolicDimensions(info, room.address, rank);
    const names = [...room.int64(0, rank)].map(textAt);
    call.ReleaseTypeInfo(typeInfo);
    return { type, dims, names };
  };
  const typeOf = (i: number) => outValue((cell) => call.SessionGetInputTypeInfo(session, i, cell));
  expect(read(typeOf(0))).toEqual({ type: 1, dims: [-1n, 3n], names: ["n", ""] });
  expect(read(typeOf(1))).toEqual({ type: 7, dims: [2n], names: [""] });
  const outputType = outValue((cell) => call.SessionGetOutputTypeInfo(session, 0, cell));
  expect(read(outputType)).toEqual({ type: 1, dims: [2n, 3n], names: ["", ""] });
  call.ReleaseSession(session);
});

test("a binding takes values, runs, stops when told to, and gives values back", () => {
  const { call, raw, cpuMemory, allocator } = ort();
  const session = gathering();
  const room = NativeBuffer.allocate(256);
  room.float32(0, 6).set([1, 2, 3, 4, 5, 6]);
  room.int64(64, 2).set([1n, 1n]);
  const at = (offset: number) => room.address + BigInt(offset);
  const cString = (offset: number, text: string) => {
    room.bytes(offset, text.length).set(new TextEncoder().encode(text));
    return at(offset);
  };
  const tensor = (offset: number, bytes: number, dims: bigint[], type: number) => {
    room.int64(128, dims.length).set(dims);
    return outValue((cell) =>
      call.CreateTensorWithDataAsOrtValue(cpuMemory, at(offset), bytes, at(128), dims.length, type, cell),
    );
  };
  const rows = tensor(0, 24, [2n, 3n], 1);
  const picked = tensor(64, 16, [2n], 7);
  const y = tensor(32, 24, [2n, 3n], 1);
  expect(outValue((cell) => call.GetTensorMutableData(rows, cell))).toBe(room.address);
  const info = outValue((cell) => call.GetTensorTypeAndShape(picked, cell));
  expect(outValue((cell) => call.GetDimensionsCount(info, cell))).toBe(1n);
  call.ReleaseTensorTypeAndShapeInfo(info);

  const binding = outValue((cell) => call.CreateIoBinding(session, cell));
  call.BindInput(binding, cString(192, "rows"), rows);
  call.BindInput(binding, cString(200, "picked"), picked);
  call.BindOutput(binding, cString(208, "y"), y);
  const options = outValue((cell) => call.CreateRunOptions(cell));
  call.RunOptionsSetTerminate(options);
  expect(takeStatus(raw, raw.RunWithBinding(session, options, binding))?.message).toContain("terminate");
  expect([...room.float32(32, 6)]).toEqual([0, 0, 0, 0, 0, 0]);
  call.RunOptionsUnsetTerminate(options);
  call.RunWithBinding(session, options, binding);
  expect([...room.float32(32, 6)]).toEqual([4, 5, 6, 4, 5, 6]);

  call.BindOutputToDevice(binding, at(208), cpuMemory);
  call.RunWithBinding(session, options, binding);
  const [list, count] = outPair((first, second) =>
    call.GetBoundOutputValues(binding, allocator, first, second),
  );
  expect(count).toBe(1n);
  const result = pointerAt(list)!;
  const data = outValue((cell) => call.GetTensorMutableData(result, cell));
  expect(data).not.toBe(at(32));
  expect(pointerAt(data)).toBe(pointerAt(at(32)));
  for (const owned of [result, rows, picked, y]) call.ReleaseValue(owned);
  call.AllocatorFree(allocator, list);
  call.ReleaseRunOptions(options);
  call.ReleaseIoBinding(binding);
  call.ReleaseSession(session);
  room.free();
});

test("each setter of a session changes what its name says", async () => {
  const { code, stderr } = await programs.run("options");
  expect(code).toBe(0);
  const [printed] = /Session Options \{.*/.exec(stderr) ?? [""];
  const [intra, inter] = [...printed.matchAll(/thread_pool_size: (\d+)/g)].map(([, size]) => Number(size));
  expect({ intra, inter }).toEqual({ intra: 3, inter: 2 });
  for (const setting of [
    "session_log_severity_level:1",
    "execution_mode:1",
    // ONNX Runtime's own number of the level "extended", which is 2 in the C interface.
    "graph_optimization_level:2",
    "enable_mem_pattern:0",
    "enable_cpu_mem_arena:0",
    "session.intra_op.allow_spinning: 0",
  ]) {
    expect(printed).toContain(setting);
  }
});

test("each release gives back what was made", async () => {
  const { code, stdout, stderr } = await programs.run("releases", [], ["--expose-gc"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { control, ReleaseSession, ReleaseEnv, ...growth } = JSON.parse(stdout) as Record<string, number>;
  console.log("bytes of growth for each object released:", stdout);
  expect(control).toBeGreaterThan(100);
  // A session that is never released keeps about half a megabyte.
  expect(ReleaseSession).toBeLessThan(50_000);
  expect(ReleaseEnv).toBe(0);
  for (const [name, bytes] of Object.entries(growth)) expect([name, bytes < 40]).toEqual([name, true]);
});

test("an environment takes its log level and name, and its release makes room for another", async () => {
  const { code, stdout, stderr } = await programs.run("environment");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "made" });
  expect(stderr).toContain("[I:onnxruntime:the-loud-one");
});
