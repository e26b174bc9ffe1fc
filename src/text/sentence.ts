/** One sentence of a data set: its words and, if the data has them, one tag per word. */
export interface Sentence {
  readonly words: readonly string[];
  /**
   * One tag per word, in the scheme of the data set (`B-PER`, `O` …), or `NO_TAG`. Empty if the data has
   * no tags.
   */
  readonly tags: readonly string[];
  /** Number of the document that contains the sentence, counted from 0 within the data set. */
  readonly document: number;
  /**
   * Line of the first word in its file, from 1. For files of records, the line of the record; for tables, the
   * row.
   */
  readonly line: number;
  /** The file, if it differs from the data set's: a file of a folder. */
  readonly file?: string;
}

/**
 * The tag of a word that does not count: it is neither trained on nor scored. Hugging Face's examples write it
 * as the label −100.
 */
export const NO_TAG = "-100";

/** How tags mark where an entity begins and ends. */
export type TagScheme = "IOB1" | "IOB2" | "IOBES" | "BILOU" | "IO";

/** The sentences of one file or folder, in file order. */
export interface Dataset {
  readonly file: string;
  readonly sentences: readonly Sentence[];
  /** The scheme that the tags are in after reading. */
  readonly scheme: TagScheme;
}
