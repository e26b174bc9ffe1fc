import { inCodePoints } from "../../infer/offsets.js";
import { predictedLine } from "../../infer/predictedText.js";
import type { Prediction, PredictionFormat } from "./prediction.js";

/** One JSON object per line, in the order of the texts. */
export const jsonLinesPredictions = (codePoints: boolean): PredictionFormat => ({
  each: (prediction) => `${objectOf(prediction, codePoints)}\n`,
});

/** One JSON array with the same objects. */
export const jsonPredictions = (codePoints: boolean): PredictionFormat =>
  jsonArrayOf((prediction) => objectOf(prediction, codePoints));

/** One JSON array with an element on each line. */
export function jsonArrayOf(elementOf: (prediction: Prediction) => string): PredictionFormat {
  let before = "[";
  return {
    each(prediction) {
      const item = `${before}\n  ${elementOf(prediction)}`;
      before = ",";
      return item;
    },
    tail: () => (before === "[" ? "[]\n" : "\n]\n"),
  };
}

function objectOf({ entities, ...predicted }: Prediction, codePoints: boolean): string {
  return predictedLine({
    ...predicted,
    entities: codePoints ? inCodePoints(predicted.text, entities) : entities,
  });
}
