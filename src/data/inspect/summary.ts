import type { Dataset } from "../../text/sentence.js";
import { toScheme } from "../../text/tagSchemes.js";
import type { DataFacts } from "../labels/facts.js";
import { taggedRanges } from "../spans/shapes.js";
import { type LengthSummary, Lengths } from "./lengths.js";
import type { ComparedData, SentenceKey } from "./warnings.js";

/** What a data set contains. */
export interface DataSummary {
  readonly sentences: number;
  readonly words: number;
  /** Absent if the data was not read as a whole. */
  readonly documents?: number;
  readonly entities?: Readonly<Record<string, number>>;
  readonly lengths?: LengthSummary;
}

/** Counts what is in a data set in memory. */
export function dataSummary({ sentences, scheme }: Pick<Dataset, "sentences" | "scheme">): DataSummary {
  const lengths = new Lengths();
  const documents = new Set<number>();
  const entities = new Map<string, number>();
  let total = 0;
  for (const { words, tags, document } of sentences) {
    total += words.length;
    lengths.add(words.length);
    documents.add(document);
    for (const { type } of taggedRanges(toScheme(tags, scheme, "IOB2")))
      entities.set(type, (entities.get(type) ?? 0) + 1);
  }
  return {
    sentences: sentences.length,
    words: total,
    documents: documents.size,
    entities: Object.fromEntries(entities),
    lengths: lengths.summary(),
  };
}

/** Returns what the facts of a data set that is too large for memory say about it. */
export function factsSummary({ sentences, tags }: Pick<DataFacts, "sentences" | "tags">): DataSummary {
  return { sentences, words: [...tags.values()].reduce((sum, { count }) => sum + count, 0) };
}

/** Returns how many sentences repeat an earlier one. Short sentences are not compared. */
export function repeatedSentences(keys: Iterable<SentenceKey>): number {
  const seen = new Set<number>();
  let repeated = 0;
  for (const { hash } of keys) {
    if (seen.has(hash)) repeated++;
    seen.add(hash);
  }
  return repeated;
}

/** Returns how many sentences of a data set also occur in the training data. Only the former take up memory. */
export function leakedSentences(
  train: Pick<ComparedData, "keys">,
  evaluated: Pick<ComparedData, "keys">,
): number {
  const isLeaked = new Map<number, boolean>();
  for (const { hash } of evaluated.keys()) isLeaked.set(hash, false);
  for (const { hash } of train.keys()) if (isLeaked.has(hash)) isLeaked.set(hash, true);
  let leaked = 0;
  for (const { hash } of evaluated.keys()) if (isLeaked.get(hash)) leaked++;
  return leaked;
}
