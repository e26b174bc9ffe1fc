import type { Transitions } from "./crfFile.js";
import { type ChainEnds, forwardBackward } from "./forwardBackward.js";
import { ILLEGAL } from "./legalTransitions.js";

/** Derivatives of a loss with respect to the transition scores, summed over chains. */
export interface TransitionGradient {
  readonly start: Float64Array;
  readonly between: Float64Array;
  readonly end: Float64Array;
}

/**
 * Returns the negative log likelihood of a chain's labels: log Σ exp(score) over all paths, minus the score of this path.
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
): number {
  const labels = transitions.start.length;
  let loss = 0;
  for (const { from, to, ...boundaries } of legalParts(gold, transitions, ends)) {
    const own = scores.subarray(from * labels, to * labels);
    const { logPartition, marginals, moves } = forwardBackward(own, transitions, boundaries);
    loss += logPartition - pathScore(own, gold.subarray(from, to), transitions, boundaries);
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
    if (boundaries.begins) gradient.moves.start[gold[from]!]! -= 1;
    if (boundaries.ends) gradient.moves.end[gold[to - 1]!]! -= 1;
    for (let word = from; word < to; word++) {
      gradient.scores[word * labels + gold[word]!]! -= 1;
      if (word > from) gradient.moves.between[gold[word - 1]! * labels + gold[word]!]! -= 1;
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
