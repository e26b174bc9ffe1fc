import type { Transitions } from "./crfFile.js";

/**
 * Returns the labels of the best path (https://en.wikipedia.org/wiki/Viterbi_algorithm): the path with the largest sum of label
 * scores and transition scores. On ties, smaller label ids win, compared from the last word backwards.
 *
 * Logits give the same result as their log-softmax, because the difference is the same for all paths.
 *
 * @param scores the score of each label at each word, `[words, labels]`
 */
export function viterbi(scores: Float32Array, { start, between, end }: Transitions): Int32Array {
  const labels = start.length;
  const words = scores.length / labels;
  const path = new Int32Array(words);
  if (words === 0) return path;
  /** For each word and label, the previous label on the best path to it. */
  const cameFrom = new Int32Array(words * labels);
  let best = Float64Array.from({ length: labels }, (_, label) => start[label]! + scores[label]!);
  let next = new Float64Array(labels);
  for (let word = 1; word < words; word++) {
    for (let to = 0; to < labels; to++) {
      let from = 0;
      let highest = Number.NEGATIVE_INFINITY;
      for (let label = 0; label < labels; label++) {
        const score = best[label]! + between[label * labels + to]!;
        if (score > highest) {
          highest = score;
          from = label;
        }
      }
      next[to] = highest + scores[word * labels + to]!;
      cameFrom[word * labels + to] = from;
    }
    [best, next] = [next, best];
  }
  let label = 0;
  for (let other = 1; other < labels; other++)
    if (best[other]! + end[other]! > best[label]! + end[label]!) label = other;
  for (let word = words - 1; word >= 0; word--) {
    path[word] = label;
    label = cameFrom[word * labels + label]!;
  }
  return path;
}
