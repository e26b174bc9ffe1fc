import type { Recipe } from "../recipe/index.js";
import type { Evaluation } from "../tasks/task.js";
import type { TokenClassificationEvaluation } from "../tasks/tokenClassification/index.js";

/** Metrics of the last weights and of their moving average, and which of the two is better. */
export interface ComparedWeights<Metrics = EvaluationMetrics> {
  readonly last: Metrics;
  readonly average: Metrics;
  readonly better: "last" | "average";
}

/** How many windows a batch has: so many, or as many as come nearest to so many tokens, at least one. */
export type BatchSize = { readonly windows: number } | { readonly tokens: number };

/** How far the preparation of training data is that is too large for memory. */
export interface CacheProgress {
  readonly phase: "reading" | "tokenizing";
  readonly file: string;
  /** Sentences so far. */
  readonly sentences: number;
}

/**
 * An evaluation of any task. The task's own figures stand beside the metrics: listeners read `scores` there, and the
 * histories in checkpoints hold such events.
 */
export type EvaluationEvent<Scored extends Evaluation> = Scored["detail"] & {
  readonly type: "evaluation";
  readonly split: "validation" | "test";
  readonly step: number;
  readonly epoch: number;
  readonly metrics: Scored["metrics"];
  /**
   * With `ema_decay`, for validation: the last weights' metrics and their average's. The event's other figures are of the
   * better of the two by `metric_for_best_model`.
   */
  readonly compared?: ComparedWeights<Scored["metrics"]>;
  readonly seconds: number;
  readonly sentences: number;
};

/** What the evaluations of a run give. Token classification is what there is to train. */
export type RunEvaluation = TokenClassificationEvaluation;

export type EvaluationMetrics = RunEvaluation["metrics"];

/**
 * What happens in a training run, in order. Plain data: every listener (terminal, files, TensorBoard, callbacks)
 * is a fold over this list, and a recorded list replays.
 */
export type TrainEvent = RunEvents<RunEvaluation>;

/** The events of a run of any task. */
export type RunEvents<Scored extends Evaluation> =
  | {
      readonly type: "start";
      readonly recipe: Recipe;
      readonly labels: readonly string[];
      readonly trainSentences: number;
      readonly validationSentences: number;
      readonly testSentences: number;
      /** A mean where epochs have different ones. */
      readonly stepsPerEpoch: number;
      readonly totalSteps: number;
      /** Epochs begun. */
      readonly epochs: number;
      /** What a batch has: sentences, with long ones counted by their windows, or about so many tokens. */
      readonly batchSize: BatchSize;
      /** Steps that were done before: the run goes on from a checkpoint. 0 for a new run. */
      readonly resumedAt: number;
      /** Parameters of the model, the word-embedding rows that this run does not use included. */
      readonly parameters: number;
      /** Rows of the word-embedding table that this run trains, and all of them. */
      readonly vocabulary: { readonly used: number; readonly total: number };
      readonly threads: number;
    }
  /** Something the user should know and can do something about; the run goes on. */
  | { readonly type: "warning"; readonly code: string; readonly message: string }
  /** Facts worth a line: a head was initialised, leftover weights were dropped … */
  | { readonly type: "notice"; readonly code: string; readonly message: string }
  /** Before the start: a model or data set comes from the hub. */
  | {
      readonly type: "download";
      /** Name on the hub, and the file that comes just now. */
      readonly name: string;
      readonly file: string;
      /** Bytes that are there, and bytes in all. */
      readonly done: number;
      readonly total: number;
    }
  /** Before the start: training data too large for memory is prepared. */
  | ({ readonly type: "reading" } & CacheProgress)
  | {
      readonly type: "step";
      /** Number of the optimiser step, from 1. */
      readonly step: number;
      readonly epoch: number;
      readonly loss: number;
      /** Global norm of the gradient before clipping. */
      readonly gradNorm: number;
      /** The learning rate that this step used. */
      readonly learningRate: number;
      /** Tokens in the step's batches, special tokens included. */
      readonly tokens: number;
      /** Seconds that the step took. */
      readonly seconds: number;
      /** Resident memory of the process in bytes. */
      readonly memory: number;
    }
  /** HF's log record: the mean loss since the last one, every `logging_steps`. */
  | {
      readonly type: "log";
      readonly step: number;
      readonly epoch: number;
      readonly loss: number;
      readonly gradNorm: number;
      readonly learningRate: number;
    }
  | {
      readonly type: "evaluation-progress";
      readonly split: "validation" | "test";
      readonly done: number;
      readonly total: number;
    }
  | EvaluationEvent<Scored>
  | {
      readonly type: "save";
      readonly step: number;
      readonly folder: string;
      readonly reason: "best" | "last" | "checkpoint";
    }
  | {
      readonly type: "end";
      readonly reason: "finished" | "early-stopping" | "stopped";
      readonly step: number;
      readonly epoch: number;
      readonly seconds: number;
      readonly folder: string;
    }
  /** The run ends by an error, which `result()` rejects with. */
  | {
      readonly type: "failed";
      /** Of a `NeriumError`; an error that has none is a defect. */
      readonly code?: string;
      readonly message: string;
      /** The last step that was done; not there where the run failed before its start. */
      readonly step?: number;
    }
  /** The very last event of every run, whether it finished, was stopped or failed: time to close files and connections. */
  | { readonly type: "closed" };
