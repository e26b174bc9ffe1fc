import type { FiledDocument } from "../../../text/textDocument.js";
import { jsonShape } from "../../errors.js";
import type { LeftOut } from "../../read/leftOut.js";
import { again } from "../../read/source.js";
import { textsContent } from "../../spans/offsets.js";
import type { OffsetUnit } from "../../spans/offsetUnit.js";
import type { FormatOptions, TextsContent } from "../format.js";
import { type JsonRecord, kindOf } from "./jsonRecords.js";
import { type Candidate, stringsOf, textKeyIn } from "./textKey.js";
import { idOf, wordsOf } from "./textRecord.js";

/** Strings in many records, but never the annotated text. */
const HOUSEKEEPING = /^_|^(id|answer|status|lang|language|created_at|updated_at)$/i;

/**
 * Returns a record with its spans; its text is one of its strings.
 *
 * @param read keys of the spans and of what else was read
 */
export function candidateOf(
  { value, line }: JsonRecord,
  spans: FiledDocument["spans"],
  read: readonly string[],
): TextRecord {
  const strings = Object.entries(stringsOf(value)).filter(([key]) => !HOUSEKEEPING.test(key));
  return { strings: Object.fromEntries(strings), spans, line, ...idOf(value), value, read };
}

export interface TextRecord extends Candidate {
  readonly id?: string;
  readonly value: JsonRecord["value"];
  readonly read: readonly string[];
}

/** How a format with a text and a list of spans in each record is read. */
export interface TextRecords {
  /** Keys of the text, in this order, unless the user names one. */
  readonly textKeys: readonly string[];
  /** What offsets count if the file does not show it. */
  readonly usual: Exclude<OffsetUnit, "bytes">;
  readonly remedy?: string;
  /** Yields the records that count, each time anew, and counts the others. */
  records(leftOut: LeftOut | undefined): Iterable<TextRecord>;
}

/**
 * Returns the texts of records. If a record has none of the usual keys, its text is found by its spans, and a
 * note names the key.
 */
export function textsOf(
  file: string,
  { textKey, offsets, onNote }: FormatOptions,
  leftOut: LeftOut,
  { textKeys, usual, remedy, records }: TextRecords,
): TextsContent {
  const otherKey = textKeyIn(
    again(() => records(undefined)[Symbol.iterator]()),
    file,
    textKey,
  );
  const keyOf = (record: TextRecord): string => {
    const key = textKey === undefined ? textKeys.find((name) => record.value[name] !== undefined) : undefined;
    if (key === undefined) {
      const found = otherKey(record);
      if (textKey === undefined) onNote?.(`${file}: the texts are read from the key ${found}`);
      return found;
    }
    if (typeof record.value[key] === "string") return key;
    const what = `${key} must be a string, not ${kindOf(record.value[key])}`;
    throw jsonShape(file, record.line, what, remedy);
  };
  const documents = again(function* () {
    for (const record of records(leftOut)) {
      const { value, spans, line, id, read } = record;
      const key = keyOf(record);
      const words = wordsOf(value);
      leftOut.fieldsOf(value, [key, "id", ...Object.keys(words).map(() => "tokens"), ...read]);
      yield { text: value[key] as string, spans, line, ...words, ...(id === undefined ? {} : { id }) };
    }
  });
  return textsContent(file, documents, offsets, usual);
}
