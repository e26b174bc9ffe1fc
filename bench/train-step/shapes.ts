/**
 * Resident memory of training while every batch has a shape of its own:
 *
 *     npm run bench:shapes -- --model FOLDER --train FILE [--engine openvino] [--bf16] [--shapes 200] [--threads 2]
 *
 * OpenVINO prepares operations for each shape and keeps some of them (`src/runtime/engines/openvino/properties.ts`). Takes one step
 * per shape, with 4 to 16 sentences a batch, all with another number of sentences and tokens or another longest sentence. Prints
 * resident memory after each tenth. Exits with 1 if the peak of the last half is more than 5% above that of the second fifth.
 */
import { parseArgs } from "node:util";
import { machineReport } from "../../src/runtime/index.js";
import type { TrainingWindow } from "../../src/train/examples/trainingData.js";
import { epochOrder } from "../../src/train/random.js";
import { contender, ourStep } from "./steps.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    train: { type: "string" },
    engine: { type: "string", default: "openvino" },
    bf16: { type: "boolean", default: false },
    shapes: { type: "string", default: "200" },
    threads: { type: "string", default: "2" },
  },
});
const { model, train, engine, bf16 } = values;
const count = Number(values.shapes);
if (model === undefined || train === undefined || !(count >= 20))
  throw new Error("usage: npm run bench:shapes -- --model FOLDER --train FILE [--shapes N], N at least 20");

const settings = { model, train, engine, bf16, seed: 42, per_device_train_batch_size: 16 };
const { prepared, trainer } = await contender(settings, Number(values.threads));
const { windows } = prepared.train;

/** Batches in the order of an epoch, each of another shape than all before. */
const batches: TrainingWindow[][] = [];
const shapes = new Set<string>();
const order = epochOrder(windows.length, 42, 0);
for (let at = 0, size = 4; batches.length <= count; at += size, size = 4 + ((size + 1) % 13)) {
  const batch = Array.from({ length: size }, (_, row) => windows.at(order[(at + row) % order.length]!)!);
  const lengths = batch.map(({ inputIds }) => inputIds.length);
  const shape = [size, Math.max(...lengths), lengths.reduce((sum, length) => sum + length)].join(" ");
  if (shapes.has(shape)) continue;
  shapes.add(shape);
  batches.push(batch);
}

const { processor } = await machineReport();
console.log(`${processor}, ${engine} in ${bf16 ? "bf16" : "fp32"}, ${count} shapes`);
const seen: number[] = [];
let begin = performance.now();
let tokens = 0;
for (let index = 0; index < count; index++) {
  const step = await ourStep(trainer, (at) => batches[at]!, index);
  tokens += step.tokens;
  if ((index + 1) % Math.floor(count / 10) !== 0) continue;
  seen.push(process.memoryUsage.rss() / 1e6);
  const microseconds = (1000 * (performance.now() - begin)) / tokens;
  console.log(`${index + 1} shapes: ${seen.at(-1)!.toFixed(0)} MB, ${microseconds.toFixed(0)} µs per token`);
  begin = performance.now();
  tokens = 0;
}
await trainer.dispose();

const [early, late] = [seen.slice(2, 4), seen.slice(5)].map((part) => Math.max(...part)) as [number, number];
console.log(`${early.toFixed(0)} MB after two fifths, ${late.toFixed(0)} MB in the last half`);
if (late > 1.05 * early) process.exitCode = 1;
