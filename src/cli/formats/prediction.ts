import type { PredictedText } from "../../infer/predictedText.js";

/** A text, where it comes from, and the entities found in it. */
export interface Prediction extends PredictedText {
  /** Some word of its data file contains a space. */
  readonly spaced?: true;
}

/**
 * Formats predictions as text: what comes before the first one, each of them, and what comes after the last.
 */
export interface PredictionFormat {
  readonly head?: string;
  each(prediction: Prediction): string;
  tail?(): string;
}
