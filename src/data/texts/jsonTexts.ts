import { jsonShape } from "../errors.js";
import { isRecord, isUnfinished, jsonValuesIn, kindOf } from "../formats/json/jsonRecords.js";
import { type LineBlock, linesIn } from "../read/lines.js";
import { textColumnMissing } from "./errors.js";
import type { SourcedText, TextOptions } from "./sourcedText.js";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns whether a text begins as JSON records do: with a complete object in a line, with an array of them, or with an
 * object and its first key, over several lines.
 */
export function isJson(start: string): boolean {
  const line = /^\s*([^\n]*)/.exec(start)![1]!.trim();
  if (/^\[\s*(?:$|[{"])/.test(line)) return true;
  if (!line.startsWith("{")) return false;
  if (isUnfinished(line)) return /^\s*\{\s*"(?:[^"\\\n]|\\.)*"\s*:/.test(start);
  try {
    return isRecord(JSON.parse(line));
  } catch {
    return false;
  }
}

/**
 * Yields the texts of JSON Lines, or of a JSON array or objects over several lines. A record is an object with the text under a key, also inside of `data` as in Label Studio's tasks, or the text itself.
 */
export async function* jsonTexts(
  blocks: AsyncIterable<LineBlock>,
  name: string,
  { column, onNote }: Pick<TextOptions, "column" | "onNote">,
): AsyncGenerator<SourcedText, void, undefined> {
  let key = column === undefined ? undefined : String(column);
  for await (const { value, line } of jsonValuesIn(linesIn(blocks), name)) {
    if (typeof value === "string") {
      yield { text: value, line };
      continue;
    }
    if (!isRecord(value))
      throw jsonShape(name, line, `Expected an object or a text, found ${kindOf(value)}`, REMEDY);
    const fields = fieldsOf(value);
    key ??= textKeyOf(fields, name, onNote);
    if (key === undefined || !Object.hasOwn(fields, key))
      throw textColumnMissing({ file: name, line, asked: key, what: "key", found: Object.keys(fields) });
    const { [key]: text, ...rest } = fields;
    if (typeof text !== "string" && text !== null)
      throw jsonShape(name, line, `${key} must be a text, not ${kindOf(text)}`, REMEDY);
    yield { text: text ?? "", line, fields: rest };
  }
}

const REMEDY = 'Write one {"text": "…"} per line, or name the key of the texts with --text-column.';

/** The fields of a record, with those inside of `data`. */
export function fieldsOf(record: Fields): Fields {
  const { data, ...others } = record;
  return isRecord(data) ? { ...others, ...data } : record;
}

/** The key of the texts: `text`, or that of the only string. */
export function textKeyOf(fields: Fields, name: string, onNote: TextOptions["onNote"]): string | undefined {
  if (Object.hasOwn(fields, "text")) return "text";
  const strings = Object.keys(fields).filter((key) => typeof fields[key] === "string");
  if (strings.length !== 1) return undefined;
  onNote?.(`${name}: the texts are read from ${strings[0]}`);
  return strings[0];
}
