import { checkTextLength, SentenceSplitter, type TextWord, type WordRules, wordsIn } from "../text/index.js";
import { inputInvalid } from "./errors.js";
import type { Pace } from "./pace.js";

/** One sentence, already split into words. */
export interface SplitWords {
  readonly words: readonly string[];
}

/** One document, already split into sentences and words. */
export interface SplitSentences {
  readonly sentences: readonly (readonly string[])[];
}

/**
 * What to find entities in: a text of up to 16 million UTF-16 units, the words of one sentence, or the sentences of one
 * document.
 */
export type NerInput = string | SplitWords | SplitSentences;

/** An input as a text whose words have positions in it. */
export interface InputText {
  /** The text. For given words: the words joined with spaces, and sentences with line breaks. */
  readonly text: string;
  /** Whether its words are given. */
  readonly isSplit: boolean;
  /** Its words from left to right. */
  words(): Iterable<TextWord>;
  /** Its sentences, each with its words; given words are one sentence. A long text is split with pauses. */
  sentences(pace: Pace): AsyncIterable<readonly TextWord[]> | Iterable<readonly TextWord[]>;
}

/**
 * @param rules how to split texts into words
 * @param index position among several inputs, for the error
 * @throws NeriumError INFER_INPUT_INVALID, TEXT_TOO_LONG
 */
export function inputText(input: unknown, rules: WordRules, index?: number): InputText {
  if (typeof input === "string") {
    checkTextLength(input, place(index));
    return {
      text: input,
      isSplit: false,
      words: () => wordsIn(input, rules),
      sentences: (pace) => sentencesIn(input, rules, pace),
    };
  }
  const given = givenSentences(input);
  if (given === undefined) throw inputInvalid(input, place(index));
  const text = given.map((words) => words.join(" ")).join("\n");
  checkTextLength(text, place(index));
  return {
    text,
    isSplit: true,
    *words() {
      for (const sentence of placedSentences(given)) yield* sentence;
    },
    sentences: () => placedSentences(given),
  };
}

/** Words to split between two looks at the clock. */
const WORDS_BETWEEN = 64;

async function* sentencesIn(
  text: string,
  rules: WordRules,
  pace: Pace,
): AsyncGenerator<readonly TextWord[], void, undefined> {
  const splitter = new SentenceSplitter(text);
  let count = 0;
  for (const word of wordsIn(text, rules)) {
    const sentence = splitter.add(word);
    if (sentence !== undefined) yield sentence;
    if (++count % WORDS_BETWEEN === 0 && pace.isDue) await pace.pause();
  }
  const last = splitter.end();
  if (last.length > 0) yield last;
}

/** An input for messages. */
const place = (index?: number): string => (index === undefined ? "input" : `input ${index}`);

/** Returns copies of the given sentences that have words; `undefined` if the input is something else. */
function givenSentences(input: unknown): (readonly string[])[] | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  const sentences =
    "words" in input ? [input.words] : "sentences" in input ? (input.sentences as unknown) : undefined;
  if (!Array.isArray(sentences) || !sentences.every(areWords)) return undefined;
  return sentences.filter((words) => words.length > 0).map((words) => [...words]);
}

const areWords = (words: unknown): words is string[] =>
  Array.isArray(words) && words.every((word) => typeof word === "string");

function* placedSentences(sentences: readonly (readonly string[])[]): Generator<TextWord[], void, undefined> {
  let start = 0;
  for (const words of sentences)
    yield words.map((text) => {
      const word = { text, start, end: start + text.length };
      start += text.length + 1;
      return word;
    });
}
