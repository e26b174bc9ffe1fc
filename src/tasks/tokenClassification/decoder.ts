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
    return {
      labels: (scores) => largestOfEach(scores, labels.length),
      probabilities: (scores, chosen) => ofChosen(scores, chosen),
    };
  if (crf !== undefined)
    return {
      labels: (scores) => viterbi(scores, crf),
      probabilities: (scores, chosen) => ofChosen(scores, chosen, crf),
    };
  const moves = legalTransitions(labels);
  return {
    labels: (scores) => viterbi(scores, moves),
    probabilities: (scores, chosen) => ofChosen(scores, chosen),
  };
}

function largestOfEach(scores: Float32Array, labels: number): Int32Array {
  return Int32Array.from({ length: scores.length / labels }, (_, word) =>
    largest(scores.subarray(word * labels, (word + 1) * labels)),
  );
}

/** Returns the index of the largest value, or the first of several equal ones. */
export function largest(values: Float32Array | Float64Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
}

/** The probability of the chosen label of each word. */
function ofChosen(scores: Float32Array, chosen: Int32Array, crf?: Transitions): Float64Array {
  const labels = scores.length / chosen.length;
  const all = probabilitiesOf(scores, labels, crf);
  return Float64Array.from(chosen, (label, word) => all[word * labels + label]!);
}

/**
 * Returns the probability of every label at each word, `[words, labels]`: the softmax of its logits. With a conditional random
 * field, it is the share of all paths, weighted by their probability, that have the label there.
 */
export function probabilitiesOf(scores: Float32Array, labels: number, crf?: Transitions): Float64Array {
  if (crf !== undefined) return forwardBackward(scores, crf).marginals;
  const rows = Float64Array.from(scores);
  for (let at = 0; at < rows.length; at += labels) {
    const row = rows.subarray(at, at + labels);
    const highest = row[largest(row)]!;
    let total = 0;
    for (let label = 0; label < labels; label++) {
      row[label] = Math.exp(row[label]! - highest);
      total += row[label]!;
    }
    for (let label = 0; label < labels; label++) row[label]! /= total;
  }
  return rows;
}
