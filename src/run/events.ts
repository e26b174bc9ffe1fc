import type { Recipe } from "../recipe/index.js";
import type { Evaluation } from "../tasks/task.js";
import type { TokenClassificationEvaluation } from "../tasks/tokenClassification/index.js";

/** Metrics of the last weights and of their moving average, and which of the two is better. */
export interface ComparedWeights<Metrics = EvaluationMetrics> {
  readonly last: Metrics;
  readonly average: Metrics;
  readonly better: "last" | "average";
}

/**
 * The size of a batch: a number of windows, or as many windows as come closest to a number of tokens, at
 * least one.
 */
export type BatchSize = { readonly windows: number } | { readonly tokens: number };

/** Progress in preparing training data that is too large for memory, or in running a teacher on training data. */
export interface CacheProgress {
  readonly phase: "reading" | "tokenizing" | "teacher";
  /** The file, or the folder of the teacher. */
  readonly file: string;
  /** Sentences so far; windows of a teacher. */
  readonly sentences: number;
}

/**
 * An evaluation of any task. The task's own figures are beside the metrics: listeners read `scores` there,
 * and the histories in checkpoints contain such events.
 */
export type EvaluationEvent<Scored extends Evaluation> = Scored["detail"] & {
  readonly type: "evaluation";
  readonly split: "validation" | "test";
  readonly step: number;
  readonly epoch: number;
  readonly metrics: Scored["metrics"];
  /**
   * With `ema_decay`, in validation: the metrics of the last weights and of their average. The other figures
   * of the event belong to the better of the two by `metric_for_best_model`.
   */
  readonly compared?: ComparedWeights<Scored["metrics"]>;
  /** The mean loss of all steps so far, in validations before the first log. */
  readonly lossSoFar?: number;
  readonly seconds: number;
  readonly sentences: number;
};

/** The result of a run's evaluations. Token classification is the only task that can be trained. */
export type RunEvaluation = TokenClassificationEvaluation;

/** Metrics of an evaluation, under the names that HF Trainer logs them with, less their `eval_` prefix. */
export type EvaluationMetrics = RunEvaluation["metrics"];

/**
 * What happens in a training run, in order. Events are plain data: every listener (terminal, files,
 * TensorBoard, callbacks) is a fold over this list, and recorded events can be replayed.
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
      /** The mean if epochs differ. */
      readonly stepsPerEpoch: number;
      readonly totalSteps: number;
      /** Number of epochs, including a last one that is not completed. */
      readonly epochs: number;
      /**
       * Size of a batch: a number of sentences, where a long one counts once per window, or an approximate
       * number of tokens.
       */
      readonly batchSize: BatchSize;
      /** Steps that were done before, if the run continues from a checkpoint; 0 for a new run. */
      readonly resumedAt: number;
      /** Parameters of the model, including the word-embedding rows that this run does not use. */
      readonly parameters: number;
      /** Number of rows of the word-embedding table: those that this run trains, and all. */
      readonly vocabulary: { readonly used: number; readonly total: number };
      readonly threads: number;
    }
  /** Something that the user should know and can act on. The run continues. */
  | { readonly type: "warning"; readonly code: string; readonly message: string }
  /** Facts worth a line of output: a head was initialised, unused weights were dropped … */
  | { readonly type: "notice"; readonly code: string; readonly message: string }
  /** Before the start: a model or data set is downloaded from the hub. */
  | {
      readonly type: "download";
      /** Name on the hub, and the file that is being downloaded. */
      readonly name: string;
      readonly file: string;
      /** Bytes that have arrived, and bytes in total. */
      readonly done: number;
      readonly total: number;
    }
  /** Before the start: training data that is too large for memory is prepared, or run through a teacher. */
  | ({ readonly type: "reading" } & CacheProgress)
  /** In a dry run: parts of the measurement that are done, and all parts. */
  | { readonly type: "measuring"; readonly done: number; readonly total: number }
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
      /** Tokens in the step's batches, including special tokens. */
      readonly tokens: number;
      /** Seconds that the step took. */
      readonly seconds: number;
      /** Resident memory of the process in bytes. */
      readonly memory: number;
    }
  /** HF's log record: the mean loss since the previous one, every `logging_steps`. */
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
  /** The run failed with an error, with which `result()` rejects. */
  | {
      readonly type: "failed";
      /** The code of a `NeriumError`. An error without a code is a bug in Nerium. */
      readonly code?: string;
      readonly message: string;
      /** The last step that was completed; absent if the run failed before its start. */
      readonly step?: number;
    }
  /**
   * The very last event of every run, whether it finished, was stopped or failed. Close files and connections
   * here.
   */
  | { readonly type: "closed" };
