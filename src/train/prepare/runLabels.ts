import { type DataFacts, labelList } from "../../data/index.js";
import type { Recipe } from "../../recipe/index.js";
import { classWeightUnknown, labelUnknown } from "../errors.js";

/**
 * The labels of a run, in the order of their ids. The first of these that applies:
 *
 * - the recipe's labels
 * - the model's labels, if it names them and they include every tag in the data
 * - the data set's own list, if it includes every tag in the data
 * - the sorted tags of all files, as in run_ner.py (which reads the training file only)
 *
 * @param ofModel the labels that the model's configuration names
 * @param listed the data set's own list (`ClassLabel`)
 */
export function runLabels(
  recipe: Pick<Recipe, "labels">,
  ofModel: readonly string[] | undefined,
  datasets: readonly DataFacts[],
  listed?: readonly string[],
): readonly string[] {
  const found = labelList(datasets);
  if (recipe.labels !== undefined) {
    checkKnown(datasets, recipe.labels);
    return recipe.labels;
  }
  const naming = [ofModel, listed].find((list) => found.every((label) => list?.includes(label)));
  return naming ?? found;
}

function checkKnown(datasets: readonly DataFacts[], labels: readonly string[]): void {
  const known = new Set(labels);
  for (const { tags } of datasets)
    for (const [tag, { first }] of tags)
      if (!known.has(tag)) throw labelUnknown(first.file, first.line, tag, labels);
}

/**
 * The factors on the losses of the labels. With factors by name, labels without one have 1. `balanced` gives
 * words / (number of tags in the training data · words with the label), as scikit-learn's
 * `class_weight="balanced"`; labels without words have 0.
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
