import type { Sentence } from "../../../text/sentence.js";
import { columnNumbered, jsonShape, keysMissing, lengthsDiffer, type Missing } from "../../errors.js";
import { tagNames } from "../../labels/tagNames.js";
import { DOCUMENT_FIELDS, DOCUMENT_START, Documents } from "../../read/documents.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";
import { wordsAndSpans } from "../errors.js";
import type { FormatOptions, WordsFormat } from "../format.js";
import {
  isListOfWords,
  noTagsNote,
  OTHER_WORDS,
  otherTags,
  TAGS,
  tagKeyNote,
  unreadSpans,
  WORDS,
} from "../tagKeys.js";
import { separated, severalDocuments } from "../writing.js";
import { type JsonRecord, jsonRecords } from "./jsonRecords.js";

/**
 * JSON Lines with one sentence per line, or an array of sentences: `{"tokens": […], "ner_tags": […]}`, as in
 * Hugging Face's examples. The keys may also be `words` and `tags`, or other names of lists if it is plain what
 * they are, which a note says. Tags are strings, or integers whose names
 * are in `labels`. Sentences without tokens are skipped. The key `document`, `document_id` or `doc_id` names
 * the document of a sentence; consecutive sentences with the same value belong to one document. If no record
 * has tags, the sentences have none.
 */
export const jsonLines: WordsFormat = {
  name: "jsonl",
  title: "JSON Lines with tokens and tags",
  extensions: [".jsonl", ".ndjson", ".json"],
  holds: { shape: "words" },
  detect: ({ extension, first }) => jsonLines.extensions.includes(extension) || first === "{",
  read: ({ lines, file }, options, leftOut) => ({
    shape: "words",
    sentences: again(() => sentencesOf(lines, file, options, leftOut)),
  }),
  *write(sentences) {
    const several = severalDocuments(sentences);
    for (const { sentence } of separated(sentences)) {
      const { words, tags, document } = sentence;
      const record = {
        tokens: words,
        ...(tags.length === 0 ? {} : { ner_tags: tags }),
        ...(several ? { document } : {}),
      };
      yield { content: `${JSON.stringify(record)}\n` };
    }
  },
};

/** @throws NeriumError DATA_JSON_INVALID, DATA_JSON_SHAPE, DATA_KEY_MISSING, DATA_LENGTHS_DIFFER, DATA_LABEL_…, DATA_COLUMN_KIND */
function* sentencesOf(
  lines: Iterable<Line>,
  file: string,
  options: FormatOptions,
  leftOut: LeftOut,
): Generator<Sentence> {
  const tokenKeys = keys(options.tokenColumn, WORDS, file);
  const tagKeys = [...keys(options.tagColumn, TAGS, file)];
  const documents = new Documents(leftOut);
  let tagged: boolean | undefined = options.tagColumn === undefined ? undefined : true;
  for (const record of jsonRecords(lines, file)) {
    const { value, line } = record;
    const tokenKey = tokenKeyOf(record, tokenKeys, options, file);
    const words = tokensOf(record, tokenKey, file);
    if (words.length === 1 && words[0] === DOCUMENT_START) {
      documents.startDocument();
      continue;
    }
    let tagKey = tagKeys.find((key) => Object.hasOwn(value, key));
    if (tagKey === undefined && tagged !== true && words.length > 0) {
      const spans = unreadSpans(value);
      if (spans !== undefined) throw wordsAndSpans(file, line, tokenKey, spans);
      const { key, candidates } = otherTags(value, words);
      if (key !== undefined) {
        options.onNote?.(tagKeyNote(file, key));
        tagKeys.push(key);
        tagKey = key;
      } else if (tagged === undefined && candidates.length > 0)
        options.onNote?.(noTagsNote(file, candidates));
    }
    tagged ??= tagKey !== undefined || (words.length === 0 ? undefined : false);
    documents.named(DOCUMENT_FIELDS.map((field) => value[field]).find((name) => name != null));
    if (tagged && tagKey === undefined)
      throw keysMissing(file, line, [{ what: "tags", tried: tagKeys }], Object.keys(value));
    if (tagged === false && tagKey !== undefined)
      throw jsonShape(file, line, "The sentence has tags, but the sentences before it have none");
    const tags = tagKey === undefined ? [] : tagNames(value[tagKey], tagKey, options.labels, file, line);
    if (tagKey !== undefined && tags.length !== words.length)
      throw lengthsDiffer(file, line, words.length, tags.length);
    leftOut.fieldsOf(value, [tokenKey, tagKey, ...DOCUMENT_FIELDS]);
    if (words.length > 0) yield documents.sentence(words, tags, line);
  }
}

function keys(asked: number | string | undefined, usual: readonly string[], file: string): readonly string[] {
  if (typeof asked === "number") throw columnNumbered(file, asked);
  return asked === undefined ? usual : [asked];
}

function tokenKeyOf(
  { value, line }: JsonRecord,
  keys: readonly string[],
  { tokenColumn, tagColumn, onNote }: FormatOptions,
  file: string,
): string {
  const usual = keys.find((name) => Object.hasOwn(value, name));
  if (usual !== undefined) return usual;
  const other =
    tokenColumn === undefined ? OTHER_WORDS.find((name) => isListOfWords(value[name])) : undefined;
  if (other === undefined) {
    const missing: Missing[] = [{ what: "tokens", tried: keys }];
    if (tagColumn !== undefined && !Object.hasOwn(value, tagColumn))
      missing.push({ what: "tags", tried: [tagColumn] });
    throw keysMissing(file, line, missing, Object.keys(value));
  }
  onNote?.(`${file}: the words are read from ${other}`);
  return other;
}

function tokensOf({ value, line }: JsonRecord, key: string, file: string): string[] {
  const tokens = value[key];
  if (!Array.isArray(tokens)) throw jsonShape(file, line, `${key} is not an array`);
  const wrong = tokens.findIndex((token) => typeof token !== "string" || token === "");
  if (wrong >= 0) throw jsonShape(file, line, `${key}[${wrong}] is not a word`);
  return tokens;
}
