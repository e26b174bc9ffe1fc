import type { Sentence } from "../../text/sentence.js";
import type { TextDocument } from "../../text/textDocument.js";
import type { FormatOptions } from "../formats/format.js";
import type { OffsetChoice } from "../spans/offsetUnit.js";
import type { Splice } from "./splice.js";

/** A file to edit. */
export interface EditedText {
  readonly file: string;
  readonly text: string;
  readonly options: FormatOptions;
}

/** New tags for some words of a sentence. */
export interface WordsEdit extends EditedText {
  /** All sentences of the file, with the tags as they are in it. */
  readonly sentences: readonly Sentence[];
  /** Index of the sentence to change. */
  readonly index: number;
  /** The new tags, by the index of their word, as they are to be written. */
  readonly tags: ReadonlyMap<number, string>;
}

/** An entity of a text, in UTF-16 units. */
export interface EditedSpan {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Entities to remove from a text and to add to it. */
export interface SpansEdit extends EditedText {
  readonly documents: readonly TextDocument[];
  readonly index: number;
  readonly offsets: OffsetChoice | undefined;
  readonly removed: readonly EditedSpan[];
  readonly added: readonly EditedSpan[];
}

/** What to replace in a file of texts. */
export interface SpansEdited {
  readonly splices: readonly Splice[];
  /** Number of relations that are removed, because one of their entities is. */
  readonly relations: number;
}

/** Returns what to replace in a file; `undefined` if the place is not found. */
export type Editor<Edit, Edited> = (edit: Edit) => Edited | undefined;
