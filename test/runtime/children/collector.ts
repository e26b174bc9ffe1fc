/**
 * Binds and runs many times: first with a garbage collection between all steps, then many more times without.
 * Prints by how many bytes the process grows each time in the last half.
 */
import { NativeBuffer } from "../../../src/runtime/buffer.js";
import { Session } from "../../../src/runtime/engines/onnxruntime/session.js";
import { product } from "../onnx.js";

const [hammered, plain] = process.argv.slice(2).map(Number) as [number, number];
const collect = globalThis.gc!;
const session = await Session.create(product(), { threads: 2 });

async function round(i: number, gc: () => void): Promise<void> {
  const [m, k, n] = [1 + (i % 7), 1 + (i % 11), 1 + (i % 5)];
  const buffer = NativeBuffer.allocate((m * k + k * n + m * n) * 4);
  const binding = session.bind();
  buffer.float32(0, m * k + k * n).fill(1);
  gc();
  binding.bindInput("a", { buffer, byteOffset: 0, type: "float32", dims: [m, k] });
  gc();
  binding.bindInput("b", { buffer, byteOffset: m * k * 4, type: "float32", dims: [k, n] });
  if (i % 2 === 0) binding.bindOutputToCpu("y");
  else binding.bindOutput("y", { buffer, byteOffset: (m * k + k * n) * 4, type: "float32", dims: [m, n] });
  gc();
  const run = binding.run();
  gc();
  await run;
  gc();
  const y = i % 2 === 0 ? binding.output("y").data : buffer.float32((m * k + k * n) * 4);
  if (y.length !== m * n || !y.every((x) => x === k)) throw new Error(`round ${i} computed ${y}`);
  binding.dispose();
  // What is freed is overwritten; anything still reading it would compute something else.
  buffer.float32().fill(Number.NaN);
  buffer.free();
}

for (let i = 0; i < hammered; i++) await round(i, collect);
let halfway = 0;
for (let i = 0; i <= plain; i++) {
  await round(i, () => {});
  if (i % 500 === 0) collect();
  if (i === plain / 2) halfway = process.memoryUsage.rss();
}
process.stdout.write(String((process.memoryUsage.rss() - halfway) / (plain / 2)));
