import type { Analysis } from "../../infer/index.js";

/** A text, where it comes from, and the entities found in it. */
export interface Prediction extends Analysis {
  /** The file that contains the text. */
  readonly file?: string;
  /** The line where the text begins, from 1, if it comes from a file or from standard input. */
  readonly line?: number;
  /** The words of a sentence, or the sentences of a document, of a data file. */
  readonly words?: readonly string[];
  readonly sentences?: readonly (readonly string[])[];
  /** Some word of its data file contains a space. */
  readonly spaced?: true;
  /** Number of the document in its data file. */
  readonly document?: number;
  /** The other fields of the text's record. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * Puts the fields of a record beside our own. A field of the record that has the name of one of ours is kept
 * under `input`.
 */
export function withFields(
  own: Readonly<Record<string, unknown>>,
  fields: Prediction["fields"] = {},
): object {
  const isTaken = (name: string) => own[name] !== undefined;
  const taken = Object.entries(fields).filter(([name]) => isTaken(name));
  if (taken.length === 0) return { ...own, ...fields };
  const free = Object.entries(fields).filter(([name]) => !isTaken(name) && name !== "input");
  const input = Object.hasOwn(fields, "input") ? [["input", fields.input] as const] : [];
  return { ...own, ...Object.fromEntries(free), input: Object.fromEntries([...taken, ...input]) };
}

/**
 * Formats predictions as text: what comes before the first one, each of them, and what comes after the last.
 */
export interface PredictionFormat {
  readonly head?: string;
  each(prediction: Prediction): string;
  tail?(): string;
}
