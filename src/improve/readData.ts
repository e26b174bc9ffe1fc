import { createHash } from "node:crypto";
import { dataFacts, relabelled, requireMapped, typesOf } from "../data/index.js";
import type { Recipe } from "../recipe/index.js";
import type { Dataset } from "../text/index.js";
import { ReadingMessages } from "../train/prepare/messages.js";
import { limited, readSplit } from "../train/prepare/readSplits.js";
import { askedRules } from "../train/prepare/runConfig.js";
import { runLabels } from "../train/prepare/runLabels.js";
import { localSources } from "../train/prepare/sources.js";

/** Data as a recipe reads it, with its entity types renamed. */
export interface ReadData {
  readonly data: Dataset;
  /** All its tags, in the order of their ids; or those of the recipe. */
  readonly labels: readonly string[];
  /** sha256 of its words, tags and documents. */
  readonly sha256: string;
}

/**
 * Reads the training or validation data of a recipe.
 *
 * @param say called with what reading says about the data
 * @throws NeriumError TRAIN_TAGS_MISSING, TRAIN_LABEL_UNKNOWN, `DATA_…`
 */
export async function readData(
  recipe: Recipe,
  split: "train" | "validation",
  say: (line: string) => void,
): Promise<ReadData> {
  const reading = new ReadingMessages();
  const sources = localSources(recipe);
  const words = askedRules(recipe);
  const read = limited(
    await readSplit(sources[split], recipe, sources, { words, reading }),
    split === "train" ? recipe.maxTrainSamples : recipe.maxEvalSamples,
  );
  for (const { message } of reading.messages) say(message);
  const { labelMap } = recipe;
  if (labelMap !== undefined) requireMapped(labelMap, new Set(typesOf(read)));
  return described(labelMap === undefined ? read : relabelled(read, labelMap), recipe);
}

/**
 * Returns data with its labels and its hash.
 *
 * @throws NeriumError TRAIN_LABEL_UNKNOWN
 */
export const described = (data: Dataset, recipe: Recipe): ReadData => ({
  data,
  labels: runLabels(recipe, undefined, [dataFacts(data)]),
  sha256: hashOf(data),
});

function hashOf({ sentences, scheme }: Dataset): string {
  const hash = createHash("sha256").update(scheme);
  for (const { words, tags, document } of sentences)
    hash.update(`${JSON.stringify([words, tags, document])}\n`);
  return hash.digest("hex");
}
