import { type Dataset, relabelled, withoutShare } from "../data/index.js";
import { fieldsConflict } from "./recipe/errors.js";
import type { Recipe } from "./recipe.js";

/** The data sets of a run. */
export interface Datasets {
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  readonly test: Dataset | undefined;
}

/**
 * Data sets as the recipe wants them: entity types renamed, and a share of the training data set aside for validation.
 *
 * @throws NeriumError DATA_LABEL_MAP_UNKNOWN, DATA_SPLIT_TOO_SMALL, RECIPE_FIELDS_CONFLICT
 */
export function arranged(
  read: Datasets,
  {
    labelMap,
    validationSplit,
    seed,
    maxEvalSamples,
  }: Pick<Recipe, "labelMap" | "validationSplit" | "seed" | "maxEvalSamples">,
): Datasets {
  const { train, validation, test } = labelMap === undefined ? read : renamed(read, labelMap);
  if (validationSplit === undefined) return { train, validation, test };
  if (validation !== undefined)
    throw fieldsConflict(
      "validation_split",
      `validation_split is given, and there is validation data: ${validation.file}`,
      "drop one of them",
    );
  const { rest, taken } = withoutShare(train, validationSplit, seed);
  return { train: rest, validation: { ...taken, sentences: taken.sentences.slice(0, maxEvalSamples) }, test };
}

function renamed({ train, validation, test }: Datasets, map: NonNullable<Recipe["labelMap"]>): Datasets {
  const present = [train, validation, test].filter((data) => data !== undefined);
  const after = new Map(relabelled(present, map).map((data, index) => [present[index], data]));
  return { train: after.get(train)!, validation: after.get(validation), test: after.get(test) };
}
