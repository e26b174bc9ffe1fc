import type { Transitions } from "./crfFile.js";

/** Whether a chain of words begins and ends where its sentence does. Start and end scores count only if it does. */
export interface ChainEnds {
  readonly begins: boolean;
  readonly ends: boolean;
}

const WHOLE: ChainEnds = { begins: true, ends: true };

/** The results of a linear-chain conditional random field for a chain of words, summed over all label paths. */
export interface PathSums {
  /** log Σ exp(score) over all paths. */
  readonly logPartition: number;
  /** The probability of each label at each word. `[words, labels]` */
  readonly marginals: Float64Array;
  /** The expected count of each transition, summed over all words. `[labels, labels]`, as `Transitions.between` */
  readonly moves: Float64Array;
}

/** The probability of each transition into each word, 0 for the first word. `[words, labels, labels]`: from, to */
export type Pairs = Float64Array;

/**
 * The forward-backward algorithm, in log space and float64 (https://en.wikipedia.org/wiki/Forward–backward_algorithm).
 *
 * @param scores the score of each label at each word, `[words, labels]`, for at least one word
 * @param pairs written if it is given
 */
export function forwardBackward(
  scores: Float32Array,
  { start, between, end }: Transitions,
  { begins, ends }: ChainEnds = WHOLE,
  pairs?: Pairs,
): PathSums {
  const labels = start.length;
  const words = scores.length / labels;
  /** log Σ exp(score) over all paths up to each word and label, including the score of that word. */
  const before = new Float64Array(words * labels);
  /** The same over all paths after each word and label. */
  const behind = new Float64Array(words * labels);
  const terms = new Float64Array(labels);

  for (let label = 0; label < labels; label++) before[label] = scores[label]! + (begins ? start[label]! : 0);
  for (let word = 1; word < words; word++)
    for (let to = 0; to < labels; to++) {
      for (let from = 0; from < labels; from++)
        terms[from] = before[(word - 1) * labels + from]! + between[from * labels + to]!;
      before[word * labels + to] = logSumExp(terms) + scores[word * labels + to]!;
    }
  const last = (words - 1) * labels;
  for (let label = 0; label < labels; label++) behind[last + label] = ends ? end[label]! : 0;
  for (let word = words - 2; word >= 0; word--)
    for (let from = 0; from < labels; from++) {
      const next = (word + 1) * labels;
      for (let to = 0; to < labels; to++)
        terms[to] = between[from * labels + to]! + scores[next + to]! + behind[next + to]!;
      behind[word * labels + from] = logSumExp(terms);
    }
  for (let label = 0; label < labels; label++) terms[label] = before[last + label]! + behind[last + label]!;
  const logPartition = logSumExp(terms);

  const moves = new Float64Array(labels * labels);
  for (let word = 1; word < words; word++)
    for (let from = 0; from < labels; from++)
      for (let to = 0; to < labels; to++) {
        const at = word * labels + to;
        const path =
          before[at - to - labels + from]! + between[from * labels + to]! + scores[at]! + behind[at]!;
        const share = Math.exp(path - logPartition);
        moves[from * labels + to]! += share;
        if (pairs !== undefined) pairs[(word * labels + from) * labels + to] = share;
      }
  const marginals = before.map((value, at) => Math.exp(value + behind[at]! - logPartition));
  return { logPartition, marginals, moves };
}

function logSumExp(terms: Float64Array): number {
  let highest = terms[0]!;
  for (let at = 1; at < terms.length; at++) if (terms[at]! > highest) highest = terms[at]!;
  let sum = 0;
  for (let at = 0; at < terms.length; at++) sum += Math.exp(terms[at]! - highest);
  return highest + Math.log(sum);
}
