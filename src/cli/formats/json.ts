import { inCodePoints } from "../../infer/offsets.js";
import { escaped } from "../../shown.js";
import { type Prediction, type PredictionFormat, withFields } from "./prediction.js";

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

function objectOf(
  { file, line, text, words, sentences, document, entities, fields, ...facts }: Prediction,
  codePoints: boolean,
): string {
  const counted = codePoints ? inCodePoints(text, entities) : entities;
  return escaped(
    JSON.stringify(
      withFields({ file, line, text, words, sentences, document, entities: counted, ...facts }, fields),
    ),
  );
}
