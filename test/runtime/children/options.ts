/** Makes a session with every option changed, in a session that logs; ONNX Runtime prints what it understood. */
import { NativeBuffer } from "../../../src/runtime/buffer.js";
import { ort, outValue } from "../../../src/runtime/engines/onnxruntime/ort.js";
import { doubling } from "../onnx.js";

const { call, env } = ort();
const model = doubling();
const bytes = NativeBuffer.allocate(model.length);
bytes.bytes().set(model);

const options = outValue((cell) => call.CreateSessionOptions(cell));
call.SetSessionLogSeverityLevel(options, 1);
call.SetIntraOpNumThreads(options, 3);
call.SetInterOpNumThreads(options, 2);
call.SetSessionExecutionMode(options, 1);
call.SetSessionGraphOptimizationLevel(options, 2);
call.DisableMemPattern(options);
call.DisableCpuMemArena(options);
call.AddSessionConfigEntry(options, "session.intra_op.allow_spinning", "0");
const session = outValue((cell) =>
  call.CreateSessionFromArray(env, bytes.address, model.length, options, cell),
);
call.ReleaseSession(session);
call.ReleaseSessionOptions(options);
