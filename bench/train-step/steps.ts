/** One training step of Nerium and one of PyTorch, with their times. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseRecipe, type Recipe } from "../../src/recipe/index.js";
import type { TrainingWindow } from "../../src/train/examples/trainingData.js";
import { type Prepared, prepare } from "../../src/train/prepare/prepare.js";
import { StepEngine } from "../../src/train/step/stepEngine.js";
import type { Contestant } from "../python/contestant.js";

/** Steps that are not counted: memory is used for the first time. */
export const WARM_UP = 2;

const LEARNING_RATE = 2e-5;

/** A model that is trained step by step. */
export interface Contender {
  readonly recipe: Recipe;
  readonly prepared: Prepared;
  readonly trainer: StepEngine;
}

/** Keys of a recipe that a benchmark sets, beside those that are the same in all. */
export interface Settings {
  readonly model: string;
  readonly train: string;
  readonly per_device_train_batch_size: number;
  readonly max_seq_length?: number;
  readonly seed: number;
  readonly engine: string;
  readonly bf16: boolean;
  readonly device?: string;
  readonly tf32?: boolean;
}

export async function contender(settings: Settings, threads: number, profile?: string): Promise<Contender> {
  const fixed = {
    output: join(tmpdir(), "nerium-bench-unused"),
    learning_rate: LEARNING_RATE,
    lr_scheduler_type: "cosine",
  };
  const { recipe } = parseRecipe({ ...settings, ...fixed }, "bench");
  const prepared = await prepare(recipe);
  return { recipe, prepared, trainer: await StepEngine.create(recipe, prepared, threads, { profile }) };
}

/** A step of Nerium. Times are in seconds. */
export interface OurStep {
  readonly seconds: number;
  /** The part of {@link seconds} after the gradient. */
  readonly optimizer: number;
  readonly loss: number;
  readonly tokens: number;
}

/** Takes step `index`, counted from 0, and stages the next one while the optimizer works, as the training loop does. */
export async function ourStep(
  trainer: StepEngine,
  batchOf: (index: number) => readonly TrainingWindow[],
  index: number,
): Promise<OurStep> {
  const begin = performance.now();
  const { loss, gradNorm, tokens } = await trainer.gradient(batchOf(index), index + 1);
  const middle = performance.now();
  const updated = trainer.update(index + 1, LEARNING_RATE, gradNorm);
  trainer.stage(batchOf(index + 1), index + 2);
  await updated;
  const end = performance.now();
  return { seconds: (end - begin) / 1000, optimizer: (end - middle) / 1000, loss, tokens };
}

/** Lets PyTorch take a step. The time is in seconds. */
export const theirStep = (python: Contestant, members: readonly TrainingWindow[]) =>
  python.ask<{ seconds: number; loss: number }>({
    ids: members.map(({ inputIds }) => [...inputIds]),
    labels: members.map(({ labels }) => [...labels]),
    learning_rate: LEARNING_RATE,
  });
