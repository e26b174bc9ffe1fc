import { extname } from "node:path";
import type { LabelMap, ReadingChoices } from "../../../data/index.js";
import { sha256, sha256OfFile } from "../../../files/index.js";
import type { WindowOptions } from "../../../tasks/tokenClassification/index.js";
import type { Tokenizer } from "../../../tokenize/index.js";
import { versions } from "../../../versions.js";

/** Everything that cached windows depend on. */
export interface CacheSource {
  /** The paths in the recipe: files or folders. */
  readonly paths: readonly string[];
  /** The files, in the order in which they are read. */
  readonly files: readonly string[];
  readonly reading: ReadingChoices;
  readonly labelMap: LabelMap | undefined;
  readonly maxSentences: number | undefined;
  readonly tokenizer: Tokenizer;
  readonly options: Required<Pick<WindowOptions, "maxLength" | "longSentences" | "overlap">>;
}

/** Increase it when the layout of the cache files changes. */
const VERSION = 4;

/**
 * The key of a source's windows. It is the same for the same contents, tokenizer and settings, wherever the
 * files are.
 */
export async function cacheKey(source: CacheSource): Promise<string> {
  const { files, reading, labelMap, maxSentences, tokenizer, options } = source;
  const contents: string[][] = [];
  // The extension may decide the format.
  for (const file of files) contents.push([extname(file).toLowerCase(), await sha256OfFile(file)]);
  const made = [VERSION, versions().nerium, contents, reading, labelMap, maxSentences, options];
  return sha256(JSON.stringify([...made, tokenizer.digest()])).slice(0, 32);
}
