import type { Dataset } from "./sentence.js";

/**
 * All tags of some data sets, each once, in Python's order of strings (by code point), as run_ner.py sorts them. Tags that
 * only the validation set has are found too.
 */
export function labelList(datasets: readonly Dataset[]): string[] {
  const labels = new Set<string>();
  for (const { sentences } of datasets)
    for (const { tags } of sentences) for (const tag of tags) labels.add(tag);
  // Bytes of UTF-8 compare as code points do; UTF-16 units do not.
  return [...labels]
    .map((label) => ({ label, bytes: Buffer.from(label) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ label }) => label);
}
