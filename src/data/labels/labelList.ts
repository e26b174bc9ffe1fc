import type { Sentence } from "../../text/sentence.js";
import type { DataFacts } from "./facts.js";

/**
 * All tags of some data sets, each once, in Python's order of strings (by code point), as run_ner.py sorts them. Tags that
 * only the validation set has are found too.
 */
export const labelList = (datasets: readonly Pick<DataFacts, "tags">[]): string[] =>
  sorted(new Set(datasets.flatMap(({ tags }) => [...tags.keys()])));

/** All tags of some sentences, each once, by code point. */
export function sortedTags(sentences: Iterable<Pick<Sentence, "tags">>): string[] {
  const labels = new Set<string>();
  for (const { tags } of sentences) for (const tag of tags) labels.add(tag);
  return sorted(labels);
}

const sorted = (labels: ReadonlySet<string>): string[] => [...labels].sort(byCodePoint);

/** Bytes of UTF-8 compare as code points do; UTF-16 units do not. */
export const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
