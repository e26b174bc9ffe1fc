import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { inCodePoints } from "../../infer/offsets.js";
import { withFields } from "../../infer/predictedText.js";
import { jsonArrayOf } from "./json.js";
import type { Prediction, PredictionFormat } from "./prediction.js";

/**
 * JSON Lines that doccano imports for sequence labelling, with the entities as annotations. Other fields become
 * metadata there. Offsets count code points.
 *
 * https://doccano.github.io/doccano/tutorial/#import-a-dataset
 */
export const doccanoPredictions = (): PredictionFormat => ({
  each({ text, entities, fields }) {
    const label = inCodePoints(text, entities).map(({ start, end, type }) => [start, end, type]);
    return `${JSON.stringify(withFields({ text, label }, fields))}\n`;
  },
});

/** Names in the labelling configuration of a project. Label Studio shows predictions only if they are the project's. */
export interface LabelStudioNames {
  /** The name of the tag `Labels`. Defaults to `label`, as in the template for named-entity recognition. */
  readonly fromName?: string | undefined;
  /** The name of the tag `Text`. Defaults to `text`. */
  readonly toName?: string | undefined;
  /** The key in `data` that the value of the tag `Text` names. Defaults to `text`. */
  readonly dataKey?: string | undefined;
}

/**
 * A JSON array of tasks that Label Studio imports, with the entities as predictions. Offsets count UTF-16 units.
 *
 * https://labelstud.io/guide/predictions
 *
 * @param model the model's folder or its name on the hub, for the version of the predictions
 */
export function labelStudioPredictions(
  model: string,
  { fromName = "label", toName = "text", dataKey = "text" }: LabelStudioNames,
): PredictionFormat {
  const version = existsSync(model) ? basename(resolve(model)) : model;
  const names = { fromName, toName, dataKey };
  return jsonArrayOf((prediction) => JSON.stringify(taskOf(prediction, version, names)));
}

function taskOf(
  { text, entities, fields }: Prediction,
  version: string,
  { fromName, toName, dataKey }: Readonly<Record<keyof LabelStudioNames, string>>,
): object {
  const total = entities.reduce((sum, { score }) => sum + score, 0);
  const prediction = {
    model_version: version,
    // Label Studio orders tasks by it. Without entities there is nothing to be sure of.
    ...(entities.length === 0 ? {} : { score: total / entities.length }),
    result: entities.map(({ type, score, start, end, text: own }, index) => ({
      id: `entity-${index}`,
      from_name: fromName,
      to_name: toName,
      type: "labels",
      value: { start, end, text: own, labels: [type] },
      score,
    })),
  };
  return { data: withFields({ [dataKey]: text }, fields), predictions: [prediction] };
}
