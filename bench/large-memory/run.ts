/**
 * Peak memory of training a model of roberta-large's size (355 M parameters, random weights) on real batches:
 *
 *     npm run bench:large-memory -- --tokenizer bert-base-cased --train train.txt --work DIR
 *
 * The first call only writes the random model to DIR (1.4 GB). Call it again to measure. It runs the first
 * ten batches of seed 42, then the batch with the longest sentence. `--tokenizer` is any model folder; only
 * its tokenizer is used.
 */
import { existsSync, readdirSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type ModelConfig, parseConfig } from "../../src/models/index.js";
import { randomEncoder } from "../../src/quickstart/weights.js";
import { parseRecipe } from "../../src/recipe/index.js";
import { writeSafetensors } from "../../src/safetensors/index.js";
import type { TrainingWindow } from "../../src/train/examples/trainingData.js";
import { prepare } from "../../src/train/prepare/prepare.js";
import { epochOrder } from "../../src/train/random.js";
import { StepEngine } from "../../src/train/step/stepEngine.js";
import { gigabytes, peakMemory } from "../memory.js";

const { values } = parseArgs({
  options: {
    tokenizer: { type: "string" },
    train: { type: "string" },
    work: { type: "string" },
    threads: { type: "string", default: "2" },
  },
});
const { tokenizer, train, work } = values;
if (tokenizer === undefined || train === undefined || work === undefined)
  throw new Error("usage: npm run bench:large-memory -- --tokenizer FOLDER --train FILE --work DIR");

const robertaLarge = {
  model_type: "roberta",
  architectures: ["RobertaModel"],
  vocab_size: 50265,
  hidden_size: 1024,
  num_hidden_layers: 24,
  num_attention_heads: 16,
  intermediate_size: 4096,
  max_position_embeddings: 514,
  type_vocab_size: 1,
  layer_norm_eps: 1e-5,
  pad_token_id: 1,
};
const config: ModelConfig = parseConfig(robertaLarge, "roberta-large");
const model = join(work, "roberta-large-random");
if (!existsSync(join(model, "model.safetensors"))) {
  await mkdir(model, { recursive: true });
  await writeFile(join(model, "config.json"), JSON.stringify(robertaLarge));
  for (const name of readdirSync(tokenizer))
    if (/^(tokenizer|vocab|merges|special_tokens)/.test(name))
      await copyFile(join(tokenizer, name), join(model, name));
  await writeSafetensors(join(model, "model.safetensors"), randomEncoder(config, 1));
  console.log("Random model written; run again to measure in a fresh process.");
  process.exit();
}

const { recipe } = parseRecipe(
  {
    model,
    train,
    output: join(work, "unused"),
    per_device_train_batch_size: 16,
    learning_rate: 2e-5,
    seed: 42,
  },
  "bench",
);
const prepared = await prepare(recipe);
const { weights } = prepared;
console.log(`rows of word embeddings: ${weights.vocabularyRows.used} of ${weights.vocabularyRows.total}`);
const state = weights.layout.length * 4;
console.log(
  `state (weights, gradients, two moments): ${gigabytes(4 * state)}; before training ${gigabytes(peakMemory())}`,
);
const trainer = await StepEngine.create(recipe, prepared, Number(values.threads));
const { windows } = prepared.train;
const order = epochOrder(windows.length, 42, 0);
const batch = (number: number) =>
  Array.from(order.subarray(number * 16, number * 16 + 16), (at) => windows.at(at)!);
const wordsIn = ({ labels }: TrainingWindow) => labels.filter((label) => label >= 0).length;
const words = (at: number) => wordsIn(windows.at(at)!);
const longest = order.reduce((best, at, place) => (words(at) > words(order[best]!) ? place : best), 0);
let step = 0;
for (const number of [...Array(10).keys(), Math.floor(longest / 16)]) {
  const begin = performance.now();
  const { gradNorm, tokens } = await trainer.gradient(batch(number), ++step);
  await trainer.update(step, 2e-5, gradNorm);
  const length = Math.max(...batch(number).map(({ inputIds }) => inputIds.length));
  const most = Math.max(...batch(number).map(wordsIn));
  console.log(
    `batch ${number}: ${tokens} tokens, longest ${most} words, ${length} tokens; ${((performance.now() - begin) / 1000).toFixed(1)} s; peak ${gigabytes(peakMemory())}, of it activations and the rest ${gigabytes(peakMemory() - 4 * state)}`,
  );
}
await trainer.dispose();
