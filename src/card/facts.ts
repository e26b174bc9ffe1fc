import type { ComparedWeights, EvaluationMetrics, RunEvaluation } from "../run/index.js";
import type { CardSection, TaskCard } from "../tasks/cardParts.js";
import type { TaskFacts } from "../tasks/task.js";

/** One row of the table of training results. */
export interface ResultsRow {
  /** Mean loss since the log before; nothing before the first log. */
  readonly trainingLoss?: number;
  readonly epoch: number;
  readonly step: number;
  readonly metrics: EvaluationMetrics;
  readonly compared?: ComparedWeights | undefined;
}

/** The hyperparameters that a card lists, under HF's meaning of each. */
export interface CardHyperparameters {
  readonly learningRate: number;
  readonly headLearningRate?: number | undefined;
  readonly layerwiseLrDecay?: number | undefined;
  /** Sentences a batch, before accumulation. */
  readonly trainBatchSize: number;
  readonly evalBatchSize: number;
  readonly seed: number;
  readonly gradientAccumulationSteps?: number | undefined;
  readonly adamBeta1: number;
  readonly adamBeta2: number;
  readonly adamEpsilon: number;
  readonly lrSchedulerType: string;
  /** Steps, or below 1 a share of all. */
  readonly warmupSteps?: number | undefined;
  readonly numEpochs: number;
  /** Optimiser steps, where they and not the epochs decide; HF's -1 counts as none. */
  readonly maxSteps?: number | undefined;
  readonly labelSmoothingFactor?: number | undefined;
  /** Tokens a batch, where these and not sentences were counted. */
  readonly trainBatchTokens?: number | undefined;
  /** How documents were read; left out where sentences were read alone. */
  readonly documents?: DocumentReading | undefined;
  readonly emaDecay?: number | undefined;
  /** Probabilities of cases that training sentences were put into, by name. */
  readonly caseAugmentation?:
    | Readonly<Record<"title_case" | "upper_case" | "lower_case", number>>
    | undefined;
  /** Of the transitions of a conditional random field; left out for a model without one. */
  readonly crfLearningRate?: number | undefined;
  /** How words got their labels in evaluations, where that was not by the largest logit. */
  readonly decoding?: "viterbi" | undefined;
}

/** How a model was trained to read documents: fields of a recipe. */
export interface DocumentReading {
  readonly contextLengths: string | number | Readonly<Record<string, number>>;
  readonly contextEvalTokens: number;
  readonly contextSeparator: boolean;
}

/** What the recipe and the run's surroundings say, whatever happens in the run. */
export interface CardSettings {
  /** What the model does. */
  readonly task: TaskFacts<RunEvaluation>;
  readonly modelName: string;
  readonly language?: string | readonly string[] | undefined;
  readonly license?: string | undefined;
  readonly tags?: string | readonly string[] | undefined;
  /**
   * Name of the model that was fine-tuned ({@link baseModelName}); null for a local model without a public name;
   * left out for a model that was trained from scratch. A path is never printed.
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
  readonly hyperparameters: CardHyperparameters;
  readonly versions: {
    readonly nerium: string;
    readonly onnxruntime: string;
    readonly tokenizers: string;
    readonly node: string;
  };
}

/** All that a model card is made of. */
export interface CardFacts extends CardSettings {
  /** The evaluation that the card reports, on the evaluation set. */
  readonly results?: EvaluationMetrics | undefined;
  /** What the task says of that evaluation and of the model. */
  readonly taskCard: TaskCard;
  /** Where these results are from, unless from the weights at the end of the run. */
  readonly resultsOf?:
    | {
        readonly epoch: number;
        readonly step: number;
        /** The metric that chose these weights; left out where the saved weights are later ones. */
        readonly bestBy?: keyof EvaluationMetrics;
      }
    | undefined;
  /** Which weights are saved, where an average of them was kept. */
  readonly saved?: ComparedWeights["better"] | undefined;
  readonly rows: readonly ResultsRow[];
  /** Said where the run ended before its last step. */
  readonly endedEarly?:
    | { readonly reason: "early-stopping" | "stopped"; readonly epoch: number; readonly step: number }
    | undefined;
  /** A section of scores on the test set. */
  readonly test?:
    | { readonly metrics: EvaluationMetrics; readonly scores?: CardSection | undefined }
    | undefined;
}
