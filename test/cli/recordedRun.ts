import type { SeqevalScores } from "../../src/evaluate/seqeval.js";
import { parseRecipe } from "../../src/recipe/index.js";
import type { TrainResult } from "../../src/run/driveRun.js";
import type { TrainEvent } from "../../src/run/events.js";

function scores(f1: number): SeqevalScores {
  const of = (support: number) => ({ precision: f1, recall: f1, f1, support });
  return {
    micro: of(300),
    macro: of(300),
    weighted: of(300),
    types: { LOC: of(100), PER: of(200) },
    accuracy: 0.99,
  };
}

const { recipe } = parseRecipe({
  model: "bert-base-cased",
  train: "train.conll",
  validation: "valid.conll",
  test: "test.conll",
  output: "my-model",
  numTrainEpochs: 2,
  loggingSteps: 2,
});

const step = (number: number): TrainEvent => ({
  type: "step",
  step: number,
  epoch: number / 3,
  loss: 2 - number / 4,
  gradNorm: 1,
  learningRate: 5e-5 * (1 - (number - 1) / 6),
  tokens: 800,
  seconds: 25,
  memory: 1.9e9,
});

const log = (number: number): TrainEvent => ({
  type: "log",
  step: number,
  epoch: number / 3,
  loss: 1.5,
  gradNorm: 1,
  learningRate: 5e-5,
});

const evaluation = (split: "validation" | "test", number: number, f1: number): TrainEvent => ({
  type: "evaluation",
  split,
  step: number,
  epoch: number / 3,
  metrics: { loss: 0.05, precision: f1, recall: f1, f1, accuracy: 0.99 },
  scores: scores(f1),
  strict: scores(f1 - 0.001),
  scheme: "IOB2",
  seconds: 10,
  sentences: 3250,
});

/** A run of two epochs with three steps each, as the library would tell it. */
export const recordedRun: readonly TrainEvent[] = [
  { type: "warning", code: "RECIPE_NO_EFFECT", message: "fp16 has no effect" },
  { type: "notice", code: "HEAD_INITIALISED", message: "New head for 5 labels." },
  {
    type: "start",
    recipe,
    labels: ["B-LOC", "B-PER", "I-LOC", "I-PER", "O"],
    trainSentences: 24,
    validationSentences: 3250,
    testSentences: 3453,
    stepsPerEpoch: 3,
    epochs: 2,
    batchSize: { windows: recipe.perDeviceTrainBatchSize },
    resumedAt: 0,
    totalSteps: 6,
    parameters: 107_726_601,
    vocabulary: { used: 20_101, total: 28_996 },
    threads: 2,
  },
  step(1),
  step(2),
  log(2),
  step(3),
  { type: "evaluation-progress", split: "validation", done: 1000, total: 3250 },
  evaluation("validation", 3, 0.91),
  { type: "save", step: 3, folder: "my-model/checkpoint-3", reason: "checkpoint" },
  step(4),
  log(4),
  step(5),
  step(6),
  log(6),
  evaluation("validation", 6, 0.94),
  evaluation("test", 6, 0.9),
  { type: "save", step: 6, folder: "my-model", reason: "last" },
  { type: "end", reason: "finished", step: 6, epoch: 2, seconds: 185, folder: "my-model" },
];

export const recordedResult: TrainResult = {
  folder: "my-model",
  reason: "finished",
  metrics: { loss: 0.05, precision: 0.94, recall: 0.94, f1: 0.94, accuracy: 0.99 },
  testMetrics: { loss: 0.05, precision: 0.9, recall: 0.9, f1: 0.9, accuracy: 0.99 },
  steps: 6,
  tokens: 192,
  seconds: 185,
  fingerprint: { model: "m", tokenizer: "t", train: "a", validation: "b", test: "c" },
};
