import { byCodePoint } from "../../text/codePoints.js";
import { NO_TAG, type Sentence } from "../../text/sentence.js";
import type { DataFacts } from "./facts.js";

/**
 * Returns all tags of some data sets without repetitions, in the order of Python strings (by code point), as
 * run_ner.py sorts them. Includes tags that only occur in the validation set.
 */
export const labelList = (datasets: readonly Pick<DataFacts, "tags">[]): string[] =>
  sorted(new Set(datasets.flatMap(({ tags }) => [...tags.keys()])));

/** Returns all tags of sentences without repetitions, ordered by code point. */
export function sortedTags(sentences: Iterable<Pick<Sentence, "tags">>): string[] {
  const labels = new Set<string>();
  for (const { tags } of sentences) for (const tag of tags) if (tag !== NO_TAG) labels.add(tag);
  return sorted(labels);
}

const sorted = (labels: ReadonlySet<string>): string[] => [...labels].sort(byCodePoint);
