import { inCodePoints } from "../../infer/offsets.js";
import type { Prediction, PredictionFormat } from "./prediction.js";

/** One JSON object per line, in the order of the texts. */
export const jsonLinesPredictions = (codePoints: boolean): PredictionFormat => ({
  each: (prediction) => `${objectOf(prediction, codePoints)}\n`,
});

/** One JSON array with the same objects. */
export function jsonPredictions(codePoints: boolean): PredictionFormat {
  let before = "[";
  return {
    each(prediction) {
      const item = `${before}\n  ${objectOf(prediction, codePoints)}`;
      before = ",";
      return item;
    },
    tail: () => (before === "[" ? "[]\n" : "\n]\n"),
  };
}

function objectOf({ file, line, text, entities, ...facts }: Prediction, codePoints: boolean): string {
  const counted = codePoints ? inCodePoints(text, entities) : entities;
  return JSON.stringify({ file, line, text, entities: counted, ...facts });
}
