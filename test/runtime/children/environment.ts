/** Releases the environment altogether; the next one is another, and takes its own log level. */
import { NativeBuffer } from "../../../src/runtime/buffer.js";
import { ort, outValue } from "../../../src/runtime/engines/onnxruntime/ort.js";
import { doubling } from "../onnx.js";

const { call, env } = ort();
const model = doubling();
const bytes = NativeBuffer.allocate(model.length);
bytes.bytes().set(model);
const options = outValue((cell) => call.CreateSessionOptions(cell));
call.SetIntraOpNumThreads(options, 1);
call.ReleaseEnv(env);
const loud = outValue((cell) => call.CreateEnv(1, "the-loud-one", cell));
call.ReleaseSession(
  outValue((cell) => call.CreateSessionFromArray(loud, bytes.address, model.length, options, cell)),
);
process.stdout.write("made");
