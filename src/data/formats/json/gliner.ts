import type { Sentence } from "../../../text/sentence.js";
import { toScheme } from "../../../text/tagSchemes.js";
import { DOCUMENT_FIELDS, Documents } from "../../read/documents.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";
import { taggedRanges } from "../../spans/shapes.js";
import { tagsOfWordSpans } from "../../spans/wordSpans.js";
import type { FormatOptions, WordsFormat } from "../format.js";
import { isListOfWords, TAGS } from "../tagKeys.js";
import { severalDocuments, writtenScheme } from "../writing.js";
import { jsonRecords } from "./jsonRecords.js";
import { hasSpans, SPAN_KEYS, sentencesIn, WORD_KEYS } from "./wordSpanRecords.js";

/**
 * GLiNER's training data: `{"tokenized_text": […], "ner": [[0, 1, "PER"]]}`, with the first and the last word
 * of each entity. Other data with entities by word are read too, if their authors say whether the last word
 * is included: see `wordSpanRecords.ts`. Overlapping entities are treated by the policy for spans.
 *
 * https://github.com/urchade/GLiNER
 */
export const gliner: WordsFormat = {
  name: "gliner",
  title: "JSON with words and spans of words (GLiNER)",
  extensions: [".json", ".jsonl"],
  holds: { shape: "words", uncounted: false },
  detect: ({ first, record }) => "[{".includes(first) && record !== undefined && isWordSpanRecord(record),
  read: ({ lines, file }, options, leftOut) => ({
    shape: "words",
    sentences: again(() => sentencesOf(lines, file, options, leftOut)),
  }),
  *write(sentences) {
    const several = severalDocuments(sentences);
    const scheme = writtenScheme(sentences);
    let before = "[\n";
    for (const { words, tags, document } of sentences) {
      const ranges = taggedRanges(toScheme(tags, scheme, "IOB2"));
      const ner = ranges.map(({ type, first, last }) => [first, last, type]);
      const record = {
        tokenized_text: words,
        ...(tags.length === 0 ? {} : { ner }),
        ...(several ? { document } : {}),
      };
      yield { content: `${before}${JSON.stringify(record)}` };
      before = ",\n";
    }
    yield { content: before === "[\n" ? "[]\n" : "\n]\n" };
  },
};

type Json = Readonly<Record<string, unknown>>;

/** A list of spans has no strings or numbers, as a list of tags would. */
const isSpanList = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === "object" && item !== null);

function isWordSpanRecord(record: Json): boolean {
  if (typeof record.text === "string" || TAGS.some((key) => Array.isArray(record[key]))) return false;
  if (Array.isArray(record.sentences) && record.sentences.some(Array.isArray)) return isSpanList(record.ner);
  if (isListOfWords(record.tokenized_text)) return record.ner === undefined || isSpanList(record.ner);
  return (
    WORD_KEYS.some((key) => isListOfWords(record[key])) && SPAN_KEYS.some((key) => isSpanList(record[key]))
  );
}

function* sentencesOf(
  lines: Iterable<Line>,
  file: string,
  options: FormatOptions,
  leftOut: LeftOut,
): Generator<Sentence> {
  const documents = new Documents(leftOut);
  let annotated: boolean | undefined;
  for (const record of jsonRecords(lines, file)) {
    const { value, line } = record;
    documents.named(
      [...DOCUMENT_FIELDS, "doc_key"].map((field) => value[field]).find((name) => name != null),
    );
    if (!hasSpans(value)) {
      // If no record has spans, these are sentences without tags.
      annotated ??= anyHasSpans(lines, file);
      if (annotated) {
        leftOut.record("without entities");
        continue;
      }
    }
    for (const { words, spans } of sentencesIn(record, file, options, leftOut)) {
      if (words.length === 0) continue;
      const tags = spans === undefined ? [] : tagsOfWordSpans(words, spans, { file, line }, options);
      yield documents.sentence(words, tags, line);
    }
  }
}

function anyHasSpans(lines: Iterable<Line>, file: string): boolean {
  for (const { value } of jsonRecords(lines, file)) if (hasSpans(value)) return true;
  return false;
}
