import type { Transitions } from "../../crf/index.js";

/**
 * How words get their labels: each the one with the largest logit, or a sentence the best path, by the transitions of the
 * model's conditional random field, else by what its tag scheme allows.
 */
export type Decoding = "argmax" | "viterbi";
export const decodings = ["argmax", "viterbi"] as const satisfies readonly Decoding[];

/** What a model does where nobody asks for something else. */
export const usualDecoding = (crf: Transitions | undefined): Decoding =>
  crf === undefined ? "argmax" : "viterbi";
