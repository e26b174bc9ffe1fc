import { concatDatasets, type ReadingChoices, readDataset, readingChoices } from "../../data/index.js";
import type { Recipe } from "../../recipe/index.js";
import type { Dataset, WordRules } from "../../text/index.js";
import { trainingTagsMissing } from "../errors.js";
import type { ReadingMessages } from "./messages.js";
import type { Sources } from "./sources.js";

/** How to split texts into words, and whom to tell what was guessed. */
export interface SplitReading {
  readonly words: Partial<WordRules>;
  readonly reading: ReadingMessages;
}

/** Reads the sentences of a split, which may consist of several files. */
export async function readSplit(
  files: readonly string[],
  recipe: Recipe,
  sources: Sources,
  how: SplitReading,
): Promise<Dataset> {
  const read: Dataset[] = [];
  for (const file of files) read.push(await readFileTagged(file, recipe, sources, how));
  return concatDatasets(read);
}

/** The options for reading the files of a run. */
export const splitReadOptions = (recipe: Recipe, listed: readonly string[] | undefined): ReadingChoices =>
  readingChoices({ ...recipe, format: recipe.dataFormat, labels: recipe.labels ?? listed });

async function readFileTagged(
  file: string,
  recipe: Recipe,
  { dataset }: Sources,
  { words, reading: { onNote, onProblem } }: SplitReading,
): Promise<Dataset> {
  const data = await readDataset(file, {
    ...splitReadOptions(recipe, dataset?.labels),
    words,
    onNote,
    onProblem,
  });
  if (data.sentences.some(({ tags, words }) => tags.length !== words.length)) throw trainingTagsMissing(file);
  return data;
}

/** The first sentences of a data set. */
export const limited = (data: Dataset, most: number | undefined): Dataset =>
  most === undefined ? data : { ...data, sentences: data.sentences.slice(0, most) };
