import { concatDatasets, type ReadOptions, readDataset, severalDocuments } from "../../data/index.js";
import type { Recipe } from "../../recipe/index.js";
import type { Dataset } from "../../text/index.js";
import { trainingTagsMissing } from "../errors.js";
import type { Sources } from "./sources.js";

/** Reads the sentences of a split, which may consist of several files. */
export async function readSplit(
  files: readonly string[],
  recipe: Recipe,
  sources: Sources,
): Promise<Dataset> {
  const read: Dataset[] = [];
  for (const file of files) read.push(await readFileTagged(file, recipe, sources));
  return concatDatasets(read);
}

/** The options for reading the files of a run. */
export function splitReadOptions(
  { labels, tokenColumn, tagColumn }: Recipe,
  listed: readonly string[] | undefined,
): Pick<ReadOptions, "tokenColumn" | "tagColumn" | "labels"> {
  const names = labels ?? listed;
  return {
    ...(tokenColumn === undefined ? {} : { tokenColumn }),
    ...(tagColumn === undefined ? {} : { tagColumn }),
    ...(names === undefined ? {} : { labels: names }),
  };
}

async function readFileTagged(file: string, recipe: Recipe, { dataset }: Sources): Promise<Dataset> {
  const data = await readDataset(file, splitReadOptions(recipe, dataset?.labels));
  if (data.sentences.some(({ tags, words }) => tags.length !== words.length)) throw trainingTagsMissing(file);
  return data;
}

/** True if a data set marks where documents begin. */
export const saysDocuments = (data: Dataset): boolean => severalDocuments(data.sentences);

/** The first sentences of a data set. */
export const limited = (data: Dataset, most: number | undefined): Dataset =>
  most === undefined ? data : { ...data, sentences: data.sentences.slice(0, most) };
