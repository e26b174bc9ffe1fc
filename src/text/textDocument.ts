/** A part of a text: `text.slice(start, end)`, in UTF-16 units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** An entity of a text, in UTF-16 units. */
export interface Span extends TextRange {
  readonly type: string;
  /** Parts between `start` and `end` that do not belong to a discontinuous entity, in order. */
  readonly gaps?: readonly TextRange[];
  /** What the file says that the text of the span is, where the text there is another. */
  readonly claimed?: string;
}

/** A text and its entities, which may overlap, nest, be discontinuous and end within words. */
export interface TextDocument {
  readonly text: string;
  readonly spans: readonly Span[];
  /** Line in the file, from 1: the record's, or where the text begins if `linesOfText`. */
  readonly line: number;
  /** The text's lines are lines of the file. */
  readonly linesOfText?: true;
  /** Its name in the file. */
  readonly id?: string;
  /** The file, where it is one of a folder. */
  readonly file?: string;
}

/** A text as a file has it: offsets in the file's unit, with the text that it gives for each. */
export interface FiledDocument extends Omit<TextDocument, "spans"> {
  readonly spans: readonly (Omit<Span, "claimed"> & { readonly surface?: string })[];
}
