import { createHash } from "node:crypto";
import { dataFacts, labelList, relabelled, requireMapped, typesOf } from "../data/index.js";
import type { Recipe } from "../recipe/index.js";
import type { Dataset } from "../text/index.js";
import { ReadingMessages } from "../train/prepare/messages.js";
import { limited, readSplit } from "../train/prepare/readSplits.js";
import { askedRules } from "../train/prepare/runConfig.js";
import { localSources } from "../train/prepare/sources.js";

/** Training data as a recipe reads it, with its entity types renamed. */
export interface ReadData {
  readonly data: Dataset;
  /** All its tags, in the order of their ids; or those of the recipe. */
  readonly labels: readonly string[];
  /** sha256 of its words, tags and documents. */
  readonly sha256: string;
}

/**
 * Reads the training data of a recipe.
 *
 * @param say called with what reading says about the data
 * @throws NeriumError TRAIN_TAGS_MISSING, `DATA_…`
 */
export async function readTraining(recipe: Recipe, say: (line: string) => void): Promise<ReadData> {
  const reading = new ReadingMessages();
  const sources = localSources(recipe);
  const words = askedRules(recipe);
  const read = limited(
    await readSplit(sources.train, recipe, sources, { words, reading }),
    recipe.maxTrainSamples,
  );
  for (const { message } of reading.messages) say(message);
  const { labelMap } = recipe;
  if (labelMap !== undefined) requireMapped(labelMap, new Set(typesOf(read)));
  const data = labelMap === undefined ? read : relabelled(read, labelMap);
  return { data, labels: recipe.labels ?? labelList([dataFacts(data)]), sha256: hashOf(data) };
}

function hashOf({ sentences, scheme }: Dataset): string {
  const hash = createHash("sha256").update(scheme);
  for (const { words, tags, document } of sentences)
    hash.update(`${JSON.stringify([words, tags, document])}\n`);
  return hash.digest("hex");
}
