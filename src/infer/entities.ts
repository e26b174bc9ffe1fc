import { entitySpans } from "../evaluate/index.js";
import type { TextWord } from "../text/index.js";

/** A named entity in a text. */
export interface Entity {
  /** `PER`, `LOC` …: the model's label without its prefix. */
  readonly type: string;
  /**
   * How probable the model finds it, from 0 to 1: the mean, over its words, of the probability of the chosen
   * label. With an aggregation strategy: what Python's pipeline returns.
   */
  readonly score: number;
  /** The entity as written in the text. */
  readonly text: string;
  /**
   * Where it begins and ends in the text, in UTF-16 units (`text.slice(start, end)`), or in code points if
   * requested.
   */
  readonly start: number;
  readonly end: number;
  /**
   * Indices of the words that it covers or touches, among the words that `ner.splitWords` finds in the text or
   * the given ones.
   */
  readonly words: readonly number[];
}

/** Neighbouring tokens or words of one type, as Python's pipeline groups them. */
export interface GroupedEntity extends Entity {
  /** Its tokens as the tokenizer writes them: Python's `word`. */
  readonly word: string;
}

/** One token with the label that the model gives it, as Python's pipeline returns it without aggregation. */
export interface TokenEntity extends GroupedEntity {
  /** The model's label: Python's `entity`. */
  readonly label: string;
  /** Index of the token in the sequence, counting the special token at the start: Python's `index`. */
  readonly index: number;
}

/** A model's tags for the words of one sentence. */
export interface TaggedWords {
  /** One tag per word, in a form that seqeval reads; `O` for a word without tokens. */
  readonly tags: readonly string[];
  /** The probability of each tag. */
  readonly scores: readonly number[];
}

/**
 * Returns the entities of one sentence, in order. Tags are read as in seqeval's default mode, so a stray `I-`
 * begins an entity.
 *
 * @param text the whole text that contains the words
 * @param firstWord index of the sentence's first word in the whole text
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
