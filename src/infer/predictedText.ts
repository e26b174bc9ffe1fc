import { escaped } from "../shown.js";
import type { Analysis } from "./analysis.js";

/** A text, where it comes from, and the entities found in it. */
export interface PredictedText extends Analysis {
  /** The file that contains the text. */
  readonly file?: string | undefined;
  /** The line where the text begins, from 1, if it comes from a file or from standard input. */
  readonly line?: number | undefined;
  /** The row of a table without lines, from 0. */
  readonly row?: number | undefined;
  /** The words of a sentence, or the sentences of a document, of a data file. */
  readonly words?: readonly string[] | undefined;
  readonly sentences?: readonly (readonly string[])[] | undefined;
  /** Number of the document in its data file. */
  readonly document?: number | undefined;
  /** Why there are no entities. */
  readonly error?: string | undefined;
  /** The other fields of the text's record. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Returns a text and its entities as one line of JSON, without a line break.
 *
 * @param reserved as for {@link withFields}
 */
export function predictedLine(predicted: PredictedText, reserved: readonly string[] = []): string {
  const { file, line, row, text, words, sentences, document, entities, fields, ...facts } = predicted;
  const own = { file, line, row, text, words, sentences, document, entities, ...facts };
  return escaped(JSON.stringify(withFields(own, fields, reserved)));
}

/**
 * Puts the fields of a record beside our own. A field of the record that has the name of one of ours is kept
 * under `input`.
 *
 * @param reserved names that are ours even where we have no value
 */
export function withFields(
  own: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, unknown>> = {},
  reserved: readonly string[] = [],
): object {
  const isTaken = (name: string) => own[name] !== undefined || reserved.includes(name);
  const taken = Object.entries(fields).filter(([name]) => isTaken(name));
  if (taken.length === 0) return { ...own, ...fields };
  const free = Object.entries(fields).filter(([name]) => !isTaken(name) && name !== "input");
  const input = Object.hasOwn(fields, "input") ? [["input", fields.input] as const] : [];
  return { ...own, ...Object.fromEntries(free), input: Object.fromEntries([...taken, ...input]) };
}
