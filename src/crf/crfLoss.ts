import type { Transitions } from "./crfFile.js";
import { type ChainEnds, forwardBackward, type Pairs } from "./forwardBackward.js";
import { ILLEGAL } from "./legalTransitions.js";

/** Derivatives of a loss with respect to the transition scores, summed over chains. */
export interface TransitionGradient {
  readonly start: Float64Array;
  readonly between: Float64Array;
  readonly end: Float64Array;
}

/** What other models make of a chain: how probable each label and each transition is. */
export interface SoftLabels {
  /** `[words, labels]` */
  readonly marginals: Float64Array;
  readonly pairs: Pairs;
}

/** Targets of a chain besides its gold labels, and their share in the loss. The gold labels have the rest. */
export interface WeighedSoftLabels extends SoftLabels {
  readonly share: number;
}

/**
 * Returns the negative log likelihood of a chain's labels: log Σ exp(score) over all paths, minus the score of this path.
 * With soft labels it is minus the mean score of all paths, weighted by their probability there: the cross-entropy of the two
 * distributions over paths.
 *
 * If the gold labels contain an illegal transition, the chain is split there and the transition is not counted. An illegal
 * start or end is not counted either. A word without a gold label, −100, splits the chain likewise and is not counted.
 *
 * @param gradient the derivatives are added to it: those of the scores `[words, labels]`, and those of the transitions
 */
export function crfLoss(
  scores: Float32Array,
  gold: Int32Array,
  transitions: Transitions,
  ends: ChainEnds,
  gradient?: { readonly scores: Float64Array; readonly moves: TransitionGradient },
  soft?: WeighedSoftLabels,
): number {
  const labels = transitions.start.length;
  const goldShare = 1 - (soft?.share ?? 0);
  let loss = 0;
  for (const { from, to, ...boundaries } of legalParts(gold, transitions, ends)) {
    const own = scores.subarray(from * labels, to * labels);
    const { logPartition, marginals, moves } = forwardBackward(own, transitions, boundaries);
    loss += logPartition - goldShare * pathScore(own, gold.subarray(from, to), transitions, boundaries);
    if (soft !== undefined) {
      const part = softPart(soft, labels, from, to);
      loss -= soft.share * meanScore(own, part, transitions, boundaries);
      if (gradient !== undefined) addMean(gradient, part, from, boundaries, -soft.share);
    }
    if (gradient === undefined) continue;
    marginals.forEach((share, at) => {
      gradient.scores[from * labels + at]! += share;
    });
    moves.forEach((count, at) => {
      gradient.moves.between[at]! += count;
    });
    const last = marginals.length - labels;
    for (let label = 0; label < labels; label++) {
      if (boundaries.begins) gradient.moves.start[label]! += marginals[label]!;
      if (boundaries.ends) gradient.moves.end[label]! += marginals[last + label]!;
    }
    if (boundaries.begins) gradient.moves.start[gold[from]!]! -= goldShare;
    if (boundaries.ends) gradient.moves.end[gold[to - 1]!]! -= goldShare;
    for (let word = from; word < to; word++) {
      gradient.scores[word * labels + gold[word]!]! -= goldShare;
      if (word > from) gradient.moves.between[gold[word - 1]! * labels + gold[word]!]! -= goldShare;
    }
  }
  return loss;
}

interface Part extends ChainEnds {
  readonly from: number;
  readonly to: number;
}

/** Returns the parts of a chain of labels that contain no illegal transition and no word without a label. */
function* legalParts(
  gold: Int32Array,
  { start, between, end }: Transitions,
  { begins, ends }: ChainEnds,
): Generator<Part> {
  const labels = start.length;
  for (let from = 0; from < gold.length; ) {
    if (gold[from]! < 0) {
      from++;
      continue;
    }
    let to = from + 1;
    while (to < gold.length && gold[to]! >= 0 && between[gold[to - 1]! * labels + gold[to]!]! > ILLEGAL) to++;
    yield {
      from,
      to,
      begins: begins && from === 0 && start[gold[from]!]! > ILLEGAL,
      ends: ends && to === gold.length && end[gold[to - 1]!]! > ILLEGAL,
    };
    from = to;
  }
}

function pathScore(
  scores: Float32Array,
  path: Int32Array,
  { start, between, end }: Transitions,
  { begins, ends }: ChainEnds,
): number {
  const labels = start.length;
  let score = (begins ? start[path[0]!]! : 0) + (ends ? end[path.at(-1)!]! : 0);
  for (let word = 0; word < path.length; word++) {
    score += scores[word * labels + path[word]!]!;
    if (word > 0) score += between[path[word - 1]! * labels + path[word]!]!;
  }
  return score;
}

/** Soft labels of words `from` to `to` (exclusive). */
const softPart = (
  { marginals, pairs }: SoftLabels,
  labels: number,
  from: number,
  to: number,
): SoftLabels => ({
  marginals: marginals.subarray(from * labels, to * labels),
  pairs: pairs.subarray(from * labels * labels, to * labels * labels),
});

/** The mean score of all paths, weighted by their probability. Illegal transitions are left out. */
function meanScore(
  scores: Float32Array,
  { marginals, pairs }: SoftLabels,
  { start, between, end }: Transitions,
  { begins, ends }: ChainEnds,
): number {
  const labels = start.length;
  const last = marginals.length - labels;
  const legal = (probability: number, score: number) => (score > ILLEGAL ? probability * score : 0);
  let mean = 0;
  for (let at = 0; at < marginals.length; at++) mean += marginals[at]! * scores[at]!;
  for (let label = 0; label < labels; label++) {
    if (begins) mean += legal(marginals[label]!, start[label]!);
    if (ends) mean += legal(marginals[last + label]!, end[label]!);
  }
  // A part of a chain begins with a word that no transition of the part leads to.
  for (let at = labels * labels; at < pairs.length; at++)
    mean += legal(pairs[at]!, between[at % (labels * labels)]!);
  return mean;
}

/** Adds `factor` times the derivatives of the mean score of words from `from` on. */
function addMean(
  { scores, moves }: { readonly scores: Float64Array; readonly moves: TransitionGradient },
  { marginals, pairs }: SoftLabels,
  from: number,
  { begins, ends }: ChainEnds,
  factor: number,
): void {
  const labels = moves.start.length;
  const last = marginals.length - labels;
  for (let at = 0; at < marginals.length; at++) scores[from * labels + at]! += factor * marginals[at]!;
  for (let label = 0; label < labels; label++) {
    if (begins) moves.start[label]! += factor * marginals[label]!;
    if (ends) moves.end[label]! += factor * marginals[last + label]!;
  }
  for (let at = labels * labels; at < pairs.length; at++)
    moves.between[at % (labels * labels)]! += factor * pairs[at]!;
}
