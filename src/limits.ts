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
  /** Threads to compute with, and draws of a bootstrap. */
  threads: 1024,
  draws: 1_000_000,
  /** Epochs of a run. */
  epochs: 100_000,
  /** Answers of the hub that are not files: decompressed bytes, bytes of an error, and milliseconds. */
  answerBytes: 64 * 2 ** 20,
  refusalBytes: 64 * 2 ** 10,
  answerTime: 120_000,
  /** Pages and files in the listing of a repository. */
  listingPages: 200,
  listingFiles: 100_000,
} as const;
