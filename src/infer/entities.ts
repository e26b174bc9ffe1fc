import { entitySpans } from "../evaluate/index.js";
import type { TextWord } from "../tokenize/index.js";

/** A named entity in a text. */
export interface Entity {
  /** `PER`, `LOC` …: the model's label without its prefix. */
  readonly type: string;
  /** The mean over its words of the probability that the model gives the label it chose, 0 to 1. */
  readonly score: number;
  /** The entity as it stands in the text: `text.slice(start, end)`. */
  readonly text: string;
  /** Where it begins and ends in the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** Its words, as indices into the words that `splitWords` finds in the text. */
  readonly words: readonly number[];
}

/** What a model says about the words of one sentence. */
export interface TaggedWords {
  /** One tag a word, in a form that seqeval reads; `O` where a word has no pieces. */
  readonly tags: readonly string[];
  /** The probability of each tag. */
  readonly scores: readonly number[];
}

/**
 * The entities of one sentence, in order: spans as seqeval's default mode reads the tags, so a stray `I-` begins one.
 *
 * @param text the whole text that the words stand in
 * @param firstWord index in the whole text of the sentence's first word
 */
export function entitiesOf(
  text: string,
  words: readonly TextWord[],
  firstWord: number,
  { tags, scores }: TaggedWords,
): Entity[] {
  return entitySpans(tags).map(({ type, start: first, end: after }) => {
    const start = words[first]!.start;
    const end = words[after - 1]!.end;
    const total = scores.slice(first, after).reduce((sum, score) => sum + score, 0);
    return {
      type,
      score: total / (after - first),
      text: text.slice(start, end),
      start,
      end,
      words: Array.from({ length: after - first }, (_, index) => firstWord + first + index),
    };
  });
}
