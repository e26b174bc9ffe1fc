/**
 * Compares engines with each other and with the ways people train with PyTorch, step by step in turn, on the same sentences:
 *
 *     npm run bench:train-arms -- --model bert-base-cased --train train.txt [--engine onnxruntime,openvino:bf16]
 *                                 [--peer default|grouped|grouped-bf16|none] [--batches 200] [--threads 2]
 *
 * The peer is PyTorch: `default` pads the same batches as Nerium's, as Trainer does; `grouped` has batches of similar length,
 * as Trainer with `group_by_length`; `grouped-bf16` computes these in bf16 autocast. The batches differ, so times are per real
 * token. With several engines, each trains its own copy of the model; `openvino:bf16` computes in bf16.
 *
 * Prints the CPU, times and ratios, and the peak memory (VmHWM) of both processes. The interpreter is $NERIUM_PYTHON.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { machineReport } from "../../src/runtime/index.js";
import { lengthGrouped } from "../../src/train/examples/lengthGrouped.js";
import { epochOrder } from "../../src/train/random.js";
import { median } from "../median.js";
import { gigabytes, peakMemory } from "../memory.js";
import { Contestant } from "../python/contestant.js";
import { type Contender, contender, ourStep, theirStep, WARM_UP } from "./steps.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    train: { type: "string" },
    batches: { type: "string", default: "200" },
    threads: { type: "string", default: "2" },
    seed: { type: "string", default: "42" },
    /** What PyTorch does, or none. */
    peer: { type: "string", default: "default" },
    /** The engines to compare, separated by commas, with `:bf16` behind those that compute in bf16. */
    engine: { type: "string", default: "auto" },
  },
});
if (values.model === undefined || values.train === undefined)
  throw new Error("usage: npm run bench:train-arms -- --model FOLDER --train FILE");

const batchSize = 16;
const { model, train } = values;
const threads = Number(values.threads);
const count = Number(values.batches);
if (!(count > WARM_UP)) throw new Error(`--batches must be more than ${WARM_UP}, which are not counted`);
const peers = ["default", "grouped", "grouped-bf16", "none"];
if (!peers.includes(values.peer)) throw new Error(`--peer must be one of ${peers.join(", ")}`);

const python =
  values.peer === "none"
    ? undefined
    : Contestant.start(join(import.meta.dirname, "contestant.py"), [
        ...[model, "9", String(threads), values.peer === "grouped-bf16" ? "bf16" : "fp32"],
      ]);
const ready = await python?.answer<{ attention: string; torch: string }>();

// Each engine has its own copy of the model.
const contenders: Contender[] = [];
const arms = values.engine.split(",").map((arm) => {
  const [engine = "", format] = arm.split(":");
  return { engine, bf16: format === "bf16" };
});
for (const { engine, bf16 } of arms) {
  const seed = Number(values.seed);
  const settings = { model, train, per_device_train_batch_size: batchSize, seed, engine, bf16 };
  contenders.push(await contender(settings, threads));
}
const [{ prepared, recipe }] = contenders as [Contender];

const { windows } = prepared.train;
const order = epochOrder(windows.length, recipe.seed, 0);
const lengthOf = (at: number) => windows.at(at)!.inputIds.length;
const theirOrder = values.peer.startsWith("grouped") ? lengthGrouped(order, lengthOf, batchSize) : order;
// The longest sentence of all comes first. Batches in the middle are like most.
const firstOfTheirs = theirOrder === order ? 0 : Math.floor(theirOrder.length / batchSize / 2);
const numbersOf = (from: Uint32Array, index: number) =>
  Array.from(from.subarray(index * batchSize, (index + 1) * batchSize));

interface Timed {
  readonly seconds: number;
  readonly tokens: number;
}
const ours = contenders.map((): Timed[] => []);
const theirs: Timed[] = [];
let optimizer = 0;
for (let index = 0; index < count; index++) {
  for (const [number, { prepared, trainer }] of contenders.entries()) {
    const batchOf = (at: number) => numbersOf(order, at).map((place) => prepared.train.windows.at(place)!);
    const step = await ourStep(trainer, batchOf, index);
    ours[number]!.push(step);
    if (number === 0 && index >= WARM_UP) optimizer += step.optimizer;
  }
  if (python !== undefined) {
    const members = numbersOf(theirOrder, firstOfTheirs + index).map((at) => windows.at(at)!);
    const { seconds } = await theirStep(python, members);
    theirs.push({ seconds, tokens: members.reduce((total, { inputIds }) => total + inputIds.length, 0) });
  }
  if (index % 20 === 0) {
    const times = [...ours, theirs].map((rows) => rows.at(-1)?.seconds.toFixed(3) ?? "-");
    console.log(`batch ${index}: ${times.join(" s, ")} s`);
  }
}

/** Microseconds per token, of the whole run. */
const perToken = (rows: readonly Timed[]) => {
  const counted = rows.slice(WARM_UP);
  const total = (of: (row: Timed) => number) => counted.reduce((sum, row) => sum + of(row), 0);
  return (1e6 * total(({ seconds }) => seconds)) / total(({ tokens }) => tokens);
};
const { processor, bf16 } = await machineReport();
console.log(`\n${processor}, bf16: ${bf16}, ${threads} threads each`);
console.log(
  `${count - WARM_UP} batches of ${batchSize}, ${(ours[0]!.reduce((sum, { tokens }) => sum + tokens, 0) / count).toFixed(0)} tokens each`,
);
const named = [
  ...contenders.map(({ prepared }, number) => ({
    name: `${prepared.weights.engine.name}${arms[number]!.bf16 ? " bf16" : ""}`,
    rows: ours[number]!,
  })),
  ...(ready === undefined
    ? []
    : [{ name: `PyTorch ${ready.torch} ${values.peer} (${ready.attention} attention)`, rows: theirs }]),
];
const [reference] = named;
for (const { name, rows } of named) {
  const step = median(rows.slice(WARM_UP).map(({ seconds }) => seconds)).toFixed(3);
  const ratio = (perToken(rows) / perToken(reference!.rows)).toFixed(3);
  console.log(
    `${name}: median step ${step} s, ${perToken(rows).toFixed(0)} µs per token, ${ratio} of ${reference!.name}`,
  );
}
if (python !== undefined)
  for (const { name, rows } of named.slice(0, -1))
    console.log(`${name}: ${(perToken(rows) / perToken(theirs)).toFixed(3)} of PyTorch ${values.peer}`);
const all = ours[0]!.slice(WARM_UP).reduce((sum, { seconds }) => sum + seconds, 0);
console.log(`optimiser: ${((100 * optimizer) / all).toFixed(1)}% of the time of ${reference!.name}`);
const ourPeak = peakMemory();
console.log(`peak memory: Nerium ${gigabytes(ourPeak)}`);
if (python !== undefined) {
  const { peak_bytes: peak } = await python.ask<{ peak_bytes: number }>({});
  console.log(`PyTorch ${gigabytes(peak)}, ratio ${(ourPeak / peak).toFixed(3)}`);
}
for (const { trainer } of contenders) await trainer.dispose();
python?.end();
