/**
 * Compares a training step with PyTorch, on the same real batches, in turn:
 *
 *     npm run bench:train-step -- --model bert-base-cased --train train.txt [--batches 200] [--threads 2] [--alone]
 *                                 [--profile] [--family deberta-v2] [--largest]
 *                                 [--length 4096] [--distinct 24000] [--config '{"num_hidden_layers": 2}'] [--json] [--engine openvino] [--bf16]
 *
 * With `--family NAME` the model is one of that family in its usual small size, with random weights, and the sentences have
 * random ids and the lengths that the tokenizer of `--model` gives. Real text uses fewer ids than random ids do, and a run
 * keeps only the embeddings of ids that its data has: `--distinct 24000` draws from so many ids, which is the number of distinct
 * words in CoNLL-2003. `--config` changes keys of its configuration. With `--length` a
 * batch is one document of that many tokens.
 *
 * Prints the median ratio of the step times and the peak memory of both (VmHWM). `--alone` runs Nerium
 * without PyTorch, `--peer-alone` PyTorch without Nerium. `--largest` takes the largest of the first 200 batches, the one with most padded tokens first: they decide
 * the peak memory, so that a few batches show what all 200 need. `--profile` also prints where Nerium's time goes. The interpreter is $NERIUM_PYTHON.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { TrainingWindow } from "../../src/train/examples/trainingData.js";
import { epochOrder } from "../../src/train/random.js";
import { writeFiles } from "../families/files.js";
import { median } from "../median.js";
import { gigabytes, peakMemory } from "../memory.js";
import { Contestant } from "../python/contestant.js";
import { contender, ourStep, theirStep, WARM_UP } from "./steps.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    train: { type: "string" },
    batches: { type: "string", default: "200" },
    threads: { type: "string", default: "2" },
    seed: { type: "string", default: "42" },
    family: { type: "string" },
    largest: { type: "boolean", default: false },
    length: { type: "string" },
    distinct: { type: "string" },
    config: { type: "string", default: "{}" },
    /** Print only the figures, as JSON. */
    json: { type: "boolean", default: false },
    /** Measure only Nerium, without PyTorch. */
    alone: { type: "boolean", default: false },
    /** Measure only PyTorch: the two together may need more memory than there is. */
    "peer-alone": { type: "boolean", default: false },
    engine: { type: "string", default: "auto" },
    bf16: { type: "boolean", default: false },
    profile: { type: "boolean", default: false },
  },
});
const length = values.length === undefined ? undefined : Number(values.length);
const batchSize = length === undefined ? 16 : 1;
const scratch = values.family === undefined ? undefined : mkdtempSync(join(tmpdir(), "nerium-family-"));
const { model, train } = modelAndData();
const threads = Number(values.threads);
const count = Number(values.batches);
if (!(count > WARM_UP)) throw new Error(`--batches must be more than ${WARM_UP}, which are not counted`);
const python = values.alone
  ? undefined
  : Contestant.start(join(import.meta.dirname, "contestant.py"), [model, "9", String(threads)]);
const ready = await python?.answer<{ attention: string; torch: string }>();
const { recipe, prepared, trainer } = await contender(
  {
    model,
    train,
    per_device_train_batch_size: batchSize,
    ...(length === undefined ? {} : { max_seq_length: length }),
    seed: Number(values.seed),
    engine: values.engine,
    bf16: values.bf16,
  },
  threads,
  values.profile ? join(tmpdir(), "nerium-step") : undefined,
);

const { windows } = prepared.train;
const order = epochOrder(windows.length, recipe.seed, 0);
const inOrder = (index: number) =>
  Array.from(order.subarray(index * batchSize, (index + 1) * batchSize), (at) => windows.at(at)!);
const largest = values.largest
  ? Array.from({ length: 200 }, (_, index) => index).toSorted(
      (a, b) => paddedTokens(inOrder(b)) - paddedTokens(inOrder(a)),
    )
  : undefined;
const batchOf = (index: number) => inOrder(largest?.[index] ?? index);
const rows: { ours: number; theirs: number; tokens: number; padded: number; optimizer: number }[] = [];
for (let index = 0; index < count; index++) {
  const members = batchOf(index);
  const {
    loss,
    tokens,
    seconds: ours,
    optimizer,
  } = values["peer-alone"]
    ? { loss: Number.NaN, tokens: Number.NaN, seconds: Number.NaN, optimizer: Number.NaN }
    : await ourStep(trainer, batchOf, index);
  const answer = python && (await theirStep(python, members));
  const theirs = answer?.seconds ?? Number.NaN;
  rows.push({ ours, theirs, tokens, padded: paddedTokens(members), optimizer });
  if (index % 20 === 0 && !values.json && !values["peer-alone"])
    console.log(
      `batch ${index}: ${tokens} tokens (${paddedTokens(members)} padded), ${ours.toFixed(3)} s, PyTorch ${theirs.toFixed(3)} s, ratio ${(ours / theirs).toFixed(3)}, losses ${loss.toFixed(4)} ${answer?.loss.toFixed(4) ?? ""}`,
    );
}
const counted = rows.slice(WARM_UP);
const sum = (of: (row: (typeof rows)[number]) => number) =>
  counted.reduce((total, row) => total + of(row), 0);
const ourPeak = peakMemory();
const theirPeak = (await python?.ask<{ peak_bytes: number }>({}))?.peak_bytes ?? Number.NaN;
const ours = median(counted.map((row) => row.ours));
const theirs = median(counted.map((row) => row.theirs));
const ratio = median(counted.map((row) => row.ours / row.theirs));
const peakRatio = ourPeak / theirPeak;
if (values.json) console.log(JSON.stringify({ seconds: ours, peakBytes: ourPeak, ratio, peakRatio }));
else if (values["peer-alone"])
  console.log(`median step ${theirs.toFixed(3)} s, peak memory ${gigabytes(theirPeak)}`);
else
  console.log(`
${counted.length} batches of ${batchSize}, ${threads} threads each${ready ? `, torch ${ready.torch}, ${ready.attention} attention` : ""}
tokens a batch ${(sum(({ tokens }) => tokens) / counted.length).toFixed(0)}, padded ${(sum(({ padded }) => padded) / counted.length).toFixed(0)}
median step: Nerium ${ours.toFixed(3)} s, PyTorch ${theirs.toFixed(3)} s
median of the ratios ${ratio.toFixed(3)}, of the sums ${(sum((row) => row.ours) / sum((row) => row.theirs)).toFixed(3)}
optimizer: ${((100 * sum(({ optimizer }) => optimizer)) / sum((row) => row.ours)).toFixed(1)}% of Nerium's time
peak memory: Nerium ${gigabytes(ourPeak)}, PyTorch ${gigabytes(theirPeak)}, ratio ${peakRatio.toFixed(3)}`);
for (const file of trainer.endProfiling()) {
  console.log(await (await import("./profile.js")).timeByPart(file));
  rmSync(file);
}
await trainer.dispose();
python?.end();
if (scratch !== undefined) rmSync(scratch, { recursive: true });

function paddedTokens(members: readonly TrainingWindow[]): number {
  return members.length * Math.max(...members.map(({ inputIds }) => inputIds.length));
}

function modelAndData(): { readonly model: string; readonly train: string } {
  const { model, train, family } = values;
  const given = model !== undefined && train !== undefined ? { model, train } : undefined;
  if (family === undefined || scratch === undefined) {
    if (given !== undefined) return given;
  } else {
    const lengths = length ?? (given && { tokenizer: given.model, like: given.train });
    if (lengths !== undefined) {
      const file = join(scratch, "train.conll");
      const changed = JSON.parse(values.config);
      const distinct = values.distinct === undefined ? undefined : Number(values.distinct);
      writeFiles({ family, folder: scratch, file, changed, distinct, lengths });
      return { model: scratch, train: file };
    }
  }
  throw new Error(
    "usage: npm run bench:train-step -- --model FOLDER --train FILE, or --family NAME --length TOKENS",
  );
}
