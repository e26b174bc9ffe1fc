/** The conditional random field of a run: its transitions, their gradient and AdamW, on the host. */
import { crfSize, crfValues, transitionsOf } from "./crfFile.js";
import { crfLoss } from "./crfLoss.js";
import type { CrfState } from "./crfState.js";
import type { ChainEnds } from "./forwardBackward.js";
import { ILLEGAL, legalTransitions } from "./legalTransitions.js";

/** Neighbouring words of one sentence, as they follow each other among the labelled pieces of a window. */
export interface WordChain extends ChainEnds {
  readonly words: number;
}

/** A batch's labelled words as chains, in the order of its logits. */
export interface CrfTargets {
  /** Label of each row. `[labelled]` */
  readonly labels: Int32Array;
  readonly chains: readonly WordChain[];
  /** What each word counts in the loss: 1/m for a mean over the m words of a step. */
  readonly weight: number;
}

/** Values before the first step: 0, and {@link ILLEGAL} for moves that the tag scheme of the labels does not have. */
export const freshCrf = (labels: readonly string[]): Float32Array => crfValues(legalTransitions(labels));

/** The numbers of Adam (https://arxiv.org/abs/1412.6980), under torch's names. */
export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Gradients longer than this are scaled down to it; 0 leaves them as they are. */
  readonly maxGradNorm: number;
}

/** Illegal moves stay as they are. There is no weight decay: transitions are few, and 0 is no better guess than another. */
export class CrfHead {
  private readonly mean: Float32Array;
  private readonly square: Float32Array;
  private readonly gradient: Float64Array;
  private readonly isLegal: readonly boolean[];

  /** @param values are changed in place */
  constructor(
    private readonly labels: readonly string[],
    readonly values: Float32Array,
    private readonly options: AdamOptions,
  ) {
    const size = crfSize(labels.length);
    this.mean = new Float32Array(size);
    this.square = new Float32Array(size);
    this.gradient = new Float64Array(size);
    this.isLegal = Array.from(freshCrf(labels), (value) => value > ILLEGAL);
  }

  /** As it is now, for a checkpoint. */
  state(average: Float32Array | undefined): CrfState {
    const [values, mean, square] = [this.values.slice(), this.mean.slice(), this.square.slice()];
    return { values, mean, square, average: average?.slice() };
  }

  /** Puts back what a checkpoint has. */
  restore({ values, mean, square }: Omit<CrfState, "average">): void {
    this.values.set(values);
    this.mean.set(mean);
    this.square.set(square);
  }

  /** Forgets the gradient of the step before. */
  begin(): void {
    this.gradient.fill(0);
  }

  /**
   * The loss of a batch, and its gradient: with respect to the logits given back, with respect to the transitions added up.
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
    for (const { words, ...ends } of chains) {
      const to = from + words;
      const scores = logits.subarray(from * width, to * width);
      const gradient = { scores: ofLogits.subarray(from * width, to * width), moves };
      loss += crfLoss(scores, labels.subarray(from, to), transitions, ends, gradient);
      from = to;
    }
    ofValues.forEach((value, at) => {
      if (this.isLegal[at]) this.gradient[at]! += value * weight;
    });
    return { loss: loss * weight, gradient: Float32Array.from(ofLogits, (value) => value * weight) };
  }

  /** Of the transitions' gradient. */
  get squaredNorm(): number {
    return this.gradient.reduce((sum, value) => sum + value * value, 0);
  }

  /** AdamW's update, as `optimizer.ts` has it for the weights; `norm` is that of the whole gradient. */
  update(step: number, learningRate: number, norm: number): void {
    const { beta1, beta2, epsilon, maxGradNorm } = this.options;
    const clip = maxGradNorm > 0 ? Math.min(1, maxGradNorm / (norm + 1e-6)) : 1;
    const [correction1, correction2] = [1 - beta1 ** step, Math.sqrt(1 - beta2 ** step)];
    this.isLegal.forEach((isLegal, at) => {
      if (!isLegal) return;
      const gradient = this.gradient[at]! * clip;
      this.mean[at] = beta1 * this.mean[at]! + (1 - beta1) * gradient;
      this.square[at] = beta2 * this.square[at]! + (1 - beta2) * gradient * gradient;
      const direction = this.mean[at]! / (Math.sqrt(this.square[at]!) / correction2 + epsilon);
      this.values[at]! -= (learningRate / correction1) * direction;
    });
  }
}
