/**
 * How sure a finding is. `checked` has a check digit or was parsed as a whole; `model` comes from the model;
 * `unchecked` only looks like what it may be.
 */
export type Certainty = "checked" | "model" | "unchecked";

/** Something sensitive in a text. */
export interface Finding {
  /** What it is, such as `PERSON` or `CREDIT_CARD`. */
  readonly type: string;
  /** Where it is, in UTF-16 units: `text.slice(start, end)`. */
  readonly start: number;
  readonly end: number;
  /** How probable it is, from 0 to 1. */
  readonly score: number;
  readonly certainty: Certainty;
  /** What found it: `model`, or the name of a recogniser. */
  readonly recogniser: string;
  /** The same for all spellings of one value: `+49 30 123456` and `+4930123456`. Defaults to the text itself. */
  readonly value?: string | undefined;
}

/** Finds one kind of sensitive text. */
export interface Recogniser {
  readonly name: string;
  readonly types: readonly string[];
  /** @param context words that belong to the text, such as the name of its column */
  find(text: string, context: string): Iterable<Finding>;
}
