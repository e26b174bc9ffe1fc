import type { LineBlock } from "../read/lines.js";
import type { ReadingChoices } from "../read/readingChoices.js";

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
  /** Its words, if it is a sentence of a data file; the text is then the words joined with spaces. */
  readonly words?: readonly string[];
  /** Its sentences, if it is a document of a data file; the text then has a line for each. */
  readonly sentences?: readonly (readonly string[])[];
  /** Some word of its data file contains a space. Only found out if {@link TextOptions.findSpaces} is set. */
  readonly spaced?: true;
  /** Number of the document that a sentence of a data file belongs to. */
  readonly document?: number;
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
  /** Bytes that arrive, to be read instead of `blocks` if they are data, which may be binary. */
  readonly bytes?: AsyncIterable<Uint8Array | string> | undefined;
}

export interface TextOptions {
  /** How to split plain text. */
  readonly per: TextPer;
  /** Defaults to what name and content say. */
  readonly format?: TextFormat | undefined;
  /** Where the texts are: a column by its number, counted from 0, or by its name, or the key of records. */
  readonly column?: number | string | undefined;
  /** How to read data files. */
  readonly reading?: ReadingChoices | undefined;
  /** Find out whether some word of a data file contains a space. */
  readonly findSpaces?: boolean | undefined;
  /** Read a data file document by document, if it says where they begin, instead of sentence by sentence. */
  readonly byDocument?: boolean | undefined;
  /** Called with a note about anything that was guessed. */
  readonly onNote?: ((note: string) => void) | undefined;
}
