import { jsonShape } from "../../errors.js";
import { DOCUMENT_FIELDS } from "../../read/documents.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { WordSpan } from "../../spans/wordSpans.js";
import { wordSpansUnclear } from "../errors.js";
import type { FormatOptions } from "../format.js";
import { isRecord, type JsonRecord, kindOf } from "./jsonRecords.js";

type Json = Readonly<Record<string, unknown>>;

export const WORD_KEYS = ["tokenized_text", "tokens", "words", "sentence"];
export const SPAN_KEYS = ["ner", "entities", "spans", "entity_mentions"];

const REMEDY = 'Give each sentence as {"tokenized_text": ["…"], "ner": [[0, 1, "PER"]]}.';

interface SpannedWords {
  readonly words: readonly string[];
  /** `undefined` if nobody annotated them. */
  readonly spans: readonly WordSpan[] | undefined;
}

/** True if a record has a list of spans, which may be empty. */
export const hasSpans = (record: Json): boolean => SPAN_KEYS.some((key) => Array.isArray(record[key]));

/**
 * Returns the sentences of a record, with entities by word:
 * - `tokenized_text` and `ner: [[first, last, type]]`: GLiNER, the last word included
 * - `sentences` and `ner`, a list for each sentence, with places in the document: SciERC and DyGIE++, the last
 *   word included
 * - `{token_start, token_end, label}`: Prodigy, the last word included
 * - `{index: […], type}`: W2NER, all words of the entity
 * - `{start, end, entity_type}` in `entity_mentions`: OneIE, the last word excluded
 * - `{start, end, type}` in `entities`: SpERT, the last word excluded
 *
 * @throws NeriumError DATA_JSON_SHAPE, DATA_WORD_SPANS_UNCLEAR
 */
export function sentencesIn(
  { value, line }: JsonRecord,
  file: string,
  options: FormatOptions,
  leftOut: LeftOut,
): SpannedWords[] {
  const refuse = (what: string) => jsonShape(file, line, what, REMEDY);
  if (Array.isArray(value.relations)) leftOut.part("relation", value.relations.flat().length);
  if (Array.isArray(value.sentences)) {
    leftOut.fieldsOf(value, ["sentences", "ner", "relations", ...DOCUMENT_FIELDS, "doc_key"]);
    return sentencesOfDocument(value, refuse);
  }
  const wordKey = WORD_KEYS.find((key) => Array.isArray(value[key]));
  const words = wordsOf(
    wordKey === undefined ? undefined : value[wordKey],
    wordKey ?? "tokenized_text",
    refuse,
  );
  const key = SPAN_KEYS.find((name) => Array.isArray(value[name]));
  leftOut.fieldsOf(value, [wordKey, key, "relations", ...DOCUMENT_FIELDS, "doc_key"]);
  if (key === undefined) return [{ words, spans: undefined }];
  const reader = new SpanReader({ file, line, key, words, isGliner: wordKey === "tokenized_text", options });
  return [{ words, spans: (value[key] as unknown[]).map((span, index) => reader.spanOf(span, index)) }];
}

function wordsOf(value: unknown, key: string, refuse: (what: string) => Error): readonly string[] {
  if (!Array.isArray(value)) throw refuse(`${key} must be an array of words, not ${kindOf(value)}`);
  const wrong = value.findIndex((word) => typeof word !== "string" || word === "");
  if (wrong >= 0) throw refuse(`${key}[${wrong}] is not a word`);
  return value;
}

function sentencesOfDocument({ sentences, ner }: Json, refuse: (what: string) => Error): SpannedWords[] {
  const lists = Array.isArray(ner) ? ner : [];
  let before = 0;
  return (sentences as unknown[]).map((value, index) => {
    const words = wordsOf(value, `sentences[${index}]`, refuse);
    const own = lists[index];
    if (ner !== undefined && !Array.isArray(own)) throw refuse(`ner[${index}] must be an array of spans`);
    const spans = own?.map((span: unknown) => {
      const [first, last, type] = Array.isArray(span) ? span : [];
      if (!isPlace(first, last) || !isType(type))
        throw refuse(`ner[${index}] has a span without ends or type`);
      return { type, first: first - before, last: (last as number) - before };
    });
    before += words.length;
    return { words, spans };
  });
}

const isPlace = (first: unknown, last: unknown): first is number =>
  Number.isSafeInteger(first) && Number.isSafeInteger(last);

const isType = (type: unknown): type is string => typeof type === "string" && type !== "";

interface Place {
  readonly file: string;
  readonly line: number;
  readonly key: string;
  readonly words: readonly string[];
  readonly isGliner: boolean;
  readonly options: FormatOptions;
}

/** Reads the spans of one list. */
class SpanReader {
  constructor(private readonly place: Place) {}

  spanOf(span: unknown, index: number): WordSpan {
    const { file, line, key, isGliner } = this.place;
    if (Array.isArray(span)) {
      const [first, last, type] = span;
      if (!isPlace(first, last) || !isType(type)) throw this.#shape(index);
      if (!isGliner) throw wordSpansUnclear(file, line, key);
      return { type, first, last: last as number };
    }
    if (!isRecord(span)) throw this.#shape(index);
    const type = span.label ?? span.type ?? span.entity_type;
    if (!isType(type)) throw this.#shape(index);
    const { token_start, token_end, index: indices, start, end } = span;
    if (isPlace(token_start, token_end)) return { type, first: token_start, last: token_end as number };
    if (Array.isArray(indices) && indices.length > 0 && indices.every(Number.isSafeInteger)) {
      const words: number[] = indices.toSorted((a, b) => a - b);
      return { type, first: words[0]!, last: words.at(-1)!, words };
    }
    if (!isPlace(start, end)) throw this.#shape(index);
    const behind = end as number;
    return { type, first: start, last: this.#includesLast(span, start, behind) ? behind : behind - 1 };
  }

  /** True if the word at the end of a span belongs to it. Its text decides, otherwise the format. */
  #includesLast({ text, name, type }: Json, start: number, end: number): boolean {
    const { file, line, key, words, options } = this.place;
    const surface = typeof text === "string" ? text : name;
    const isText = (last: number) =>
      spaceless(words.slice(start, last).join("")) === spaceless(String(surface));
    if (typeof surface === "string" && isText(end) !== isText(end + 1)) return isText(end + 1);
    if (key === "entity_mentions") return false;
    if (key !== "entities" || type === undefined) throw wordSpansUnclear(file, line, key);
    options.onNote?.(`${file}: the word at the end of an entity does not belong to it, as in SpERT's data`);
    return false;
  }

  #shape(index: number): Error {
    const { file, line, key } = this.place;
    return jsonShape(file, line, `${key}[${index}] is not a span of words with a label`, REMEDY);
  }
}

const spaceless = (text: string): string => text.replace(/\s+/g, "");
