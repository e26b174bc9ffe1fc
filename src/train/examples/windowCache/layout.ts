import type { TagScheme } from "../../../text/index.js";
import type { CutCounts } from "../trainingData.js";

/** Files of a cache, besides their manifest. */
export const FACTS = "facts.json";
/** Records, see `record.ts`. */
export const WINDOWS = "windows.bin";
/** Where each record begins, and where the last one ends: float64. */
export const OFFSETS = "offsets.bin";
/** Hash and line of each sentence that is compared with others: two float64. */
export const KEYS = "keys.bin";

/** A place whose file is a number among the cache's files. */
interface CachePlace {
  readonly file: number;
  readonly line: number;
}

/** What `facts.json` says. */
export interface CacheFacts {
  /** As they were called when the cache was made. */
  readonly files: readonly string[];
  readonly scheme: TagScheme;
  readonly sentences: number;
  readonly windows: number;
  /** Tokens that decide a word's tag. */
  readonly labelled: number;
  /** In the order of their numbers. */
  readonly tags: readonly { readonly tag: string; readonly count: number; readonly first: CachePlace }[];
  /** Types of entities, by their names before the label map. */
  readonly types: readonly string[];
  readonly suspicious:
    | { readonly count: number; readonly names: readonly string[]; readonly first: CachePlace }
    | undefined;
  readonly cut: CutCounts;
  /** Ids of tokens, ascending. */
  readonly ids: readonly number[];
  readonly digests: { readonly data: string; readonly tokens: string };
}
