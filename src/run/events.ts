import type { SeqevalScores } from "../evaluate/seqeval.js";
import type { Recipe } from "../recipe/index.js";
import type { TagScheme } from "../text/index.js";

/** Metrics of one evaluation, under the names that HF Trainer logs them with, less their `eval_` prefix. */
export interface EvaluationMetrics {
  readonly loss: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly accuracy: number;
}

/** Metrics of the last weights and of their moving average, and which of the two is better. */
export interface ComparedWeights {
  readonly last: EvaluationMetrics;
  readonly average: EvaluationMetrics;
  readonly better: "last" | "average";
}

/** How many windows a batch has: so many, or as many as come nearest to so many sub-tokens, at least one. */
export type BatchSize = { readonly windows: number } | { readonly pieces: number };

/** How far the preparation of training data is that is too large for memory. */
export interface CacheProgress {
  readonly phase: "reading" | "tokenizing";
  readonly file: string;
  /** Sentences so far. */
  readonly sentences: number;
}

/**
 * What happens in a training run, in order. Plain data: every listener (terminal, files, TensorBoard, callbacks)
 * is a fold over this list, and a recorded list replays.
 */
export type TrainEvent =
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
      /** What a batch has: sentences, with long ones counted by their windows, or about so many sub-tokens. */
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
      /** Sub-tokens in the step's batches, special tokens included. */
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
  | {
      readonly type: "evaluation";
      readonly split: "validation" | "test";
      readonly step: number;
      readonly epoch: number;
      readonly metrics: EvaluationMetrics;
      /**
       * With `ema_decay`, for validation: the last weights' metrics and their average's. The event's other figures are of the
       * better of the two by `metric_for_best_model`.
       */
      readonly compared?: ComparedWeights;
      /** seqeval in default mode, as HF reports it, per type included. */
      readonly scores: SeqevalScores;
      /** seqeval in strict mode, with the data's scheme. */
      readonly strict: SeqevalScores;
      /** Default mode, where decoding is not `argmax`: of the largest logit of each word, as other programs read the model. */
      readonly argmax?: SeqevalScores;
      readonly scheme: TagScheme;
      readonly seconds: number;
      readonly sentences: number;
    }
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
