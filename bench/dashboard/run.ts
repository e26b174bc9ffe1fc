/**
 * How much a dashboard and both reporters slow training down:
 *
 *     npm run --silent bench:dashboard -- --model bert-base-cased --train train.txt --work DIR [--rounds 20] [--threads 2]
 *
 * Trains on the same batches in turn without anything, and with the notes of the run, a dashboard with a connected
 * client, TensorBoard and MLflow, with a log at each step. Prints the ratio of the step times. The client and the server
 * of MLflow are in a process of their own. The bar is 1.01.
 *
 * Step times vary by more than that, so it also measures the processor time that the reporting takes in a longer run whose steps
 * only wait, and its share of a step.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { runRecorder, serveDashboard } from "../../src/dashboard/index.js";
import { parseRecipe, type Recipe } from "../../src/recipe/index.js";
import { driveRun } from "../../src/run/driveRun.js";
import type { TrainEvent, TrainResult } from "../../src/run/index.js";
import { tracked, trackersNamed } from "../../src/track/index.js";
import { prepare } from "../../src/train/prepare/prepare.js";
import { epochOrder } from "../../src/train/random.js";
import { StepEngine } from "../../src/train/step/stepEngine.js";
import { median } from "../median.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    train: { type: "string" },
    work: { type: "string" },
    rounds: { type: "string", default: "20" },
    threads: { type: "string", default: "2" },
  },
});
const { model, train, work } = values;
if (model === undefined || train === undefined || work === undefined)
  throw new Error("usage: npm run bench:dashboard -- --model FOLDER --train FILE --work DIR");

/** Steps of a round, and the sentences of each. */
const STEPS = 8;
const BATCH = 16;
const fields = { model, train, learning_rate: 2e-5, per_device_train_batch_size: BATCH, logging_steps: 1 };
const { recipe } = parseRecipe({ ...fields, output: work });
const threads = Number(values.threads);
const rounds = Number(values.rounds);
const prepared = await prepare(recipe);
const trainer = await StepEngine.create(recipe, prepared, threads);
const { windows } = prepared.train;
const order = epochOrder(windows.length, recipe.seed, 0);
const batch = (index: number) =>
  Array.from(order.subarray(index * BATCH, (index + 1) * BATCH), (at) => windows.at(at)!);

const receiver = fork(join(import.meta.dirname, "receiver.mjs"));
const [{ mlflow }] = (await once(receiver, "message")) as [{ mlflow: string }];
async function connect(url: string | null): Promise<number> {
  receiver.send({ connect: url });
  const [{ bytes }] = (await once(receiver, "message")) as [{ bytes: number }];
  return bytes;
}
const folders = join(work, "rounds");
mkdirSync(folders, { recursive: true });
const dashboard = await serveDashboard([folders], { port: 0 });

type Steps = (own: Recipe, seconds: number[]) => AsyncGenerator<TrainEvent, TrainResult>;

const start = (own: Recipe, stepsPerEpoch: number): TrainEvent => ({
  type: "start",
  recipe: own,
  labels: prepared.labels,
  trainSentences: windows.length,
  validationSentences: 0,
  testSentences: 0,
  stepsPerEpoch,
  totalSteps: stepsPerEpoch,
  epochs: 1,
  batchSize: { windows: BATCH },
  resumedAt: 0,
  parameters: 0,
  vocabulary: { used: 0, total: 0 },
  threads,
});

let step = 0;
const training: Steps = async function* (own, seconds) {
  yield start(own, STEPS);
  for (let index = 0; index < STEPS; index++) {
    const begin = performance.now();
    step++;
    const { loss, gradNorm, tokens } = await trainer.gradient(batch(index), step);
    const updated = trainer.update(step, 2e-5, gradNorm);
    trainer.stage(batch((index + 1) % STEPS), step + 1);
    await updated;
    const at = { step: index + 1, epoch: (index + 1) / STEPS, loss, gradNorm, learningRate: 2e-5 };
    const memory = process.memoryUsage.rss();
    yield { type: "step", ...at, tokens, seconds: (performance.now() - begin) / 1000, memory };
    yield { type: "log", ...at };
    // With the time that the listeners took.
    seconds.push((performance.now() - begin) / 1000);
  }
  return { reason: "finished" } as TrainResult;
};

/** Steps of a run that computes nothing, and the milliseconds of each: notes are written once a second. */
const IDLE_STEPS = 200;
const IDLE = 100;

/** Adds up the processor time of the run in seconds. */
const waiting: Steps = async function* (own, seconds) {
  yield start(own, IDLE_STEPS);
  const begin = process.cpuUsage();
  for (let index = 1; index <= IDLE_STEPS; index++) {
    await wait(IDLE);
    const figures = {
      step: index,
      epoch: index / IDLE_STEPS,
      loss: 1 / index,
      gradNorm: 1,
      learningRate: 2e-5,
    };
    yield { type: "step", ...figures, tokens: 300, seconds: IDLE / 1000, memory: process.memoryUsage.rss() };
    yield { type: "log", ...figures };
  }
  const { user, system } = process.cpuUsage(begin);
  seconds.push((user + system) / 1e6);
  return { reason: "finished" } as TrainResult;
};

/** Returns the seconds of each step of a round. */
async function round(number: number, reports: boolean, steps: Steps = training): Promise<number[]> {
  const seconds: number[] = [];
  const output = join(folders, `round-${number}`);
  const own = { ...recipe, output };
  if (!reports) {
    await driveRun(() => steps(own, seconds)).result();
    return seconds;
  }
  mkdirSync(output);
  await connect(dashboard.url);
  const trackers = trackersNamed(["tensorboard", "mlflow"], {
    environment: { MLFLOW_TRACKING_URI: mlflow },
    now: Date.now,
  });
  const onProblem = (message: string): never => {
    throw new Error(message);
  };
  const notes = runRecorder(output, { now: Date.now, onProblem });
  const warned = (event: TrainEvent): void => {
    if (event.type === "warning") throw new Error(event.message);
  };
  await driveRun(() => tracked(steps(own, seconds), trackers), [notes, warned]).result();
  await connect(null);
  rmSync(output, { recursive: true });
  return seconds;
}

const sum = (list: readonly number[]) => list.reduce((total, each) => total + each, 0);
await round(-1, false); // Each batch once, so that all memory has been used before.
const plain: number[][] = [];
const reporting: number[][] = [];
for (let number = 0; number < rounds; number++) {
  // The first of two that follow each other is another one each time.
  for (const reports of number % 2 === 0 ? [false, true] : [true, false])
    (reports ? reporting : plain).push(await round(number, reports));
  const ratio = sum(reporting.at(-1)!) / sum(plain.at(-1)!);
  console.log(
    `round ${number + 1}: without ${sum(plain.at(-1)!).toFixed(2)} s, with ${sum(reporting.at(-1)!).toFixed(2)} s, ratio ${ratio.toFixed(4)}`,
  );
}
/** The median over the rounds for each batch, since timings vary a lot. */
const typical = (all: readonly (readonly number[])[]) =>
  sum(Array.from({ length: STEPS }, (_, index) => median(all.map((seconds) => seconds[index]!)))) / STEPS;
const [without, withAll] = [typical(plain), typical(reporting)];
const ratios = plain.map((seconds, index) => sum(reporting[index]!) / sum(seconds)).sort((a, b) => a - b);
const quartile = (share: number) => ratios[Math.floor(share * (ratios.length - 1))]!.toFixed(4);
console.log(`\n${rounds} rounds of ${STEPS} steps, ${threads} threads`);
console.log(`step without: ${without.toFixed(4)} s, with all: ${withAll.toFixed(4)} s`);
console.log(
  `ratio ${(withAll / without).toFixed(4)}; of rounds: median ${quartile(0.5)}, quartiles ${quartile(0.25)} and ${quartile(0.75)}; bar 1.01`,
);
const [idle] = await round(rounds, false, waiting);
const [busy] = await round(rounds + 1, true, waiting);
const share = (busy! - idle!) / IDLE_STEPS / without;
console.log(
  `processor time of the reporting, in ${IDLE_STEPS} steps: ${(((busy! - idle!) / IDLE_STEPS) * 1000).toFixed(2)} ms a step, ${(share * 100).toFixed(2)}% of one`,
);
console.log(`the client read ${(await connect(null)) / 1000} kB`);
await trainer.dispose();
await dashboard.close();
receiver.disconnect();
