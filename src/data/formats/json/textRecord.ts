import type { FiledDocument } from "../../../text/textDocument.js";
import { jsonShape } from "../../errors.js";
import { isRecord, type JsonRecord, kindOf } from "./jsonRecords.js";

type Json = Readonly<Record<string, unknown>>;
type FiledSpan = FiledDocument["spans"][number];

const START = ["start", "start_offset", "startOffset", "begin"];
const END = ["end", "end_offset", "endOffset"];
const TYPE = ["label", "type", "entity_type", "entity", "tag", "entityLabel", "displayName"];

const REMEDY = 'Give each text as {"text": "…", "spans": [{"start": 0, "end": 3, "label": "PER"}]}.';

/** How to read spans. */
export interface SpanReading {
  readonly remedy?: string;
  /** Returns the name of a label that is a number. */
  nameOf?(label: number, line: number): string;
}

/**
 * Returns the value under the first of some keys that has one; lists with spans before empty ones. `undefined`
 * if the record has none of the keys: nobody annotated it.
 *
 * @throws NeriumError DATA_JSON_SHAPE if two keys have spans
 */
export function spanListOf(
  { value, line }: JsonRecord,
  keys: readonly string[],
  file: string,
  remedy = REMEDY,
): { readonly key: string; readonly list: unknown } | undefined {
  const found = keys.filter((key) => value[key] !== undefined && value[key] !== null);
  const filled = found.filter((key) => !(Array.isArray(value[key]) && value[key].length === 0));
  if (filled.length > 1) throw jsonShape(file, line, `Both ${filled[0]} and ${filled[1]} have spans`, remedy);
  const key = filled[0] ?? found[0];
  return key === undefined ? undefined : { key, list: value[key] };
}

/**
 * Returns the spans of a list, as many tools write them: `[start, end, type]`, or objects with the usual keys.
 *
 * @throws NeriumError DATA_JSON_SHAPE
 */
export function spansOf(
  spans: unknown,
  key: string,
  file: string,
  line: number,
  { remedy = REMEDY, nameOf }: SpanReading = {},
): FiledSpan[] {
  if (!Array.isArray(spans))
    throw jsonShape(file, line, `${key} must be an array, not ${kindOf(spans)}`, remedy);
  return spans.map((span: unknown, index) => {
    const place = `${key}[${index}]`;
    const refuse = (what: string) => jsonShape(file, line, `${place} ${what}`, remedy);
    const [start, end, label, surface] = Array.isArray(span)
      ? span
      : isRecord(span)
        ? [firstOf(span, START), firstOf(span, END), firstOf(span, TYPE), span.text]
        : [];
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) throw refuse("has no start and end");
    const type = nameOf !== undefined && Number.isSafeInteger(label) ? nameOf(label as number, line) : label;
    if (typeof type !== "string" || type === "") throw refuse("has no label");
    return {
      type,
      start: start as number,
      end: end as number,
      ...(typeof surface === "string" ? { surface } : {}),
    };
  });
}

/** True if a value looks like a span: an object with a start, an end and a label. */
export const isSpan = (value: unknown): boolean =>
  mayBeSpan(value) && typeof firstOf(value as Json, TYPE) === "string";

/** True if a value looks like a span, whatever its label is. */
export const mayBeSpan = (value: unknown): boolean =>
  isRecord(value) &&
  Number.isSafeInteger(firstOf(value, START)) &&
  Number.isSafeInteger(firstOf(value, END)) &&
  firstOf(value, TYPE) !== undefined;

const firstOf = (record: Readonly<Record<string, unknown>>, keys: readonly string[]): unknown =>
  record[keys.find((key) => record[key] !== undefined) ?? ""];

/** Returns the identifier of a record, if it has one. */
export const idOf = ({ id }: Readonly<Record<string, unknown>>): { id?: string } =>
  typeof id === "string" || typeof id === "number" ? { id: String(id) } : {};

/** A record can have any identifier. */
export const anyId = (): boolean => true;

/** Returns the `id` to write into the record of a text, if it has one. */
export const recordId = ({ id }: { readonly id?: string }): { id?: string } =>
  id === undefined ? {} : { id };

/** Returns the words that a record brings as Prodigy's `tokens`: `{"text": "Ada", "start": 0, "end": 3}`. */
export const wordsOf = ({ tokens }: Readonly<Record<string, unknown>>): Pick<FiledDocument, "words"> =>
  Array.isArray(tokens) && tokens.length > 0 && tokens.every(isToken)
    ? { words: tokens.map(({ start, end, text: surface }) => ({ start, end, surface })) }
    : {};

const isToken = (
  token: unknown,
): token is { readonly start: number; readonly end: number; readonly text: string } =>
  isRecord(token) &&
  Number.isSafeInteger(token.start) &&
  Number.isSafeInteger(token.end) &&
  typeof token.text === "string";
