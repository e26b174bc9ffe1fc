import { NO_TAG } from "../text/sentence.js";

type Tags = readonly (readonly string[])[];

/**
 * Leaves out the words whose gold tag is `NO_TAG`, as run_ner.py leaves out labels of −100. Their
 * neighbours become adjacent.
 */
export function countedWords(gold: Tags, predicted: Tags): { readonly gold: Tags; readonly predicted: Tags } {
  if (!gold.some((tags) => tags.includes(NO_TAG))) return { gold, predicted };
  const counts = gold.map((tags) => tags.map((tag) => tag !== NO_TAG));
  const kept = (list: Tags): Tags =>
    list.map((tags, sentence) => tags.filter((_, word) => counts[sentence]![word]));
  return { gold: kept(gold), predicted: kept(predicted) };
}

/** Returns the indices of the words of a sentence that count. */
export const countedIndices = (gold: readonly string[]): number[] =>
  gold.flatMap((tag, word) => (tag === NO_TAG ? [] : [word]));
