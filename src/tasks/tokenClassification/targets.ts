import type { CrfTargets, WordChain } from "../../crf/index.js";
import type { Sequence } from "../../models/index.js";
import type { Window } from "./examples/window.js";

/** A window as the gradient needs it. */
export interface TrainingExample extends Required<Pick<Window, "inputIds" | "labels">> {
  /** Its labelled words as chains, where the training data is in memory. */
  readonly chains?: readonly WordChain[];
}

/** What the loss is computed from, one row for each labelled token of the batch. */
export interface Targets {
  /** Target distribution of each row, `[labelled, labels]`: one-hot, or smoothed. */
  readonly distributions: Float32Array;
  /** What each row counts in the loss; 1/m each for a mean over m rows. `[labelled]` */
  readonly weights: Float32Array;
}

/** What the loss is computed on. */
type Labelled = Pick<TrainingExample, "labels">;

export interface LossOptions {
  readonly labels: number;
  /** Share of each target that is spread evenly over all labels. */
  readonly labelSmoothing: number;
  /** Factor on each label's rows; all 1 where absent. */
  readonly classWeights?: readonly number[] | undefined;
}

/** The label ids of a window's labelled tokens, and where these stand. */
function labelled({ labels }: Labelled): { tokens: Int32Array; ids: number[] } {
  const tokens: number[] = [];
  const ids: number[] = [];
  labels.forEach((label, token) => {
    if (label < 0) return;
    tokens.push(token);
    ids.push(label);
  });
  return { tokens: Int32Array.from(tokens), ids };
}

/** What the model computes of a training window: the logits of its labelled tokens. */
export const trainingSequence = (window: TrainingExample): Sequence => ({
  ids: window.inputIds,
  labelled: labelled(window).tokens,
});

/** Total weight of the labelled tokens of some windows: what a mean loss over them divides by. */
export function totalWeight(windows: readonly Labelled[], { classWeights }: LossOptions): number {
  return windows
    .flatMap((window) => labelled(window).ids)
    .reduce((total, label) => total + (classWeights?.[label] ?? 1), 0);
}

/**
 * The loss targets of a batch, for a mean over `total` of weight.
 *
 * A step of several batches divides by the total of all of them, so that it computes what one large batch would.
 * With smoothing ε a target is (1 − ε) · one-hot + ε / labels, as HF's LabelSmoother.
 */
export function batchTargets(windows: readonly Labelled[], total: number, options: LossOptions): Targets {
  const { labels, labelSmoothing, classWeights } = options;
  const ids = windows.flatMap((window) => labelled(window).ids);
  const distributions = new Float32Array(ids.length * labels).fill(labelSmoothing / labels);
  const weights = new Float32Array(ids.length);
  ids.forEach((label, row) => {
    distributions[row * labels + label] = 1 - labelSmoothing + labelSmoothing / labels;
    weights[row] = (classWeights?.[label] ?? 1) / total;
  });
  return { distributions, weights };
}

/** The labelled words of a batch as chains. */
export function crfTargets(members: readonly TrainingExample[], total: number): CrfTargets {
  return {
    labels: Int32Array.from(
      members.flatMap(({ labels }) => Array.from(labels.filter((label) => label >= 0))),
    ),
    chains: members.flatMap(({ chains }) => chains!),
    weight: 1 / total,
  };
}
