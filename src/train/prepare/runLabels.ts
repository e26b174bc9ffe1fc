import { type DataFacts, labelList } from "../../data/index.js";
import { configLabels, type ModelConfig } from "../../models/index.js";
import type { Recipe } from "../../recipe/index.js";
import { classWeightUnknown, labelUnknown } from "../errors.js";

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
  datasets: readonly DataFacts[],
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

function checkKnown(datasets: readonly DataFacts[], labels: readonly string[]): void {
  const known = new Set(labels);
  for (const { tags } of datasets)
    for (const [tag, { first }] of tags)
      if (!known.has(tag)) throw labelUnknown(first.file, first.line, tag, labels);
}

/**
 * Factors on the labels' losses: by name, 1 where not named; `balanced` gives words / (labels · words of the label),
 * as scikit-learn's `class_weight="balanced"`.
 */
export function classWeights(
  weights: Recipe["classWeights"],
  labels: readonly string[],
  { tags }: DataFacts,
): readonly number[] | undefined {
  if (weights === undefined) return undefined;
  if (weights !== "balanced") {
    const unknown = Object.keys(weights).find((label) => !labels.includes(label));
    if (unknown !== undefined) throw classWeightUnknown(unknown, labels);
    return labels.map((label) => weights[label] ?? 1);
  }
  const words = [...tags.values()].reduce((sum, { count }) => sum + count, 0);
  return labels.map((label) => words / (tags.size * (tags.get(label)?.count ?? Number.POSITIVE_INFINITY)));
}
