/**
 * The limits on what Nerium reads from others, in one place. They are far above what models and data sets need;
 * docs/limits.md explains them.
 */
export const limits = {
  /** Bytes of a file that is read as a whole: configurations, tokenizers, recipes, model cards, states. */
  wholeFileBytes: 256 * 2 ** 20,
  /** UTF-16 units of a text in which entities are found. */
  textUnits: 2 ** 24,
  /** UTF-16 units of a span's text in a report about it. */
  quotedUnits: 200,
  /** UTF-16 units that the spans of one text cover, counted again for each span that covers them. */
  coveredUnits: 2 ** 26,
  /** UTF-16 units of one record of JSON or one row of CSV. */
  recordUnits: 2 ** 27,
  /** Lists and objects of JSON inside each other. */
  jsonDepth: 1000,
  /** Columns of a line. */
  columns: 10_000,
  /** Words of a sentence in columns. */
  sentenceWords: 2 ** 22,
  /** Text in the words of a table: this many UTF-16 units, and so many more for each byte of its file. */
  tableUnits: 2 ** 26,
  tableUnitsPerByte: 200,
  /** The pickle of a weight file: its bytes, its operations, and the bytes of one text in it. */
  pickleBytes: 32 * 2 ** 20,
  pickleSteps: 500_000,
  pickleTextBytes: 10_000,
  /** The directory of a zip archive of weights: its bytes and its entries. */
  directoryBytes: 32 * 2 ** 20,
  directoryEntries: 50_000,
  /** Labels of a model. */
  labels: 100_000,
  /** The normalization table of a tokenizer, in bytes; pieces of a SentencePiece model, and bytes of its settings. */
  charsmapBytes: 4 * 2 ** 20,
  pieces: 2 ** 21,
  pieceSettingsBytes: 16 * 2 ** 20,
  /** UTF-16 units of a token: the native library goes as deep into itself as a token is long. */
  tokenUnits: 10_000,
  /** Threads to compute with, and draws of a bootstrap. */
  threads: 1024,
  draws: 1_000_000,
  /** Epochs of a run. */
  epochs: 100_000,
  /** Answers of the hub that are not files: decompressed bytes, bytes of an error, and milliseconds. */
  answerBytes: 64 * 2 ** 20,
  refusalBytes: 64 * 2 ** 10,
  answerTime: 120_000,
  /** A download brings at least so many bytes in so many milliseconds. */
  slowBytes: 64 * 2 ** 10,
  slowTime: 120_000,
  /** The listing of a repository: pages, files, UTF-16 units of a path, and milliseconds. */
  listingPages: 200,
  listingFiles: 100_000,
  listingPathUnits: 1000,
  listingTime: 10 * 60_000,
} as const;
