/**
 * How much a checkpoint slows training down:
 *
 *     npm run --silent bench:checkpoint -- --model bert-base-cased --train train.txt --work DIR [--rounds 5] [--threads 2]
 *
 * Trains on the same batches in turn without a checkpoint and while one is written. Prints the time that a
 * checkpoint takes from training, in seconds and in steps, the growth of peak memory, the time until a
 * checkpoint is durable, and the speed of the disk alone.
 */
import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nodeFs } from "../../src/files/index.js";
import { parseRecipe } from "../../src/recipe/index.js";
import { checkpointFolder } from "../../src/train/checkpoint/find.js";
import { writeCheckpoint } from "../../src/train/checkpoint/write.js";
import { prepare } from "../../src/train/prepare/prepare.js";
import { epochOrder } from "../../src/train/random.js";
import { StepEngine } from "../../src/train/step/stepEngine.js";
import { median } from "../median.js";
import { gigabytes, peakMemory } from "../memory.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    train: { type: "string" },
    work: { type: "string" },
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
  },
});
const { model, train, work } = values;
if (model === undefined || train === undefined || work === undefined)
  throw new Error("usage: npm run bench:checkpoint -- --model FOLDER --train FILE --work DIR");

/** Number of steps in a round. A checkpoint must be durable well before the last one. */
const STEPS = 8;
const { recipe } = parseRecipe({
  model,
  train,
  output: work,
  learning_rate: 2e-5,
  per_device_train_batch_size: 16,
});
const threads = Number(values.threads);
const prepared = await prepare(recipe);
const trainer = await StepEngine.create(recipe, prepared, threads);
const { windows } = prepared.train;
const order = epochOrder(windows.length, recipe.seed, 0);
const batch = (index: number) =>
  Array.from(order.subarray(index * 16, (index + 1) * 16), (at) => windows.at(at)!);

let step = 0;
async function oneStep(index: number): Promise<void> {
  step++;
  const { gradNorm } = await trainer.gradient(batch(index), step);
  const updated = trainer.update(step, 2e-5, gradNorm);
  trainer.stage(batch((index + 1) % STEPS), step + 1);
  await updated;
}

/**
 * The seconds of each step in a round, and those until the checkpoint is durable. The checkpoint starts
 * before the second step.
 */
async function round(withCheckpoint: boolean): Promise<{ steps: number[]; durable: number }> {
  const steps: number[] = [];
  let durable = Number.NaN;
  let written: Promise<void> | undefined;
  for (let index = 0; index < STEPS; index++) {
    const begin = performance.now();
    if (withCheckpoint && index === 1) {
      const snapshot = trainer.snapshot();
      const content = { step, snapshot, state: "{}\n", trainerState: "{}\n" };
      written = writeCheckpoint(checkpointFolder(work!, step), prepared, content, nodeFs).then(() => {
        durable = (performance.now() - begin) / 1000;
      });
      await trainer.yieldToWriter(snapshot);
    }
    await oneStep(index);
    steps.push((performance.now() - begin) / 1000);
  }
  await written;
  return { steps, durable };
}

for (let index = 0; index < STEPS; index++) await oneStep(index); // Warm-up: each batch once, so that all memory has been used before.
const before = peakMemory();
const sum = (list: readonly number[]) => list.reduce((total, each) => total + each, 0);
const plain: number[][] = [];
const saving: number[][] = [];
const durable: number[] = [];
let bytes = 0;
for (let index = 0; index < Number(values.rounds); index++) {
  plain.push((await round(false)).steps);
  const saved = await round(true);
  saving.push(saved.steps);
  durable.push(saved.durable);
  const folder = checkpointFolder(work, step - STEPS + 1);
  bytes = ["model.safetensors", "optimizer.safetensors"].reduce(
    (total, name) => total + statSync(join(folder, name)).size,
    0,
  );
  rmSync(folder, { recursive: true });
  const text = (steps: readonly number[]) => steps.map((seconds) => seconds.toFixed(2)).join(" ");
  console.log(`round ${index + 1}: steps without ${text(plain.at(-1)!)}, with ${text(saving.at(-1)!)} s`);
}
/** The median over the rounds for each batch, since timings vary a lot. */
const typical = (rounds: readonly (readonly number[])[]) =>
  Array.from({ length: STEPS }, (_, index) => median(rounds.map((steps) => steps[index]!)));
const lost = sum(typical(saving)) - sum(typical(plain));
const meanStep = sum(typical(plain)) / STEPS;
console.log(`\ncheckpoint of ${gigabytes(bytes)}, ${threads} threads`);
console.log(
  `taken from training: ${lost.toFixed(2)} s, ${(lost / meanStep).toFixed(2)} steps of ${meanStep.toFixed(2)} s`,
);
console.log(`durable after: median ${median(durable).toFixed(2)} s`);
console.log(`peak memory grows by ${((peakMemory() - before) / 2 ** 20).toFixed(0)} MiB`);
console.log(`disk alone: ${diskSpeed(join(work, "disk-speed")).toFixed(0)} MB/s, written and fsynced`);
await trainer.dispose();

/** The speed in MB/s of writing 1 GiB to one file, including fsync. */
function diskSpeed(path: string): number {
  const chunk = Buffer.alloc(16 * 2 ** 20, 7);
  const begin = performance.now();
  const file = openSync(path, "w");
  for (let index = 0; index < 64; index++) writeSync(file, chunk);
  fsyncSync(file);
  closeSync(file);
  const seconds = (performance.now() - begin) / 1000;
  rmSync(path);
  return (64 * chunk.length) / 1e6 / seconds;
}
