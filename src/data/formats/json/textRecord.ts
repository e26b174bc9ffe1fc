import type { FiledDocument } from "../../../text/textDocument.js";
import { jsonShape } from "../../errors.js";
import { isRecord, type JsonRecord, kindOf } from "./jsonRecords.js";

type FiledSpan = FiledDocument["spans"][number];

const START = ["start", "start_offset", "begin"];
const END = ["end", "end_offset"];
const TYPE = ["label", "type", "entity_type", "entity", "tag"];

const REMEDY = 'Give each text as {"text": "…", "spans": [{"start": 0, "end": 3, "label": "PER"}]}.';

/**
 * Returns a text with its spans, which are under one of the given keys, as many tools write them. Spans are
 * `[start, end, type]`, or objects with the usual keys. If none of the keys is there, the text has no spans.
 *
 * @throws NeriumError DATA_JSON_SHAPE
 */
export function textRecord(
  { value, line }: JsonRecord,
  file: string,
  spanKeys: readonly string[],
  remedy = REMEDY,
): FiledDocument {
  const { text, id } = value;
  if (typeof text !== "string")
    throw jsonShape(file, line, `text must be a string, not ${kindOf(text)}`, remedy);
  const key = spanKeys.find((name) => value[name] !== undefined && value[name] !== null);
  return {
    text,
    spans: key === undefined ? [] : spansOf(value[key], key, file, line, remedy),
    line,
    ...(typeof id === "string" || typeof id === "number" ? { id: String(id) } : {}),
  };
}

/** @throws NeriumError DATA_JSON_SHAPE */
export function spansOf(
  spans: unknown,
  key: string,
  file: string,
  line: number,
  remedy = REMEDY,
): FiledSpan[] {
  if (!Array.isArray(spans))
    throw jsonShape(file, line, `${key} must be an array, not ${kindOf(spans)}`, remedy);
  return spans.map((span: unknown, index) => {
    const place = `${key}[${index}]`;
    const refuse = (what: string) => jsonShape(file, line, `${place} ${what}`, remedy);
    const [start, end, type, surface] = Array.isArray(span)
      ? span
      : isRecord(span)
        ? [firstOf(span, START), firstOf(span, END), firstOf(span, TYPE), span.text]
        : [];
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) throw refuse("has no start and end");
    if (typeof type !== "string" || type === "") throw refuse("has no label");
    return {
      type,
      start: start as number,
      end: end as number,
      ...(typeof surface === "string" ? { surface } : {}),
    };
  });
}

const firstOf = (record: Readonly<Record<string, unknown>>, keys: readonly string[]): unknown =>
  record[keys.find((key) => record[key] !== undefined) ?? ""];

/** Returns the `id` to write into the record of a text, if it has one. */
export const recordId = ({ id }: { readonly id?: string }): { id?: string } =>
  id === undefined ? {} : { id };
