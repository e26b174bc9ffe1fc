import type { Sentence } from "../../../text/sentence.js";
import { columnKind, jsonShape, keyMissing, lengthsDiffer } from "../../errors.js";
import { tagNames } from "../../labels/tagNames.js";
import { DOCUMENT_FIELDS, DOCUMENT_START, Documents } from "../../read/documents.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";
import type { FormatOptions, WordsFormat } from "../format.js";
import { separated, severalDocuments } from "../writing.js";
import { type JsonRecord, jsonRecords } from "./jsonRecords.js";

/**
 * JSON Lines with one sentence per line, or an array of sentences: `{"tokens": […], "ner_tags": […]}`, as in
 * Hugging Face's examples. The keys may also be `words` and `tags`. Tags are strings, or integers whose names
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
  read: ({ lines, file }, options) => ({
    shape: "words",
    sentences: again(() => sentencesOf(lines, file, options)),
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
function* sentencesOf(lines: Iterable<Line>, file: string, options: FormatOptions): Generator<Sentence> {
  const tokenKeys = keys(options.tokenColumn, ["tokens", "words"], file);
  const tagKeys = keys(options.tagColumn, ["ner_tags", "tags"], file);
  const documents = new Documents();
  let tagged: boolean | undefined = options.tagColumn === undefined ? undefined : true;
  for (const record of jsonRecords(lines, file)) {
    const { value, line } = record;
    const words = tokensOf(record, tokenKeys, file);
    if (words.length === 1 && words[0] === DOCUMENT_START) {
      documents.startDocument();
      continue;
    }
    const tagKey = tagKeys.find((key) => Object.hasOwn(value, key));
    tagged ??= tagKey !== undefined || (words.length === 0 ? undefined : false);
    documents.named(DOCUMENT_FIELDS.map((field) => value[field]).find((name) => name != null));
    if (tagged && tagKey === undefined) throw keyMissing(file, line, "tags", tagKeys, Object.keys(value));
    if (tagged === false && tagKey !== undefined)
      throw jsonShape(file, line, "The sentence has tags, but the sentences before it have none");
    const tags = tagKey === undefined ? [] : tagNames(value[tagKey], tagKey, options.labels, file, line);
    if (tagKey !== undefined && tags.length !== words.length)
      throw lengthsDiffer(file, line, words.length, tags.length);
    if (words.length > 0) yield documents.sentence(words, tags, line);
  }
}

function keys(asked: number | string | undefined, usual: readonly string[], file: string): readonly string[] {
  if (typeof asked === "number") throw columnKind(file, asked);
  return asked === undefined ? usual : [asked];
}

function tokensOf({ value, line }: JsonRecord, keys: readonly string[], file: string): string[] {
  const key = keys.find((name) => Object.hasOwn(value, name));
  if (key === undefined) throw keyMissing(file, line, "tokens", keys, Object.keys(value));
  const tokens = value[key];
  if (!Array.isArray(tokens)) throw jsonShape(file, line, `${key} is not an array`);
  const wrong = tokens.findIndex((token) => typeof token !== "string" || token === "");
  if (wrong >= 0) throw jsonShape(file, line, `${key}[${wrong}] is not a word`);
  return tokens;
}
