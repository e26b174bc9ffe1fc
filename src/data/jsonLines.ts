import { DOCUMENT_START, Documents } from "./documents.js";
import {
  columnKind,
  jsonInvalid,
  jsonShape,
  keyMissing,
  labelNamesMissing,
  labelNumber,
  lengthsDiffer,
} from "./errors.js";
import type { Line } from "./lines.js";
import type { Sentence } from "./sentence.js";

export interface JsonLinesOptions {
  /** Key of the words. Default `tokens`, or `words`. */
  readonly tokenColumn?: number | string;
  /** Key of the tags. Default `ner_tags`, or `tags`. */
  readonly tagColumn?: number | string;
  /** Names of integer tags, in the order of the integers. */
  readonly labels?: readonly string[];
}

/**
 * Reads JSON Lines: one sentence a line, as `{"tokens": […], "ner_tags": […]}`. Tags are strings, or integers with names
 * in `labels`. Sentences without tokens are passed over. The key `document` or `document_id` says where a sentence stands;
 * sentences that follow each other with the same value are one document. Without any tags the sentences have none.
 *
 * @throws NeriumError DATA_JSON_INVALID, DATA_JSON_SHAPE, DATA_KEY_MISSING, DATA_LENGTHS_DIFFER,
 *   DATA_LABEL_NAMES_MISSING, DATA_LABEL_NUMBER, DATA_COLUMN_KIND
 */
export function jsonLinesSentences(
  lines: () => Iterable<Line>,
  file: string,
  options: JsonLinesOptions,
): readonly Sentence[] {
  const tokenKeys = keys(options.tokenColumn, ["tokens", "words"], file);
  const tagKeys = keys(options.tagColumn, ["ner_tags", "tags"], file);
  const documents = new Documents();
  let document: unknown;
  let tagged = options.tagColumn !== undefined;
  for (const line of lines()) {
    if (line.text.trim() === "") continue;
    const record = parsed(line, file);
    const words = tokensOf(record, tokenKeys, line, file);
    if (words.length === 1 && words[0] === DOCUMENT_START) {
      documents.startDocument();
      continue;
    }
    const tagKey = tagKeys.find((key) => Object.hasOwn(record, key));
    if (documents.sentences.length === 0) tagged ||= tagKey !== undefined;
    const own = record.document ?? record.document_id;
    if (documents.sentences.length > 0 && own !== document) documents.startDocument();
    document = own;
    if (tagged && tagKey === undefined)
      throw keyMissing(file, line.number, "tags", tagKeys, Object.keys(record));
    if (!tagged && tagKey !== undefined)
      throw jsonShape(file, line.number, "The sentence has tags, where those before it have none");
    const tags = tagKey === undefined ? [] : tagsOf(record[tagKey], tagKey, options.labels, line, file);
    if (tagKey !== undefined && tags.length !== words.length)
      throw lengthsDiffer(file, line.number, words.length, tags.length);
    if (words.length > 0) documents.add(words, tags, line.number);
  }
  return documents.sentences;
}

function keys(asked: number | string | undefined, usual: readonly string[], file: string): readonly string[] {
  if (typeof asked === "number") throw columnKind(file, asked);
  return asked === undefined ? usual : [asked];
}

function parsed({ text, number }: Line, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw jsonInvalid(file, number, cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw jsonShape(
      file,
      number,
      `The line is ${Array.isArray(value) ? "an array" : `${value === null ? "null" : `a ${typeof value}`}`}, not an object`,
    );
  return value as Record<string, unknown>;
}

function tokensOf(
  record: Record<string, unknown>,
  keys: readonly string[],
  { number }: Line,
  file: string,
): string[] {
  const key = keys.find((name) => Object.hasOwn(record, name));
  if (key === undefined) throw keyMissing(file, number, "tokens", keys, Object.keys(record));
  const tokens = record[key];
  if (!Array.isArray(tokens)) throw jsonShape(file, number, `${key} is not an array`);
  const wrong = tokens.findIndex((token) => typeof token !== "string" || token === "");
  if (wrong >= 0) throw jsonShape(file, number, `${key}[${wrong}] is not a string with a word in it`);
  return tokens;
}

function tagsOf(
  tags: unknown,
  key: string,
  labels: readonly string[] | undefined,
  { number }: Line,
  file: string,
): string[] {
  if (!Array.isArray(tags)) throw jsonShape(file, number, `${key} is not an array`);
  return tags.map((tag: unknown, index) => {
    if (typeof tag === "string" && tag !== "") return tag;
    if (typeof tag !== "number" || !Number.isInteger(tag))
      throw jsonShape(file, number, `${key}[${index}] is neither a tag nor the number of one`);
    if (labels === undefined) throw labelNamesMissing(file, number, tag);
    const name = labels[tag];
    if (name === undefined) throw labelNumber(file, number, tag, labels.length);
    return name;
  });
}
