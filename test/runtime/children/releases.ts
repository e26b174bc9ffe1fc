/** Prints by how many bytes the process grows for each object that is made and released, many times over. */
import { NativeBuffer } from "../../../src/runtime/buffer.js";
import { ort, outValue, takeStatus } from "../../../src/runtime/engines/onnxruntime/ort.js";
import { doubling } from "../onnx.js";

const { call, raw, env, cpuMemory, allocator } = ort();
const model = doubling();
const bytes = NativeBuffer.allocate(model.length);
bytes.bytes().set(model);
const shape = NativeBuffer.allocate(16);
shape.int64().set([1n, 2n]);

const newOptions = () => outValue((cell) => call.CreateSessionOptions(cell));
const newSession = (options: bigint) =>
  outValue((cell) => call.CreateSessionFromArray(env, bytes.address, model.length, options, cell));
const options = newOptions();
call.SetIntraOpNumThreads(options, 1);
const session = newSession(options);
const newValue = () =>
  outValue((cell) =>
    call.CreateTensorWithDataAsOrtValue(cpuMemory, shape.address, 8, shape.address, 2, 1, cell),
  );
const value = newValue();

const makers = {
  ReleaseStatus: [200_000, () => takeStatus(raw, raw.SetSessionGraphOptimizationLevel(options, -1))],
  ReleaseMemoryInfo: [
    100_000,
    () => call.ReleaseMemoryInfo(outValue((cell) => call.CreateCpuMemoryInfo(0, 0, cell))),
  ],
  ReleaseSession: [200, () => call.ReleaseSession(newSession(options))],
  ReleaseValue: [100_000, () => call.ReleaseValue(newValue())],
  ReleaseRunOptions: [50_000, () => call.ReleaseRunOptions(outValue((cell) => call.CreateRunOptions(cell)))],
  ReleaseTypeInfo: [
    50_000,
    () => call.ReleaseTypeInfo(outValue((cell) => call.SessionGetInputTypeInfo(session, 0, cell))),
  ],
  ReleaseTensorTypeAndShapeInfo: [
    50_000,
    () => call.ReleaseTensorTypeAndShapeInfo(outValue((cell) => call.GetTensorTypeAndShape(value, cell))),
  ],
  ReleaseSessionOptions: [20_000, () => call.ReleaseSessionOptions(newOptions())],
  ReleaseIoBinding: [
    50_000,
    () => call.ReleaseIoBinding(outValue((cell) => call.CreateIoBinding(session, cell))),
  ],
  AllocatorFree: [
    100_000,
    () =>
      call.AllocatorFree(
        allocator,
        outValue((cell) => call.SessionGetInputName(session, 0, allocator, cell)),
      ),
  ],
  control: [50_000, () => outValue((cell) => call.CreateRunOptions(cell))],
} as const;

const growth: Record<string, number> = {};
for (const [name, [times, makeAndRelease]] of Object.entries(makers)) {
  for (let i = 0; i < times / 2; i++) makeAndRelease();
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  for (let i = 0; i < times; i++) makeAndRelease();
  globalThis.gc?.();
  growth[name] = (process.memoryUsage.rss() - before) / times;
}
// One environment for the process, counted: released once, it serves on.
const again = outValue((cell) => call.CreateEnv(4, "again", cell));
call.ReleaseEnv(again);
call.ReleaseSession(newSession(options));
growth.ReleaseEnv = again === env ? 0 : 1;
process.stdout.write(JSON.stringify(growth));
