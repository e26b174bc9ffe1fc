import type { Sentence, TagScheme } from "../../text/sentence.js";
import { readCounted, type TagOptions } from "../tags/readTags.js";
import { TagCounts } from "../tags/tagCounts.js";
import { inBatches } from "./batches.js";
import { type OpenOptions, openPath } from "./open.js";

/** A data set that is read while it is iterated. */
export interface OpenWords {
  /** Each iteration reads text files again. Parquet, Arrow and DocBin files stay in memory. */
  readonly sentences: Iterable<Sentence>;
  /** The scheme of the tags. */
  readonly scheme: TagScheme;
}

/**
 * Reads words and tags as `readDataset` does, without holding the sentences in memory. Reads the files once
 * to detect the scheme of the tags. Returns `undefined` for texts with spans.
 *
 * @param onTurn called after each batch with the number of sentences read so far
 * @throws NeriumError as readDataset, and what `onTurn` throws
 */
export async function openWords(
  path: string,
  { badTags = "error", ...options }: OpenOptions & TagOptions,
  onTurn: (sentences: number) => void,
): Promise<OpenWords | undefined> {
  const { content, format } = await openPath(path, options);
  if (content.shape === "texts") return undefined;
  const { sentences } = content;
  const counts = new TagCounts(path, { ...options, linesOfWords: format.linesOfWords ?? false });
  let done = 0;
  for await (const batch of inBatches(sentences)) {
    for (const sentence of batch) counts.add(sentence);
    done += batch.length;
    onTurn(done);
  }
  return readCounted(counts, sentences, { ...options, badTags });
}
