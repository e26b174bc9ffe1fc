/** Binds and runs thousands of times with a garbage collection between all steps; prints how the process grows. */
import { NativeBuffer, Session } from "../../../src/runtime/index.js";
import { product } from "../onnx.js";

const rounds = Number(process.argv[2]);
const gc = globalThis.gc!;
const session = await Session.create(product(), { threads: 2 });
const rss: number[] = [];

for (let round = 0; round < rounds; round++) {
  const [m, k, n] = [1 + (round % 7), 1 + (round % 11), 1 + (round % 5)];
  const buffer = NativeBuffer.allocate((m * k + k * n + m * n) * 4);
  const binding = session.bind();
  buffer.float32(0, m * k + k * n).fill(1);
  gc();
  binding.bindInput("a", { buffer, byteOffset: 0, type: "float32", dims: [m, k] });
  gc();
  binding.bindInput("b", { buffer, byteOffset: m * k * 4, type: "float32", dims: [k, n] });
  if (round % 2 === 0) binding.bindOutputToCpu("y");
  else binding.bindOutput("y", { buffer, byteOffset: (m * k + k * n) * 4, type: "float32", dims: [m, n] });
  gc();
  const run = binding.run();
  gc();
  await run;
  gc();
  const y = round % 2 === 0 ? binding.output("y").data : buffer.float32((m * k + k * n) * 4);
  if (y.length !== m * n || !y.every((x) => x === k)) throw new Error(`round ${round} computed ${y}`);
  binding.dispose();
  // What is freed is overwritten by the next rounds; anything still reading it would compute something else.
  buffer.float32().fill(Number.NaN);
  buffer.free();
  if (round % 100 === 99) rss.push(process.memoryUsage.rss());
}
// The process finds its size in the first half.
const settled = rss.slice(rss.length / 2);
process.stdout.write(String((settled.at(-1)! - settled[0]!) / ((settled.length - 1) * 100)));
