/** Runs in worker threads that end in different ways, and in the main thread at last. */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { NativeBuffer, Session } from "../../../src/runtime/index.js";
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
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: how });
    const [sum] = (await once(worker, "message")) as [number];
    if (sum !== 4) throw new Error(`the worker computed ${sum}`);
    if (how === "terminate") await worker.terminate();
    else await once(worker, "exit");
  }
  await binding.run();
  process.stdout.write(`main ${buffer.float32()[0]}`);
} else {
  await binding.run();
  parentPort?.postMessage(buffer.float32()[0]! + buffer.float32()[1]!);
  if (workerData === "terminate") setInterval(() => {}, 1000);
  if (workerData === "exit") process.exit(0);
}
