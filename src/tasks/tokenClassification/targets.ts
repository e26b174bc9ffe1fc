import type { CrfTargets, WordChain } from "../../crf/index.js";
import type { Sequence } from "../../models/index.js";
import type { Window } from "./examples/window.js";

/** The parts of a window that training needs. */
export interface TrainingExample extends Required<Pick<Window, "inputIds" | "labels">> {
  /** Its labelled words as chains, if the training data is in memory. */
  readonly chains?: readonly WordChain[];
}

/** What the loss is computed from: one row per labelled token of the batch. */
export interface Targets {
  /** Target distribution of each row, `[labelled, labels]`: one-hot or smoothed. */
  readonly distributions: Float32Array;
  /** Weight of each row in the loss, for example 1/m for a mean over m rows. `[labelled]` */
  readonly weights: Float32Array;
}

/** The part of a window that the loss depends on. */
type Labelled = Pick<TrainingExample, "labels" | "chains">;

export interface LossOptions {
  readonly labels: number;
  /** Share of each target that is spread evenly over all labels. */
  readonly labelSmoothing: number;
  /** Factor for the rows of each label; all 1 if omitted. */
  readonly classWeights?: readonly number[] | undefined;
  /** Whether the chains of the examples have soft labels. */
  readonly soft?: boolean | undefined;
}

/** Returns the label ids of a window's labelled tokens, and the indices of these tokens. */
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

/** Returns the sequence that the model runs for a window. It computes the logits of the labelled tokens. */
export const trainingSequence = (window: TrainingExample): Sequence => ({
  ids: window.inputIds,
  labelled: labelled(window).tokens,
});

/**
 * Returns the total weight of the labelled tokens of windows, which is the divisor of a mean loss over them.
 */
export function totalWeight(windows: readonly Labelled[], { classWeights }: LossOptions): number {
  return windows
    .flatMap((window) => labelled(window).ids)
    .reduce((total, label) => total + (classWeights?.[label] ?? 1), 0);
}

/**
 * Returns the loss targets of a batch, for a mean over a total weight of `total`.
 *
 * A step with several batches divides by the total of all of them, so that it computes what one large batch
 * would. With smoothing ε a target is (1 − ε) · one-hot + ε / labels, as in HF's LabelSmoother. Soft labels
 * have their share of the target.
 */
export function batchTargets(windows: readonly Labelled[], total: number, options: LossOptions): Targets {
  const { labels, labelSmoothing, classWeights, soft } = options;
  const ids = windows.flatMap((window) => labelled(window).ids);
  const distributions = new Float32Array(ids.length * labels).fill(labelSmoothing / labels);
  const weights = new Float32Array(ids.length);
  ids.forEach((label, row) => {
    distributions[row * labels + label] = 1 - labelSmoothing + labelSmoothing / labels;
    weights[row] = (classWeights?.[label] ?? 1) / total;
  });
  if (soft) mixSoft(distributions, windows, labels);
  return { distributions, weights };
}

/** Mixes the soft labels of the windows' words into their targets. Rows are in the order of the chains. */
function mixSoft(distributions: Float32Array, windows: readonly Labelled[], labels: number): void {
  let row = 0;
  for (const { words, soft } of windows.flatMap(({ chains }) => chains ?? [])) {
    if (soft !== undefined)
      soft.marginals.forEach((probability, at) => {
        const place = row * labels + at;
        distributions[place] = (1 - soft.share) * distributions[place]! + soft.share * probability;
      });
    row += words;
  }
}

/** Returns the labelled words of a batch as chains. */
export function crfTargets(members: readonly TrainingExample[], total: number): CrfTargets {
  return {
    labels: Int32Array.from(
      members.flatMap(({ labels }) => Array.from(labels.filter((label) => label >= 0))),
    ),
    chains: members.flatMap(({ chains }) => chains!),
    weight: 1 / total,
  };
}
