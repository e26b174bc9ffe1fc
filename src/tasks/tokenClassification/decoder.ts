import { forwardBackward, legalTransitions, type Transitions, viterbi } from "../../crf/index.js";
import type { Decoding } from "./decodings.js";

/** Chooses the labels of neighbouring words. Scores are logits, `[words, labels]`. */
export interface Decoder {
  labels(scores: Float32Array): Int32Array;
  /** The probability of the label chosen for each word. */
  probabilities(scores: Float32Array, chosen: Int32Array): Float64Array;
}

/**
 * Returns the decoder for a model.
 *
 * @param labels the model's labels, in the order of their ids
 * @param crf transitions of its conditional random field, if it has one
 */
export function decoderFor(labels: readonly string[], decoding: Decoding, crf?: Transitions): Decoder {
  if (decoding === "argmax")
    return { labels: (scores) => largestOfEach(scores, labels.length), probabilities: softmaxOf };
  if (crf !== undefined)
    return {
      labels: (scores) => viterbi(scores, crf),
      probabilities: (scores, chosen) => marginalsOf(scores, chosen, crf),
    };
  const moves = legalTransitions(labels);
  return { labels: (scores) => viterbi(scores, moves), probabilities: softmaxOf };
}

function largestOfEach(scores: Float32Array, labels: number): Int32Array {
  return Int32Array.from({ length: scores.length / labels }, (_, word) =>
    largest(scores.subarray(word * labels, (word + 1) * labels)),
  );
}

/** Returns the index of the largest value, or the first of several equal ones. */
export function largest(values: Float32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
}

/** softmax(logits)[label] for each word. */
function softmaxOf(scores: Float32Array, chosen: Int32Array): Float64Array {
  const labels = scores.length / chosen.length;
  return Float64Array.from(chosen, (label, word) => {
    const logits = scores.subarray(word * labels, (word + 1) * labels);
    const highest = logits[largest(logits)]!;
    const total = logits.reduce((sum, value) => sum + Math.exp(value - highest), 0);
    return Math.exp(logits[label]! - highest) / total;
  });
}

/** For each word, the share of all paths, weighted by their probability, that have the chosen label there. */
function marginalsOf(scores: Float32Array, chosen: Int32Array, crf: Transitions): Float64Array {
  const labels = scores.length / chosen.length;
  const { marginals } = forwardBackward(scores, crf);
  return Float64Array.from(chosen, (label, word) => marginals[word * labels + label]!);
}
