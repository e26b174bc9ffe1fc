import type { Dataset, Sentence } from "../../text/sentence.js";

/**
 * Joins data sets into one. Document numbers continue from one to the next, and each sentence gets its file.
 */
export function concatDatasets(parts: readonly Dataset[]): Dataset {
  if (parts.length === 1) return parts[0]!;
  const sentences: Sentence[] = [];
  for (const { file, sentences: own } of parts) {
    const before = (sentences.at(-1)?.document ?? -1) + 1;
    for (const sentence of own) sentences.push({ file, ...sentence, document: before + sentence.document });
  }
  const schemes = new Set(parts.map(({ scheme }) => scheme));
  return { file: parts[0]!.file, sentences, scheme: schemes.has("IOB2") ? "IOB2" : parts[0]!.scheme };
}
