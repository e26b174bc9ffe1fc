/** Ends with native work in the state that the first argument names. */
import { NativeBuffer } from "../../../src/runtime/buffer.js";
import { Session } from "../../../src/runtime/engines/onnxruntime/session.js";
import { chain } from "../onnx.js";

const [how, state] = process.argv.slice(2);
const size = 256;
const session = await Session.create(chain(size, 400), { threads: 2 });
const x = NativeBuffer.allocate(size * size * 4);
const y = NativeBuffer.allocate(size * size * 4);
const dims = [size, size];
const binding = session.bind();
binding.bindInput("x", { buffer: x, byteOffset: 0, type: "float32", dims });
binding.bindInput("w", { buffer: x, byteOffset: 0, type: "float32", dims });
binding.bindOutput("y", { buffer: y, byteOffset: 0, type: "float32", dims });

if (state === "disposed") {
  await binding.run();
  session.dispose();
  x.free();
  y.free();
}
const run = state === "running" ? binding.run() : Promise.resolve();
if (state === "creating") void Session.create(chain(size, 2000), { threads: 2 });

if (how === "end") await run;
if (how === "throw") throw new Error("on purpose");
if (how === "exit") setTimeout(() => process.exit(0), 5);
if (how === "handler") process.on("SIGTERM", () => process.exit(0));
if (how === "handler" || how === "sigterm") {
  setInterval(() => {}, 1000);
  process.stdout.write("kill me");
}
