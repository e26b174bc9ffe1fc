/** The conditional random field of a training run: transitions, their gradient and AdamW, all on the host. */
import { type AdamWHyperparameters, type AdamWState, adamwUpdate } from "./adamw.js";
import { crfSize, crfValues, transitionsOf } from "./crfFile.js";
import { crfLoss, type WeighedSoftLabels } from "./crfLoss.js";
import type { CrfState } from "./crfState.js";
import type { ChainEnds } from "./forwardBackward.js";
import { ILLEGAL, legalTransitions } from "./legalTransitions.js";

/** Consecutive words of one sentence whose tokens follow each other among the labelled tokens of a window. */
export interface WordChain extends ChainEnds {
  readonly words: number;
  /** Targets besides the gold labels, in a run that learns from other models. */
  readonly soft?: WeighedSoftLabels | undefined;
}

/** The labelled words of a batch as chains, in the order of its logits. */
export interface CrfTargets {
  /** The label of each row. `[labelled]` */
  readonly labels: Int32Array;
  readonly chains: readonly WordChain[];
  /** The weight of each word in the loss: 1/m for a mean over the m words of a step. */
  readonly weight: number;
}

/** Returns the values before the first step: 0, or {@link ILLEGAL} for transitions that the tag scheme does not allow. */
export const freshCrf = (labels: readonly string[]): Float32Array => crfValues(legalTransitions(labels));

/**
 * Trains a conditional random field. Illegal transitions do not change: their gradient is 0. There is no weight decay, because
 * there are few transitions, and a score of 0 is not more likely than another.
 */
export class CrfHead {
  /** The optimizer's state, by its names in checkpoints. Each array has as many floats as `values`. */
  readonly blocks: AdamWState;
  /** The gradient of the latest step with respect to the values. */
  readonly gradient: Float64Array;
  private readonly isLegal: readonly boolean[];

  /** @param values changed in place */
  constructor(
    private readonly labels: readonly string[],
    readonly values: Float32Array,
    private readonly options: AdamWHyperparameters,
  ) {
    const size = crfSize(labels.length);
    this.blocks = { exp_avg: new Float32Array(size), exp_avg_sq: new Float32Array(size) };
    this.gradient = new Float64Array(size);
    this.isLegal = Array.from(freshCrf(labels), (value) => value > ILLEGAL);
  }

  /** Returns a copy of the current state, for a checkpoint. */
  state(average: Float32Array | undefined): CrfState {
    const blocks = Object.entries(this.blocks).map(([name, block]) => [name, block.slice()]);
    return {
      values: this.values.slice(),
      blocks: Object.fromEntries(blocks),
      average: average?.slice(),
    };
  }

  /** Begins a step: sets the gradient to 0. */
  begin(): void {
    this.gradient.fill(0);
  }

  /**
   * Returns the loss of a batch and its gradient with respect to the logits. Adds its gradient with respect to the transitions
   * to `gradient`.
   *
   * @param logits `[labelled, labels]`
   */
  loss(
    logits: Float32Array,
    { labels, chains, weight }: CrfTargets,
  ): { loss: number; gradient: Float32Array } {
    const width = this.labels.length;
    const ofLogits = new Float64Array(logits.length);
    const ofValues = new Float64Array(this.gradient.length);
    const transitions = transitionsOf(this.values, width);
    const moves = transitionsOf(ofValues, width);
    let loss = 0;
    let from = 0;
    for (const { words, soft, ...ends } of chains) {
      const to = from + words;
      const scores = logits.subarray(from * width, to * width);
      const gradient = { scores: ofLogits.subarray(from * width, to * width), moves };
      loss += crfLoss(scores, labels.subarray(from, to), transitions, ends, gradient, soft);
      from = to;
    }
    ofValues.forEach((value, at) => {
      if (this.isLegal[at]) this.gradient[at]! += value * weight;
    });
    return { loss: loss * weight, gradient: Float32Array.from(ofLogits, (value) => value * weight) };
  }

  /** The squared L2 norm of the gradient. */
  get squaredNorm(): number {
    return this.gradient.reduce((sum, value) => sum + value * value, 0);
  }

  /** Updates the values by one step of AdamW. The gradient is multiplied by `clip` first. */
  update(update: { step: number; learningRate: number; clip: number }): void {
    adamwUpdate(this.values, this.gradient, this.blocks, this.options, update);
  }
}
