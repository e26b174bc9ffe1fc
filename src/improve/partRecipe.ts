import type { RawRecipe } from "../recipe/index.js";
import type { TagScheme } from "../text/index.js";
import { OF_DATA, OF_EVALUATION, OF_READING } from "./fields.js";
import { changedRecipe } from "./runs.js";

/**
 * The recipe of a run that trains on a part of the data, which Nerium has written as JSON Lines. After a kill, the run continues with
 * the epoch that it was in.
 *
 * @param own the files of the run, and other fields
 */
export const partRecipe = (
  {
    recipe,
    labels,
    scheme,
  }: { readonly recipe: RawRecipe; readonly labels: readonly string[]; readonly scheme: TagScheme },
  own: { readonly train: string; readonly output: string; readonly test?: string; readonly seed?: number },
): RawRecipe =>
  changedRecipe(recipe, [...OF_DATA, ...OF_READING, ...OF_EVALUATION], {
    ...own,
    ...{ labels, dataFormat: "jsonl", tagScheme: scheme, saveStrategy: "epoch", saveTotalLimit: 1 },
  });
