import type { Sentence } from "../../text/sentence.js";
import type { TextDocument } from "../../text/textDocument.js";
import type { Source } from "../read/source.js";
import type { OffsetChoice, OffsetUnit } from "../spans/offsets.js";

/** What a file holds, in one of two shapes. Can be gone through several times; large files are read anew each time. */
export type Content = WordsContent | TextsContent;

export interface WordsContent {
  readonly shape: "words";
  /** Tags as the file has them, in any scheme. */
  readonly sentences: Iterable<Sentence>;
}

export interface TextsContent {
  readonly shape: "texts";
  readonly documents: Iterable<TextDocument>;
  /** What the file's offsets count, and why that was concluded; undefined for texts that come from no file. */
  readonly offsets?: OffsetChoice;
}

/** The beginning of a file, for recognising its format. */
export interface FileStart {
  /** Of the name, in lower case, with its point; empty where there is none. */
  readonly extension: string;
  /** The first 64 KiB, without a byte order mark. */
  readonly text: string;
  /** The first character that is no white space; empty where there is none. */
  readonly first: string;
  /** Keys of the JSON objects in `text`, at any depth. */
  readonly keys: ReadonlySet<string>;
  /** The file of the same name with another extension is beside it. */
  has(extension: string): boolean;
}

export interface FormatOptions {
  /** Where the words stand: a column number from 0, or a name. */
  readonly tokenColumn?: number | string;
  /** Where the tags stand. */
  readonly tagColumn?: number | string;
  /** What stands between columns. */
  readonly delimiter?: string;
  /** Names of integer tags, in the order of the integers. */
  readonly labels?: readonly string[];
  /** What offsets count. Default: found out. */
  readonly offsets?: OffsetUnit;
  /** Told what is passed over, such as relations between entities. May be told the same again. */
  readonly onNote?: (note: string) => void;
}

export interface WriteOptions {
  /** What to put between columns. */
  readonly delimiter?: string;
}

interface FormatFacts {
  /** As `--from` and `--to` take it. */
  readonly name: string;
  readonly title: string;
  /** The first one is that of files that are written. */
  readonly extensions: readonly string[];
  /** Every word has a line of its own, and a sentence's line is that of its first word. */
  readonly linesOfWords?: true;
  /** A file without a byte says something too. */
  readonly mayBeEmpty?: true;
  /** Whether a file is probably of this format. Formats are asked in the order of the list. */
  detect(start: FileStart): boolean;
  /** @throws NeriumError `DATA_…` at file:line; also while the content is gone through */
  read(source: Source, options: FormatOptions): Content | Promise<Content>;
}

/** A piece of a written file; `file` names it in formats that write a folder. */
export interface Written {
  readonly file?: string;
  readonly content: string | Uint8Array;
}

/** A format whose files hold words and tags. */
export interface WordsFormat extends FormatFacts {
  readonly holds: { readonly shape: "words" };
  /** @param sentences with tags in IOB2 or plain class labels, or without any */
  write(sentences: Iterable<Sentence>, options: WriteOptions): Iterable<Written>;
}

/** A format whose files hold texts and spans. */
export interface TextsFormat extends FormatFacts {
  readonly holds: { readonly shape: "texts"; readonly overlaps: boolean; readonly gaps: boolean };
  /** True: writes a folder of several files. */
  readonly folder?: true;
  write(documents: Iterable<TextDocument>, options: WriteOptions): Iterable<Written>;
}

/** A file format: one file of `formats/`, and a line in its list. */
export type Format = WordsFormat | TextsFormat;
