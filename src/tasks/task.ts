import type { Transitions } from "../crf/index.js";
import type { Tensor } from "../graph/index.js";
import type { Feed, Sequence } from "../models/index.js";
import type { Dataset } from "../text/index.js";
import type { Tokenizer } from "../tokenize/index.js";
import type { CardDescription, TaskCard } from "./cardParts.js";

/** Metrics of an evaluation, under the names that HF Trainer logs, without the `eval_` prefix. */
export type Metrics = Readonly<Record<string, number>>;

/** One of a task's metrics. */
export interface Metric<Name extends string = string> {
  readonly name: Name;
  /** Its name in reports and cards. */
  readonly title: string;
  readonly greaterIsBetter: boolean;
}

/** The result of an evaluation. */
export interface Evaluation {
  readonly metrics: Metrics;
  /** The task's own figures. They are part of the evaluation event, and model cards are made from them. */
  readonly detail: object;
  /** One prediction per evaluated example, in order. */
  readonly predicted: readonly unknown[];
}

/** The sequences to run through a model to evaluate it, and how to score their logits. */
export interface EvaluationPass<Result extends Evaluation> {
  readonly sequences: readonly Sequence[];
  /** @param logits logits of each sequence, `[labelled, labels]` */
  score(logits: readonly Float32Array[]): Result;
}

/** How sentences become the windows that a model reads. */
export interface ExampleOptions {
  /** Length of a window in tokens, including the two special tokens. At least 3. */
  readonly maxLength: number;
  /** Tokens that neighbouring windows share. At most half a window; a larger value is reduced to that. */
  readonly overlap?: number;
  /**
   * Whether there is a separator (`[SEP]` or `</s>`) between two sentences. A window always ends with one.
   */
  readonly separator?: boolean;
  /**
   * How to treat a sentence that is longer than a window: overlapping windows (default), or HF's truncation.
   */
  readonly longSentences?: "window" | "truncate";
  /** What a window can hold: one sentence (`none`, the default) or neighbouring sentences of a document. */
  readonly context?: "none" | "document";
}

/** Facts about a task that do not depend on the model. */
export interface TaskFacts<Result extends Evaluation = Evaluation> {
  /** HF's pipeline for such models. */
  readonly pipeline: { readonly tag: string; readonly name: string };
  /** In the order in which reports list them. The first is the loss. */
  readonly metrics: readonly Metric<Extract<keyof Result["metrics"], string>>[];
  /** The metric by which models are compared. */
  readonly mainMetric: Extract<keyof Result["metrics"], string>;
  /** Returns what a model card says beyond the metrics. */
  card(detail: Result["detail"] | undefined, model: CardDescription): TaskCard;
}

/**
 * Everything that differs between tasks. Token classification is one task; another gets a folder next to it.
 *
 * @typeParam Example what a training step takes: one sequence and its labels
 * @typeParam Data what is evaluated
 */
export interface Task<Example, Data, Result extends Evaluation> extends TaskFacts<Result> {
  /** Turns sentences into model inputs with labels, and records which window owns which word. */
  examples(data: Dataset, tokenizer: Tokenizer, options: ExampleOptions): Promise<Data>;
  /**
   * Returns the sequence that the model runs for an example. It computes the logits of the labelled tokens.
   */
  sequence(example: Example): Sequence;
  /** Returns the total weight of examples, which is the divisor of a mean loss over them. */
  weight(examples: readonly Example[]): number;
  /**
   * Builds the loss of a batch as part of the graph of a training step. {@link targets} returns its inputs.
   */
  loss(logits: Tensor): Tensor;
  /** Returns what the loss of a batch is computed from, for a mean over a total weight of `total`. */
  targets(examples: readonly Example[], total: number): readonly Feed[];
  /** @param crf transitions of the model's conditional random field, if it has one */
  evaluation(data: Data, crf: Transitions | undefined): EvaluationPass<Result>;
  /** Formats a prediction as a line of `predictions.txt`. */
  predictionLine(prediction: Result["predicted"][number]): string;
}
