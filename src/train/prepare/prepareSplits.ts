import { relabelled, requireMapped, typesOf, withoutShare } from "../../data/index.js";
import { fieldsConflict } from "../../recipe/errors.js";
import type { Recipe } from "../../recipe/index.js";
import type { Dataset } from "../../text/index.js";

/** The data sets of a run that are in memory. `train` is `undefined` if the training data is in the cache. */
export interface Datasets {
  readonly train: Dataset | undefined;
  readonly validation: Dataset | undefined;
  readonly test: Dataset | undefined;
}

/**
 * Renames entity types and splits off validation data, as the recipe asks.
 *
 * @param cachedTypes entity types of the cached training data, before renaming; the cache contains renamed
 *   tags
 * @throws NeriumError DATA_LABEL_MAP_UNKNOWN, DATA_SPLIT_TOO_SMALL, RECIPE_FIELDS_CONFLICT
 */
export function preparedSplits(
  read: Datasets,
  {
    labelMap,
    validationSplit,
    seed,
    maxEvalSamples,
  }: Pick<Recipe, "labelMap" | "validationSplit" | "seed" | "maxEvalSamples">,
  cachedTypes: ReadonlySet<string> = new Set(),
): Datasets {
  const { train, validation, test } = labelMap === undefined ? read : renamed(read, labelMap, cachedTypes);
  if (validationSplit === undefined || train === undefined) return { train, validation, test };
  if (validation !== undefined)
    throw fieldsConflict(
      "validation_split",
      `validation_split is set, but there is validation data already: ${validation.file}`,
      "Remove validation_split, or use another dataset.",
    );
  const { rest, taken } = withoutShare(train, validationSplit, seed);
  return { train: rest, validation: { ...taken, sentences: taken.sentences.slice(0, maxEvalSamples) }, test };
}

function renamed(
  { train, validation, test }: Datasets,
  map: NonNullable<Recipe["labelMap"]>,
  cachedTypes: ReadonlySet<string>,
): Datasets {
  const types = [train, validation, test].map((data) => (data === undefined ? cachedTypes : typesOf(data)));
  requireMapped(map, new Set(types.flatMap((each) => [...each])));
  const after = (data: Dataset | undefined) => data && relabelled(data, map);
  return { train: after(train), validation: after(validation), test: after(test) };
}
