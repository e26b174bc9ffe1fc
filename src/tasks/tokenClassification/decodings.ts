import type { Transitions } from "../../crf/index.js";

/**
 * How words get their labels. `argmax`: each word gets the label with the largest logit. `viterbi`: each
 * sentence gets the best path. The transitions of the model's conditional random field decide, or, for a
 * model without one, what its tag scheme allows.
 */
export type Decoding = "argmax" | "viterbi";
export const decodings = ["argmax", "viterbi"] as const satisfies readonly Decoding[];

/** The default decoding of a model. */
export const usualDecoding = (crf: Transitions | undefined): Decoding =>
  crf === undefined ? "argmax" : "viterbi";
