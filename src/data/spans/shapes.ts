import { NO_TAG, type Sentence, type TagScheme } from "../../text/sentence.js";
import { splitSentences } from "../../text/splitSentences.js";
import { splitWords, type TextWord } from "../../text/splitWords.js";
import { toScheme } from "../../text/tagSchemes.js";
import type { Span, TextDocument } from "../../text/textDocument.js";
import type { WordRules } from "../../text/wordRules.js";
import { cutWords } from "./cutWords.js";
import { firstEndingBehind, fittedSpans, lineFinder } from "./fittedSpans.js";
import { RecordWords } from "./recordWords.js";
import type { SpanPolicy, SpanProblem } from "./spanProblem.js";
import { wordRulesFor } from "./wordRulesFor.js";

export interface ToSentencesOptions {
  /** Name of the file, for messages. */
  readonly file: string;
  readonly policy: SpanPolicy;
  /** How texts are split into words. Rules that are not given are found from the spans. */
  readonly words?: Partial<WordRules> | undefined;
  /** Called for every span that is not kept as it is, or for which words were cut. */
  readonly onProblem: (problem: SpanProblem) => void;
  readonly onNote?: ((note: string) => void) | undefined;
}

/**
 * Turns texts into sentences of words with tags in IOB2. Splits them as `predict` splits raw text, so that a
 * model is trained on what it will see later. Entities are never cut: sentences that share one are joined.
 */
export function* toSentences(
  documents: Iterable<TextDocument>,
  { file, policy, words: asked = {}, onProblem, onNote }: ToSentencesOptions,
): Generator<Sentence> {
  const { notes, ...rules } = wordRulesFor(documents, policy, asked);
  for (const note of notes) onNote?.(`${file}: ${note}`);
  const own = new RecordWords(file);
  let number = 0;
  for (const document of documents) {
    const found = own.wordsOf(document) ?? splitWords(document.text, rules);
    const { words, cuts } = cutWords(found, document, policy);
    const allowed = { overlaps: false, gaps: false, words, cuts };
    const { spans, problems } = fittedSpans(document, file, allowed, policy);
    problems.forEach(onProblem);
    const tags = tagsOf(words, spans);
    const lineAt = lineFinder(document);
    let first = 0;
    for (const length of sentenceLengths(words, document.text, tags)) {
      const end = first + length;
      yield {
        words: words.slice(first, end).map(({ text }) => text),
        tags: tags.slice(first, end),
        document: number,
        line: document.linesOfText ? lineAt(words[first]!.start) : document.line,
        ...(document.file === undefined ? {} : { file: document.file }),
      };
      first = end;
    }
    if (words.length > 0) number++;
  }
  if (own.note !== undefined) onNote?.(own.note);
}

/** Returns the IOB2 tags of words whose spans neither overlap nor end within a word. */
export function tagsOf(words: readonly TextWord[], spans: readonly Span[]): string[] {
  const tags = words.map(() => "O");
  for (const { type, start, end } of spans) {
    const first = firstEndingBehind(words, start);
    for (let word = first; word < words.length && words[word]!.start < end; word++)
      tags[word] = `${word === first ? "B" : "I"}-${type}`;
  }
  return tags;
}

/** Yields the number of words of each sentence. No sentence begins inside an entity. */
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

/** What to write as one text: each sentence, or each document with one sentence per line. */
export type TextUnit = "sentence" | "document";

/** Turns sentences into texts, with single spaces between words, and their entities into spans. */
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

/**
 * Returns the entities of IOB2 tags with the indices of their first and last word. An `I-` that does not
 * continue an entity begins one.
 */
export function taggedRanges(tags: readonly string[]): { type: string; first: number; last: number }[] {
  const entities: { type: string; first: number; last: number }[] = [];
  for (const [word, tag] of tags.entries()) {
    if (tag === "O" || tag === NO_TAG) continue;
    const type = tag.slice(2) || UNNAMED;
    const before = entities.at(-1);
    if (tag.startsWith("I") && before?.last === word - 1 && before.type === type) before.last = word;
    else entities.push({ type, first: word, last: word });
  }
  return entities;
}

/** The type of entities without a type: tags `B` and `I` without a suffix. */
const UNNAMED = "ENTITY";
