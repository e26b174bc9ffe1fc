import { entitySpans } from "../evaluate/index.js";
import type { TextWord } from "../text/index.js";

/** A named entity in a text. */
export interface Entity {
  /** `PER`, `LOC` …: the model's label without its prefix. */
  readonly type: string;
  /**
   * How probable the model finds it, 0 to 1: the mean over its words of the probability of the label chosen; with an
   * aggregation strategy what Python's pipeline gives.
   */
  readonly score: number;
  /** The entity as it stands in the text. */
  readonly text: string;
  /** Where it begins and ends in the text, in UTF-16 units (`text.slice(start, end)`), or in code points if asked for. */
  readonly start: number;
  readonly end: number;
  /** The words that it covers or touches: indices into the words that `splitWords` finds in the text, or that were given. */
  readonly words: readonly number[];
}

/** Neighbouring tokens or words of one type, as Python's pipeline groups them. */
export interface GroupedEntity extends Entity {
  /** Its tokens as the tokenizer writes them as text: Python's `word`. */
  readonly word: string;
}

/** One token of a word with the label that the model gives it, as Python's pipeline has it without aggregation. */
export interface TokenEntity extends GroupedEntity {
  /** The model's label: Python's `entity`. */
  readonly label: string;
  /** Place of the token in the sequence, the special token at its beginning counted: Python's `index`. */
  readonly index: number;
}

/** What a model says about the words of one sentence. */
export interface TaggedWords {
  /** One tag a word, in a form that seqeval reads; `O` where a word has no tokens. */
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
