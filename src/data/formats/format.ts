import type { Sentence } from "../../text/sentence.js";
import type { TextDocument } from "../../text/textDocument.js";
import type { LeftOut } from "../read/leftOut.js";
import type { Source } from "../read/source.js";
import type { OffsetChoice, OffsetUnit } from "../spans/offsetUnit.js";
import type { SpanPolicy, SpanProblem } from "../spans/spanProblem.js";

/**
 * What a file contains, in one of two shapes. Can be iterated several times: each time, text files are read
 * again, while Parquet, Arrow and DocBin files stay in memory.
 */
export type Content = WordsContent | TextsContent;

export interface WordsContent {
  readonly shape: "words";
  /** Tags are as in the file, in any scheme. */
  readonly sentences: Iterable<Sentence>;
}

export interface TextsContent {
  readonly shape: "texts";
  readonly documents: Iterable<TextDocument>;
  /**
   * What the offsets of the file count, and how that is known. `undefined` if the texts do not come from a
   * file.
   */
  readonly offsets?: OffsetChoice;
}

/** The beginning of a file, for recognising its format. */
export interface FileStart {
  /** Extension of the name, in lower case, including the dot. Empty if there is none, as for standard input. */
  readonly extension: string;
  /** The first 64 KiB. */
  readonly bytes: Uint8Array;
  /** The same as text, without a byte order mark. */
  readonly text: string;
  /** The first character that is not white space. Empty if there is none. */
  readonly first: string;
  /** Keys of the JSON objects in `text`, at any depth. */
  readonly keys: ReadonlySet<string>;
  /** The first JSON object, or the first one of an array. `undefined` if there is none, or if it is longer. */
  readonly record: Readonly<Record<string, unknown>> | undefined;
  /** True if there is a file with the same name and this extension beside it. */
  has(extension: string): boolean;
}

export interface FormatOptions {
  /** Column of the words: its number, counted from 0, or its name. */
  readonly tokenColumn?: number | string;
  /** Column of the tags: its number, counted from 0, or its name. */
  readonly tagColumn?: number | string;
  /** Delimiter between columns. */
  readonly delimiter?: string;
  /** Names of integer tags, in the order of the integers. */
  readonly labels?: readonly string[];
  /** Key of the texts in JSON. By default, this is detected. */
  readonly textKey?: string;
  /** What offsets count. By default, this is detected. */
  readonly offsets?: OffsetUnit;
  /** What to do with spans of words that overlap. Defaults to `error`. */
  readonly policy?: SpanPolicy;
  /**
   * Called for each span of words that cannot be kept as it is. Without it, such a span is an error if the
   * policy is `error`.
   */
  readonly onProblem?: (problem: SpanProblem) => void;
  /**
   * Called with a note about anything that is skipped, such as relations between entities. May be called
   * again with the same note.
   */
  readonly onNote?: (note: string) => void;
}

export interface WriteOptions {
  /** Delimiter to write between columns. */
  readonly delimiter?: string;
}

interface FormatFacts {
  /** The name that `--from` and `--to` accept. */
  readonly name: string;
  readonly title: string;
  /** The first one is used for written files. */
  readonly extensions: readonly string[];
  /** Every word is on a line of its own, and the line of a sentence is that of its first word. */
  readonly linesOfWords?: true;
  /** A file of 0 bytes is valid. */
  readonly mayBeEmpty?: true;
  /** Returns whether a file probably has this format. The formats are tried in the order of their list. */
  detect(start: FileStart): boolean;
  /**
   * @param leftOut counts what is not read, in each iteration of the content
   * @throws NeriumError `DATA_…` with file:line, also while the content is iterated
   */
  read(source: Source, options: FormatOptions, leftOut: LeftOut): Content | Promise<Content>;
}

/** A part of the output. `file` names the file that it belongs to, for formats that write a folder. */
export interface Written {
  readonly file?: string;
  readonly content: string | Uint8Array;
}

/** A format for words and tags. */
export interface WordsFormat extends FormatFacts {
  readonly holds: {
    readonly shape: "words";
    /** The format cannot mark words that do not count. */
    readonly uncounted?: false;
  };
  /** @param sentences have tags in IOB2, plain class labels, or no tags */
  write(sentences: Iterable<Sentence>, options: WriteOptions): Iterable<Written>;
}

/** A format for texts and spans. */
export interface TextsFormat extends FormatFacts {
  readonly holds: {
    readonly shape: "texts";
    readonly overlaps: boolean;
    readonly gaps: boolean;
    /** Returns whether a text can be written with this identifier. Without it, texts have none. */
    readonly ids?: (id: string) => boolean;
  };
  /** The format writes a folder of several files. */
  readonly folder?: true;
  write(documents: Iterable<TextDocument>, options: WriteOptions): Iterable<Written>;
}

/** A format that can be read and written. */
export type WritableFormat = WordsFormat | TextsFormat;

/** A format that is only read. */
export type ReadFormat = Omit<WordsFormat, "write"> | Omit<TextsFormat, "write" | "folder">;

/** A file format. Each is a file in `formats/` and an entry in the list of formats. */
export type Format = WritableFormat | ReadFormat;

export const isWritable = (format: Format): format is WritableFormat => "write" in format;
