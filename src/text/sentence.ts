/** One sentence of a data set: words and, where the data has them, one tag a word. */
export interface Sentence {
  readonly words: readonly string[];
  /** One tag a word, in the scheme of the data set (`B-PER`, `O` …); empty where the data has no tags. */
  readonly tags: readonly string[];
  /** Number of the document that the sentence stands in, from 0, within its data set. */
  readonly document: number;
  /** Line of the first word in its file, from 1; in files of records the record's, in tables the row. */
  readonly line: number;
  /** The file, where it is another than the data set's: one of a folder. */
  readonly file?: string;
}

/** How tags mark where an entity begins and ends. */
export type TagScheme = "IOB1" | "IOB2" | "IOBES" | "BILOU" | "IO";

/** The sentences of one file or folder, in file order. */
export interface Dataset {
  readonly file: string;
  readonly sentences: readonly Sentence[];
  /** The scheme that the tags are in after reading. */
  readonly scheme: TagScheme;
}
