import { type Dataset, labelList } from "../data/index.js";
import { configLabels, type ModelConfig } from "../models/index.js";
import { classWeightUnknown, labelUnknown } from "./errors.js";
import type { Recipe } from "./recipe.js";

/**
 * The labels of a run, in the order of their ids: the recipe's; else the model's where they name every tag of the data;
 * else the data set's own list where it does; else the tags of all files, sorted, as run_ner.py does (which looks at the
 * training file alone).
 *
 * @param listed the data set's own list (`ClassLabel`)
 */
export function runLabels(
  recipe: Pick<Recipe, "labels">,
  config: ModelConfig,
  datasets: readonly Dataset[],
  listed?: readonly string[],
): readonly string[] {
  const found = labelList(datasets);
  if (recipe.labels !== undefined) {
    checkKnown(datasets, recipe.labels);
    return recipe.labels;
  }
  const naming = [configLabels(config), listed].find((list) => found.every((label) => list?.includes(label)));
  return naming ?? found;
}

function checkKnown(datasets: readonly Dataset[], labels: readonly string[]): void {
  const known = new Set(labels);
  for (const { file, sentences } of datasets)
    for (const sentence of sentences) {
      const { tags, line } = sentence;
      const word = tags.findIndex((tag) => !known.has(tag));
      if (word >= 0) throw labelUnknown(sentence.file ?? file, line + word, tags[word]!, labels);
    }
}

/**
 * Factors on the labels' losses: by name, 1 where not named; `balanced` gives words / (labels · words of the label),
 * as scikit-learn's `class_weight="balanced"`.
 */
export function classWeights(
  weights: Recipe["classWeights"],
  labels: readonly string[],
  train: Dataset,
): readonly number[] | undefined {
  if (weights === undefined) return undefined;
  if (weights !== "balanced") {
    const unknown = Object.keys(weights).find((label) => !labels.includes(label));
    if (unknown !== undefined) throw classWeightUnknown(unknown, labels);
    return labels.map((label) => weights[label] ?? 1);
  }
  const counts = new Map<string, number>();
  for (const { tags } of train.sentences) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const words = [...counts.values()].reduce((a, b) => a + b, 0);
  return labels.map((label) => words / (counts.size * (counts.get(label) ?? Number.POSITIVE_INFINITY)));
}
