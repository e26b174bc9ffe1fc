/** Runs a model in a process whose koffi has loaded a library, with koffi's own settings, already. */
import koffi from "koffi";
import { NativeBuffer } from "../../../src/runtime/buffer.js";
import { Session } from "../../../src/runtime/engines/onnxruntime/session.js";
import { doubling } from "../onnx.js";

koffi.load(process.platform === "win32" ? "kernel32.dll" : null);
const session = await Session.create(doubling(), { threads: 2 });
const buffer = NativeBuffer.allocate(8);
buffer.float32().fill(1);
const binding = session.bind();
const tensor = { buffer, byteOffset: 0, type: "float32", dims: [1, 2] } as const;
binding.bindInput("x", tensor);
binding.bindOutput("y", tensor);
await binding.run();
process.stdout.write(String(buffer.float32()[0]));
