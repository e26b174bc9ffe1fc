import { parseRecipe } from "../../src/recipe/index.js";
import type { TrainEvent } from "../../src/run/index.js";
import type { Start } from "../../src/track/tracker.js";

const score = (precision: number, recall: number, f1: number, support: number) => ({
  precision,
  recall,
  f1,
  support,
});

/** The start of a run of 300 steps whose output is a folder. */
export function startOf(output: string, resumedAt = 0, changes: Record<string, unknown> = {}): Start {
  const { recipe } = parseRecipe({
    model: "base",
    train: "train.conll",
    validation: "valid.conll",
    output,
    loggingSteps: 50,
    ...changes,
  });
  return {
    type: "start",
    recipe,
    labels: ["O", "B-PER", "I-PER"],
    trainSentences: 100,
    validationSentences: 20,
    testSentences: 0,
    stepsPerEpoch: 100,
    totalSteps: 300,
    epochs: 3,
    batchSize: { windows: 8 },
    resumedAt,
    parameters: 1000,
    vocabulary: { used: 10, total: 20 },
    threads: 2,
  };
}

export const logOf = (step: number): TrainEvent => ({
  type: "log",
  step,
  epoch: step / 100,
  loss: 1 / step,
  gradNorm: 2,
  learningRate: 5e-5 * (1 - step / 300),
});

export function evaluationOf(step: number, split: "validation" | "test" = "validation"): TrainEvent {
  const f1 = 0.9 + step / 10_000;
  const micro = score(0.91, 0.89, f1, 40);
  const scores = { micro, macro: micro, weighted: micro, types: { PER: micro }, accuracy: 0.99 };
  const metrics = { loss: 0.05, precision: 0.91, recall: 0.89, f1, accuracy: 0.99 };
  const rest = { scores, strict: scores, scheme: "IOB2" as const, seconds: 2, sentences: 20 };
  return { type: "evaluation", split, step, epoch: step / 100, metrics, ...rest };
}
