import type { LineBlock } from "../read/lines.js";

/** How files and standard input are split into texts. */
export type TextPer = "line" | "paragraph" | "file";

/**
 * What a file of texts is: plain text, a table under a header, JSON records, or data with words or texts in any format
 * that `readDataset` reads.
 */
export const TEXT_FORMATS = ["text", "csv", "tsv", "jsonl", "json", "data"] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

/** A text to read, and where it comes from. */
export interface SourcedText {
  readonly text: string;
  /** Its words, if they are given; the text is then the words joined with spaces. */
  readonly words?: readonly string[];
  readonly file?: string;
  /** Line where the text or its record begins, from 1. */
  readonly line?: number;
  /** The other fields of its record. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Where texts come from: a file, or bytes that arrive. */
export interface TextSource {
  /** For messages. */
  readonly name: string;
  readonly file?: string;
  readonly blocks: Iterable<LineBlock> | AsyncIterable<LineBlock>;
}

export interface TextOptions {
  /** How to split plain text. */
  readonly per: TextPer;
  /** Defaults to what name and content say. */
  readonly format?: TextFormat | undefined;
  /** Where the texts are: a column by its number, counted from 0, or by its name, or the key of records. */
  readonly column?: number | string | undefined;
  /** Called with a note about anything that was guessed. */
  readonly onNote?: ((note: string) => void) | undefined;
}
