import type { Sentence, TagScheme } from "../../text/sentence.js";
import { SchemeRecogniser, toScheme } from "../../text/tagSchemes.js";
import { inBatches } from "./batches.js";
import { type OpenOptions, openPath } from "./open.js";
import { again } from "./source.js";

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
  options: OpenOptions,
  onTurn: (sentences: number) => void,
): Promise<OpenWords | undefined> {
  const { content } = await openPath(path, options);
  if (content.shape === "texts") return undefined;
  const { sentences } = content;
  const recogniser = new SchemeRecogniser();
  let done = 0;
  for await (const batch of inBatches(sentences)) {
    for (const { tags } of batch) recogniser.add(tags);
    done += batch.length;
    onTurn(done);
  }
  const { scheme } = recogniser;
  if (scheme === "IO" || scheme === "IOB2") return { sentences, scheme };
  return {
    sentences: again(function* () {
      for (const sentence of sentences) yield { ...sentence, tags: toScheme(sentence.tags, scheme, "IOB2") };
    }),
    scheme: "IOB2",
  };
}
