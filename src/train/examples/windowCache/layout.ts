import type { DataSummary } from "../../../data/index.js";
import type { TagScheme, WordRules } from "../../../text/index.js";
import type { CutCounts } from "../trainingData.js";

/** Files of a cache, besides the manifest. */
export const FACTS = "facts.json";
/** Records, see `record.ts`. */
export const WINDOWS = "windows.bin";
/** Where each record begins, and where the last one ends: float64. */
export const OFFSETS = "offsets.bin";
/** Hash and line of each sentence that is compared with other data: two float64. */
export const KEYS = "keys.bin";

/** A place in a file, which is given by its number in the cache's list of files. */
interface CachePlace {
  readonly file: number;
  readonly line: number;
}

/** The contents of `facts.json`. */
export interface CacheFacts {
  /** The names of the files when the cache was made. */
  readonly files: readonly string[];
  readonly scheme: TagScheme;
  /** What was said about the data when it was read. */
  readonly notes: readonly string[];
  readonly sentences: number;
  readonly windows: number;
  /** Number of tokens that decide a word's tag. */
  readonly labelled: number;
  /** In the order of the tag numbers. */
  readonly tags: readonly { readonly tag: string; readonly count: number; readonly first: CachePlace }[];
  /** Entity types, by their names before the label map. */
  readonly types: readonly string[];
  readonly suspicious:
    | { readonly count: number; readonly names: readonly string[]; readonly first: CachePlace }
    | undefined;
  /** What a model card says about the data. */
  readonly summary: DataSummary;
  /** How the words were split. */
  readonly words: WordRules;
  readonly cut: CutCounts;
  /** Ids of all tokens, in ascending order. */
  readonly ids: readonly number[];
  readonly digests: { readonly data: string; readonly tokens: string };
}
