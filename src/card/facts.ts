import type { DataSummary } from "../data/index.js";
import type { ComparedWeights, EvaluationMetrics, RunEvaluation } from "../run/index.js";
import type { CardSection, TaskCard } from "../tasks/cardParts.js";
import type { TaskFacts } from "../tasks/task.js";

/** One row of the table of training results. */
export interface ResultsRow {
  /** Mean loss since the previous log; absent before the first log. */
  readonly trainingLoss?: number;
  readonly epoch: number;
  readonly step: number;
  readonly metrics: EvaluationMetrics;
  readonly compared?: ComparedWeights | undefined;
}

/** The hyperparameters that a card lists, each with HF's meaning. */
export interface CardHyperparameters {
  readonly learningRate: number;
  readonly headLearningRate?: number | undefined;
  readonly layerwiseLrDecay?: number | undefined;
  /** Sentences per batch, before accumulation. */
  readonly trainBatchSize: number;
  readonly evalBatchSize: number;
  readonly seed: number;
  readonly gradientAccumulationSteps?: number | undefined;
  readonly adamBeta1: number;
  readonly adamBeta2: number;
  readonly adamEpsilon: number;
  readonly lrSchedulerType: string;
  /** Number of steps, or a share of all steps if below 1. */
  readonly warmupSteps?: number | undefined;
  readonly numEpochs: number;
  /**
   * Optimiser steps, if they decide the length of the run instead of the epochs. HF's -1 counts as not set.
   */
  readonly maxSteps?: number | undefined;
  readonly labelSmoothingFactor?: number | undefined;
  /** Tokens per batch, if batches were measured in tokens instead of sentences. */
  readonly trainBatchTokens?: number | undefined;
  /** How documents were read; omitted if sentences were read alone. */
  readonly documents?: DocumentReading | undefined;
  /** Of a model that learned from others: how many, and their share in the targets. */
  readonly distillation?: { readonly teachers: number; readonly alpha: number } | undefined;
  readonly emaDecay?: number | undefined;
  /** Probability of each case that training sentences were converted to, by name. */
  readonly caseAugmentation?:
    | Readonly<Record<"title_case" | "upper_case" | "lower_case", number>>
    | undefined;
  /** For the transitions of a conditional random field; omitted for a model without one. */
  readonly crfLearningRate?: number | undefined;
  /**
   * `viterbi` if evaluations chose tags that the tag scheme allows. `undefined` if they used the largest
   * logit, or if the model has a conditional random field.
   */
  readonly decoding?: "viterbi" | undefined;
  /** Fields of the recipe that say how it was computed, in snake_case, unless they have their default. */
  readonly computation?: Readonly<Record<string, string | boolean>>;
}

/** How a model was trained to read documents: fields of a recipe. */
export interface DocumentReading {
  readonly contextLengths: string | number | Readonly<Record<string, number>>;
  readonly contextEvalTokens: number;
  readonly contextSeparator: boolean;
}

/** The data sets of a run. The first one is the training data. */
export interface CardData {
  readonly splits: readonly (Pick<DataSummary, "sentences" | "words"> &
    Partial<DataSummary> & { readonly name: string })[];
  /** Training sentences that repeat an earlier one; absent if that is not known. */
  readonly repeated?: number;
  /** Sentences of the other data sets that also occur in the training data. */
  readonly leaked: readonly { readonly name: string; readonly count: number }[];
}

/** What the recipe and the environment determine, whatever happens in the run. */
export interface CardSettings {
  /** The task that the model does. */
  readonly task: TaskFacts<RunEvaluation>;
  readonly modelName: string;
  readonly language?: string | readonly string[] | undefined;
  readonly license?: string | undefined;
  readonly tags?: string | readonly string[] | undefined;
  /**
   * Name of the model that was fine-tuned ({@link baseModelName}); `null` for a local model without a public
   * name; omitted for a model that was trained from scratch. A path is never printed.
   */
  readonly finetunedFrom?: string | null | undefined;
  readonly dataset?: string | readonly string[] | undefined;
  readonly datasetArgs?: string | readonly string[] | undefined;
  /** Markdown of the sections that only a person can write. */
  readonly texts?:
    | {
        readonly description?: string | undefined;
        readonly uses?: string | undefined;
        readonly data?: string | undefined;
      }
    | undefined;
  /** `full` adds pictures, programs and what is known about the data to Trainer's form. Defaults to `trainer`. */
  readonly style?: "full" | "trainer" | undefined;
  /** Needed for the style `full`. */
  readonly data?: CardData | undefined;
  readonly hyperparameters: CardHyperparameters;
  readonly versions: {
    readonly nerium: string;
    readonly onnxruntime: string;
    readonly tokenizers: string;
    readonly node: string;
  };
}

/** Everything that a model card is made from. */
export interface CardFacts extends CardSettings {
  /** Metrics of the evaluation that the card reports, on the evaluation set. */
  readonly results?: EvaluationMetrics | undefined;
  /** What the task says about that evaluation and about the model. */
  readonly taskCard: TaskCard;
  /** Where these results come from, unless from the weights at the end of the run. */
  readonly resultsOf?:
    | {
        readonly epoch: number;
        readonly step: number;
        /** The metric by which these weights were chosen; omitted if the saved weights are later ones. */
        readonly bestBy?: keyof EvaluationMetrics;
      }
    | undefined;
  /** Which weights were saved, if an average of them was kept. */
  readonly saved?: ComparedWeights["better"] | undefined;
  readonly rows: readonly ResultsRow[];
  /** Training losses of the log, for the curves. */
  readonly losses?: readonly { readonly step: number; readonly loss: number }[];
  /** Present if the run ended before its last step. */
  readonly endedEarly?:
    | { readonly reason: "early-stopping" | "stopped"; readonly epoch: number; readonly step: number }
    | undefined;
  /** Results on the test set. */
  readonly test?:
    | { readonly metrics: EvaluationMetrics; readonly scores?: CardSection | undefined }
    | undefined;
}
