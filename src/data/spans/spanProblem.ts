/**
 * What to do with spans that a format cannot hold: refuse all, cut words where spans begin and end, enlarge
 * spans to whole words, or drop them.
 */
export const SPAN_POLICIES = ["error", "split", "widen", "drop"] as const;
export type SpanPolicy = (typeof SPAN_POLICIES)[number];

export type SpanProblemKind =
  /** The span has only white space. */
  | "empty"
  /** The span begins before the text or ends after it. */
  | "outside"
  /** The text at this place is not the one that the file gives for the span. */
  | "other-text"
  | "discontinuous"
  /** The span begins or ends within a word. */
  | "within-word"
  /** The span overlaps a longer one, or an earlier one of the same length. */
  | "overlap";

/** A span that could not be kept as it is, and what was done about it. */
export interface SpanProblem {
  readonly kind: SpanProblemKind;
  readonly type: string;
  /** The text of the span. */
  readonly text: string;
  /** UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly file: string;
  readonly line: number;
  /** The document's name in the file. */
  readonly id?: string;
  /** `split`: the span stays as it is, because words were cut where it begins or ends. */
  readonly outcome: "refused" | "split" | "widened" | "dropped";
  /** The text after widening, the span that it overlaps, or the text that the file gives for it. */
  readonly other?: string;
}
