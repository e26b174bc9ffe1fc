import type { Transitions } from "../crf/index.js";
import type { Tensor } from "../graph/index.js";
import type { Feed, Sequence } from "../models/index.js";
import type { Dataset } from "../text/index.js";
import type { Tokenizer } from "../tokenize/index.js";
import type { CardDescription, TaskCard } from "./cardParts.js";

/** Figures of an evaluation, by the names that HF Trainer logs them with, less their `eval_` prefix. */
export type Metrics = Readonly<Record<string, number>>;

/** One of a task's metrics. */
export interface Metric<Name extends string = string> {
  readonly name: Name;
  /** What reports and cards call it. */
  readonly title: string;
  readonly greaterIsBetter: boolean;
}

/** What an evaluation gives. */
export interface Evaluation {
  readonly metrics: Metrics;
  /** The task's own figures. They stand in the event of an evaluation, and cards are made of them. */
  readonly detail: object;
  /** One for each example that was evaluated, in their order. */
  readonly predicted: readonly unknown[];
}

/** What is run through a model to score it, and what comes of it. */
export interface EvaluationPass<Result extends Evaluation> {
  readonly sequences: readonly Sequence[];
  /** @param logits of each sequence, `[labelled, labels]` */
  score(logits: readonly Float32Array[]): Result;
}

/** How sentences become what a model takes at once. */
export interface ExampleOptions {
  /** Tokens of a window, the two special ones included; at least 3. */
  readonly maxLength: number;
  /** Tokens that neighbouring windows share, at most half of one. */
  readonly overlap?: number;
  /** Whether a separator, `[SEP]` or `</s>`, stands between two sentences. At the end of a window is always one. */
  readonly separator?: boolean;
  /** What becomes of a sentence that is longer: overlapping windows (default), or HF's truncation. */
  readonly longSentences?: "window" | "truncate";
  /** What may stand in one window. Default: a sentence. */
  readonly context?: "none" | "document";
}

/** What is told of a task, whatever model it is done with. */
export interface TaskFacts<Result extends Evaluation = Evaluation> {
  /** HF's pipeline for such models. */
  readonly pipeline: { readonly tag: string; readonly name: string };
  /** In the order of reports; the first one is the loss. */
  readonly metrics: readonly Metric<Extract<keyof Result["metrics"], string>>[];
  /** The one that models are compared by. */
  readonly mainMetric: Extract<keyof Result["metrics"], string>;
  /** What a model card says beyond the metrics. */
  card(detail: Result["detail"] | undefined, model: CardDescription): TaskCard;
}

/**
 * What differs between tasks. Token classification is one; another stands in a folder beside it.
 *
 * @typeParam Example what a training step takes: one sequence and its labels
 * @typeParam Data what is evaluated
 */
export interface Task<Example, Data, Result extends Evaluation> extends TaskFacts<Result> {
  /** Sentences as what the model takes, with their labels and who owns which. */
  examples(data: Dataset, tokenizer: Tokenizer, options: ExampleOptions): Promise<Data>;
  /** What the model computes of an example: the logits of its labelled tokens. */
  sequence(example: Example): Sequence;
  /** Total weight of some examples: what a mean loss over them divides by. */
  weight(examples: readonly Example[]): number;
  /** The loss of a batch, as part of the graph of a training step; {@link targets} feeds its inputs. */
  loss(logits: Tensor): Tensor;
  /** What the loss of a batch is computed from, for a mean over `total` of weight. */
  targets(examples: readonly Example[], total: number): readonly Feed[];
  /** @param crf transitions of the model's conditional random field, where it has one */
  evaluation(data: Data, crf: Transitions | undefined): EvaluationPass<Result>;
  /** A prediction as a line of `predictions.txt`. */
  predictionLine(prediction: Result["predicted"][number]): string;
}
