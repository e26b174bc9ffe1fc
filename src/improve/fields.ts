import type { Recipe } from "../recipe/index.js";

/** Fields that name the data and the output. Commands that train several models set them. */
export const OF_DATA = [
  "train",
  "validation",
  "validationSplit",
  "test",
  "dataset",
  "datasetConfig",
  "output",
  "overwriteOutputDir",
  "pushToHub",
  "hubModelId",
  "hubPrivateRepo",
  "card",
  "cardStyle",
] as const satisfies readonly (keyof Recipe)[];

/** Fields that say how to read data files. Data that Nerium has written needs none of them. */
export const OF_READING = [
  "dataFormat",
  "delimiter",
  "offsets",
  "policy",
  "tokenColumn",
  "tagColumn",
  "textKey",
  "tagScheme",
  "badTags",
  "ignoreTags",
  "labelMap",
  "maxTrainSamples",
  "maxEvalSamples",
  "maxPredictSamples",
] as const satisfies readonly (keyof Recipe)[];

/**
 * Fields that need validation data, those that say when to save, and those that name models which have seen the data that is held
 * out.
 */
export const OF_EVALUATION = [
  "evalStrategy",
  "evalSteps",
  "saveStrategy",
  "saveSteps",
  "saveTotalLimit",
  "loadBestModelAtEnd",
  "metricForBestModel",
  "greaterIsBetter",
  "earlyStoppingPatience",
  "earlyStoppingThreshold",
  "emaDecay",
  "teachers",
  "distillationAlpha",
] as const satisfies readonly (keyof Recipe)[];

/** The fields that decide about a model, with their values, for a plan. The data is in a plan by itself. */
export function planned(recipe: Recipe, without: readonly string[] = []): Readonly<Record<string, unknown>> {
  const left = new Set<string>([...OF_DATA, ...OF_READING, ...without, "threads", "loggingSteps", "force"]);
  return Object.fromEntries(Object.entries(recipe).filter(([key]) => !left.has(key)));
}
