/** Runs in worker threads that end in different ways, and in the main thread at last. */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { NativeBuffer } from "../../../src/runtime/buffer.js";
import { Session } from "../../../src/runtime/engines/onnxruntime/session.js";
import { doubling } from "../onnx.js";

const session = await Session.create(doubling(), { threads: 2 });
const buffer = NativeBuffer.allocate(8);
buffer.float32().fill(1);
const binding = session.bind();
const tensor = { buffer, byteOffset: 0, type: "float32", dims: [1, 2] } as const;
binding.bindInput("x", tensor);
binding.bindOutput("y", tensor);

if (isMainThread) {
  for (const how of ["end", "exit", "terminate", "end"]) {
    // A message may be lost when the worker exits right after it, so the result is left in shared memory.
    const result = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { how, result } });
    const exit = once(worker, "exit");
    if (how === "terminate") {
      await once(worker, "message");
      await worker.terminate();
    }
    await exit;
    if (result[0] !== 4) throw new Error(`the worker computed ${result[0]}`);
  }
  await binding.run();
  process.stdout.write(`main ${buffer.float32()[0]}`);
} else {
  const { how, result } = workerData as { how: string; result: Int32Array };
  await binding.run();
  result[0] = buffer.float32()[0]! + buffer.float32()[1]!;
  if (how === "terminate") {
    setInterval(() => {}, 1000);
    parentPort?.postMessage("ready");
  }
  if (how === "exit") process.exit(0);
}
