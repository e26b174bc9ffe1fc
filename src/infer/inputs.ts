import { checkTextLength, splitSentences, type TextWord, type WordRules, wordsIn } from "../text/index.js";
import { inputInvalid } from "./errors.js";

/** One sentence, already split into words. */
export interface SplitWords {
  readonly words: readonly string[];
}

/** What to find entities in: a text of up to 16 million UTF-16 units, or the words of one sentence. */
export type NerInput = string | SplitWords;

/** An input as a text whose words have positions in it. */
export interface InputText {
  /** The text. For given words: the words joined with spaces. */
  readonly text: string;
  /** The given words; `undefined` for a text. */
  readonly given?: readonly string[];
  /** Its words from left to right. */
  words(): Iterable<TextWord>;
  /** Its sentences, each with its words; given words are one sentence. */
  sentences(): Iterable<readonly TextWord[]>;
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
      words: () => wordsIn(input, rules),
      sentences: () => splitSentences(wordsIn(input, rules), input),
    };
  }
  if (!isSplitWords(input)) throw inputInvalid(input, place(index));
  const given = [...input.words];
  const text = given.join(" ");
  checkTextLength(text, place(index));
  return {
    text,
    given,
    words: () => placedWords(given),
    sentences: () => (given.length === 0 ? [] : [[...placedWords(given)]]),
  };
}

/** An input for messages. */
const place = (index?: number): string => (index === undefined ? "input" : `input ${index}`);

const isSplitWords = (input: unknown): input is SplitWords =>
  typeof input === "object" &&
  input !== null &&
  "words" in input &&
  Array.isArray(input.words) &&
  input.words.every((word) => typeof word === "string");

function* placedWords(words: readonly string[]): Generator<TextWord, void, undefined> {
  let start = 0;
  for (const text of words) {
    yield { text, start, end: start + text.length };
    start += text.length + 1;
  }
}
