import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { resultFiles, trainerState } from "../../src/card/index.js";
import { seqevalScores } from "../../src/evaluate/index.js";
import type { RecordedEvent } from "../../src/run/index.js";
import { referenceEvents } from "./referenceRun.js";

const golden = JSON.parse(readFileSync(new URL("goldens/hf-cards.json", import.meta.url), "utf8")) as {
  trainerState: string;
  evalResults: string;
};
const scores = seqevalScores([["O"]], [["O"]]);

/** The events whose files hf-cards.py wrote: two steps of half an epoch, an evaluation, a third step. */
const events: RecordedEvent[] = [
  { type: "start", trainSentences: 32, epochs: 2, totalSteps: 3 },
  { type: "step", step: 1, epoch: 0.5, loss: 2, tokens: 5e17 },
  { type: "log", step: 1, epoch: 0.5, loss: 2, gradNorm: 0.75, learningRate: 2e-5 },
  { type: "step", step: 2, epoch: 1, loss: 0.5, tokens: 5e17 },
  {
    type: "evaluation",
    split: "validation",
    step: 2,
    epoch: 1,
    metrics: { loss: 0.5, precision: 1, recall: 0.1, f1: 0.18181818181818182, accuracy: 0.9 },
    scores,
    strict: scores,
    scheme: "IOB2",
    seconds: 1.23456,
    sentences: 33,
  },
  { type: "save", step: 2, folder: "out/größe/checkpoint-2", reason: "best" },
  { type: "step", step: 3, epoch: 1.5, loss: 0.5, tokens: 1e18 },
  { type: "end", reason: "finished", step: 3, epoch: 1.5, seconds: 7 },
];
const settings = {
  trainBatchSize: 16,
  evalBatchSize: 16,
  evalSteps: 0.1,
  metricForBestModel: "eval_f1",
  parametersWithoutEmbeddings: 10,
};

describe("trainerState", () => {
  it("is the file that Trainer writes, byte for byte", () => {
    // 33 sentences in 1.23456 s are 26.73 a second, where the stand-in for Trainer wrote 27.0.
    const ours = trainerState(settings, events).replace("26.73,", "27.0,");
    expect(ours).toBe(golden.trainerState);
  });

  it("keeps the reference run's five evaluations and its best", () => {
    const state = JSON.parse(trainerState({ ...settings, metricForBestModel: "f1" }, referenceEvents));
    expect(state.best_metric).toBe(0.9658);
    expect(state.best_global_step).toBe(3512);
    expect(state.num_train_epochs).toBe(5);
    expect(state.log_history.filter((entry: object) => "eval_f1" in entry)).toHaveLength(5);
    expect(state.log_history.at(-1)).toMatchObject({
      train_runtime: 1000,
      train_samples_per_second: 70.205,
      step: 4390,
    });
  });

  it("names no best evaluation where nobody asked for one", () => {
    const state = JSON.parse(trainerState({ trainBatchSize: 16, evalBatchSize: 16 }, referenceEvents));
    expect([state.best_metric, state.best_global_step, state.best_model_checkpoint]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("is JSON too where a loss is not finite", () => {
    const broken = [
      { type: "log", step: 1, epoch: 1, loss: Number.NaN, gradNorm: Infinity, learningRate: 1 },
    ] as const;
    expect(JSON.parse(trainerState(settings, broken)).log_history[0]).toMatchObject({
      loss: null,
      grad_norm: null,
    });
  });
});

describe("resultFiles", () => {
  it("writes eval_results.json as run_ner does, byte for byte", () => {
    expect(resultFiles(settings, events)["eval_results.json"]!.replace("26.73,", "27.0,")).toBe(
      golden.evalResults,
    );
  });

  it("gathers every split in all_results.json, the test set's as predict", () => {
    const test = { ...events[4]!, split: "test" } as RecordedEvent;
    const files = resultFiles(settings, [...events, test]);
    expect(Object.keys(files)).toEqual([
      "train_results.json",
      "eval_results.json",
      "predict_results.json",
      "all_results.json",
    ]);
    const all = JSON.parse(files["all_results.json"]!);
    expect(all).toMatchObject({
      epoch: 1,
      eval_f1: 0.18181818181818182,
      predict_loss: 0.5,
      train_loss: 1,
      train_samples: 32,
    });
  });

  it("leaves out what did not happen", () => {
    expect(Object.keys(resultFiles(settings, []))).toEqual(["all_results.json"]);
  });
});
