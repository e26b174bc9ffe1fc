import { stat } from "node:fs/promises";
import { join } from "node:path";
import { dataFilesAt } from "../../data/index.js";
import { nodeFs } from "../../files/index.js";
import { cacheHome } from "../../hub/index.js";
import type { Recipe } from "../../recipe/index.js";
import type { Tokenizer } from "../../tokenize/index.js";
import {
  type CacheEdge,
  type CacheSource,
  type WindowCache,
  windowCache,
} from "../examples/windowCache/index.js";
import { splitReadOptions } from "./readSplits.js";
import type { Sources } from "./sources.js";

/** From this number of bytes on, training data is read from the disk: a few hundred thousand sentences. */
const LARGE = 64 * 2 ** 20;

/**
 * Opens the training data of a run in the cache if the recipe wants that. Returns `undefined` if the data
 * should be in memory.
 *
 * @throws NeriumError as {@link windowCache}
 */
export async function openDatasetCache(
  recipe: Recipe,
  sources: Sources,
  tokenizer: Tokenizer,
  options: CacheSource["options"],
  { signal = new AbortController().signal, tell = () => {} }: Partial<Pick<CacheEdge, "signal" | "tell">>,
): Promise<WindowCache | undefined> {
  const { datasetCache, validationSplit, context, crf, caseAugmentation, teachers } = recipe;
  const { labelMap, maxTrainSamples } = recipe;
  // A validation split draws a share of each entity type, so it needs all sentences at once. So do documents
  // that are cut anew in every epoch. The cache does not store which words are neighbours, which a CRF and
  // teachers need, nor sentences in other cases.
  const held =
    validationSplit !== undefined ||
    context === "document" ||
    crf ||
    caseAugmentation !== false ||
    teachers !== undefined;
  if (datasetCache === "never" || held) return undefined;
  const files = sources.train.flatMap(dataFilesAt);
  if (datasetCache === "auto" && (await bytesOf(files)) < LARGE) return undefined;
  const source: CacheSource = {
    paths: sources.train,
    files,
    reading: splitReadOptions(recipe, sources.dataset?.labels),
    labelMap,
    maxSentences: maxTrainSamples,
    tokenizer,
    options,
  };
  return windowCache(source, { root: join(cacheHome(), "nerium", "windows"), fs: nodeFs, signal, tell });
}

async function bytesOf(files: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) bytes += (await stat(file)).size;
  return bytes;
}
