import { NO_TAG, type Sentence } from "../../text/sentence.js";
import type { TextDocument } from "../../text/textDocument.js";
import type { WritableFormat } from "../formats/format.js";
import { LeftOut } from "../read/leftOut.js";
import { again } from "../read/source.js";
import type { TextUnit } from "../spans/shapes.js";

/** Counts of the most recent iteration of the content to write. */
export interface WrittenCounts {
  written: number;
  entities: number;
  /** What was read, but is not written: the output has no place for it, or its tag is bad. */
  readonly unwritten: LeftOut;
}

export const noCounts = (): WrittenCounts => ({ written: 0, entities: 0, unwritten: new LeftOut() });

type Holds = WritableFormat["holds"];

/** Yields documents, and counts what a format cannot hold of them. */
export const countedDocuments = (
  documents: Iterable<TextDocument>,
  holds: Holds,
  unwritten: LeftOut,
): Iterable<TextDocument> =>
  again(function* () {
    unwritten.reset();
    for (const document of documents) {
      const { id, words } = document;
      if (id !== undefined && !(holds.shape === "texts" && holds.ids?.(id))) unwritten.field("id");
      if (words !== undefined && holds.shape === "texts") unwritten.field("tokens");
      yield document;
    }
  });

/**
 * Yields sentences, and counts what a format cannot hold of them.
 *
 * @param unit what a format of texts gets as one text
 */
export const countedSentences = (
  sentences: Iterable<Sentence>,
  holds: Holds,
  unit: TextUnit,
  unwritten: LeftOut,
): Iterable<Sentence> =>
  again(function* () {
    unwritten.reset();
    const isSpread = holds.shape === "texts";
    let document: number | undefined;
    for (const sentence of sentences) {
      const { words, tags } = sentence;
      if (isSpread || holds.uncounted === false)
        unwritten.detail(
          "word that does not count",
          tags.filter((tag) => tag === NO_TAG).length,
          "words that do not count",
        );
      if (isSpread && tags.length < words.length)
        unwritten.detail(
          "sentence without tags (as a text without entities)",
          1,
          "sentences without tags (as texts without entities)",
        );
      if (isSpread && unit === "sentence" && document !== undefined && document !== sentence.document)
        unwritten.detail("boundary between documents", 1, "boundaries between documents");
      ({ document } = sentence);
      yield sentence;
    }
  });
