import type { Sentence, TagScheme } from "../../text/sentence.js";
import { splitSentences } from "../../text/splitSentences.js";
import { splitWords, type TextWord } from "../../text/splitWords.js";
import { toScheme } from "../../text/tagSchemes.js";
import type { Span, TextDocument } from "../../text/textDocument.js";
import { firstEndingBehind, fittedSpans, lineAt, type SpanPolicy, type SpanProblem } from "./fittedSpans.js";

export interface ToSentencesOptions {
  /** Name of the file, for reports. */
  readonly file: string;
  readonly policy: SpanPolicy;
  /** Told of every span that is not taken as it is. */
  readonly onProblem: (problem: SpanProblem) => void;
}

/**
 * Texts as sentences of words with tags in IOB2: split as `predict` splits raw text, so that a model sees in training what
 * it will see later. An entity is never cut: sentences that it reaches into are one.
 */
export function* toSentences(
  documents: Iterable<TextDocument>,
  { file, policy, onProblem }: ToSentencesOptions,
): Generator<Sentence> {
  let number = 0;
  for (const document of documents) {
    const words = splitWords(document.text);
    const { spans, problems } = fittedSpans(document, file, { overlaps: false, gaps: false, words }, policy);
    problems.forEach(onProblem);
    const tags = tagsOf(words, spans);
    let first = 0;
    for (const length of sentenceLengths(words, document.text, tags)) {
      const end = first + length;
      yield {
        words: words.slice(first, end).map(({ text }) => text),
        tags: tags.slice(first, end),
        document: number,
        line: document.linesOfText ? lineAt(document, words[first]!.start) : document.line,
        ...(document.file === undefined ? {} : { file: document.file }),
      };
      first = end;
    }
    if (words.length > 0) number++;
  }
}

function tagsOf(words: readonly TextWord[], spans: readonly Span[]): string[] {
  const tags = words.map(() => "O");
  for (const { type, start, end } of spans) {
    const first = firstEndingBehind(words, start);
    for (let word = first; word < words.length && words[word]!.start < end; word++)
      tags[word] = `${word === first ? "B" : "I"}-${type}`;
  }
  return tags;
}

/** How many words each sentence has; none begins within an entity. */
function* sentenceLengths(
  words: readonly TextWord[],
  text: string,
  tags: readonly string[],
): Generator<number> {
  let next = 0;
  let length = 0;
  for (const sentence of splitSentences(words, text)) {
    length += sentence.length;
    next += sentence.length;
    if (tags[next]?.startsWith("I-")) continue;
    yield length;
    length = 0;
  }
}

/** What becomes one text: every sentence, or all sentences of a document, a line each. */
export type TextUnit = "sentence" | "document";

/** Sentences as texts, with single spaces between words, and their entities as spans. */
export function* toTexts(
  sentences: Iterable<Sentence>,
  scheme: TagScheme,
  unit: TextUnit,
): Generator<TextDocument> {
  let lines: Sentence[] = [];
  for (const sentence of sentences) {
    const before = lines[0];
    if (before !== undefined && (unit === "sentence" || before.document !== sentence.document)) {
      yield textOf(lines, scheme);
      lines = [];
    }
    lines.push(sentence);
  }
  if (lines.length > 0) yield textOf(lines, scheme);
}

function textOf(sentences: readonly Sentence[], scheme: TagScheme): TextDocument {
  const spans: Span[] = [];
  let text = "";
  for (const { words, tags } of sentences) {
    if (text !== "") text += "\n";
    const starts: number[] = [];
    for (const [index, word] of words.entries()) {
      if (index > 0) text += " ";
      starts.push(text.length);
      text += word;
    }
    for (const { type, first, last } of taggedRanges(toScheme(tags, scheme, "IOB2")))
      spans.push({ type, start: starts[first]!, end: starts[last]! + words[last]!.length });
  }
  const { line, file } = sentences[0]!;
  return { text, spans, line, ...(file === undefined ? {} : { file }) };
}

/** Entities of tags in IOB2, by their first and last word; an `I-` that continues nothing begins one. */
export function taggedRanges(tags: readonly string[]): { type: string; first: number; last: number }[] {
  const entities: { type: string; first: number; last: number }[] = [];
  for (const [word, tag] of tags.entries()) {
    if (tag === "O") continue;
    const type = tag.slice(2) || UNNAMED;
    const before = entities.at(-1);
    if (tag.startsWith("I") && before?.last === word - 1 && before.type === type) before.last = word;
    else entities.push({ type, first: word, last: word });
  }
  return entities;
}

/** The type of entities that have none: tags `B` and `I` alone. */
const UNNAMED = "ENTITY";
