/** A part of a text: `text.slice(start, end)`, in UTF-16 units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** An entity of a text, in UTF-16 units. */
export interface Span extends TextRange {
  readonly type: string;
  /** Parts between `start` and `end` that do not belong to the entity, if it is discontinuous; in order. */
  readonly gaps?: readonly TextRange[];
  /** The text that the file gives for the span, if it differs from the text between `start` and `end`. */
  readonly claimed?: string;
}

/** A text and its entities. Entities may overlap, nest, be discontinuous or end inside a word. */
export interface TextDocument {
  readonly text: string;
  readonly spans: readonly Span[];
  /**
   * Line in the file, from 1: the line of the record or, if `linesOfText`, the line where the text begins.
   */
  readonly line: number;
  /** True if the lines of the text are lines of the file. */
  readonly linesOfText?: true;
  /** Its words, if the file has them. */
  readonly words?: readonly TextRange[];
  /** The text's identifier in the file. */
  readonly id?: string;
  /** The file, if it is one of a folder. */
  readonly file?: string;
}

/**
 * A text as it is in a file: offsets are in the file's unit, and each span has the text that the file gives
 * for it.
 */
export interface FiledDocument extends Omit<TextDocument, "spans" | "words"> {
  readonly spans: readonly (Omit<Span, "claimed"> & { readonly surface?: string })[];
  readonly words?: readonly (TextRange & { readonly surface?: string })[];
}
