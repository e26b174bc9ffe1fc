import { NO_TAG, type Sentence } from "../../../text/index.js";
import { tagCount, tagUnknown } from "../../../tokenize/errors.js";
import type { Tokenizer } from "../../../tokenize/loadTokenizer.js";
import type { EncodedWords } from "../../../tokenize/wordTokens.js";

/** Marks a token without a label. The loss ignores it. */
export const IGNORED = -100;

/** A sentence as tokens. */
export interface EncodedSentence extends EncodedWords {
  /** Label of each token, {@link IGNORED} for a token without one. Present if the data has tags. */
  readonly labels?: Int32Array;
  /** Words for which the tokenizer returns no tokens, for example control characters. */
  readonly wordsWithoutTokens: readonly number[];
  /** Number of words that truncation cut off. */
  readonly truncatedWords: number;
}

export interface EncodeOptions {
  /**
   * Label names in the order of their ids, or a numbering of them. Sentences with tags get labels from it.
   */
  readonly labels?: readonly string[] | LabelNumbering;
  /**
   * Labels every token of a word, as run_ner.py does: after a `B-` label, the word's other tokens get the
   * matching `I-` label.
   */
  readonly labelAllTokens?: boolean;
  /**
   * Maximum number of tokens of a sentence. The rest is cut off, as by HF's truncation. Defaults to no limit.
   */
  readonly mostTokens?: number;
}

/**
 * Turns sentences into tokens with labels. The label of a word's first token decides the tag of the word.
 *
 * @throws NeriumError TOKENIZE_TAG_COUNT, TOKENIZE_TAG_UNKNOWN, TOKENIZE_ENCODING_FAILED
 */
export async function encodeSentences(
  sentences: readonly Sentence[],
  tokenizer: Pick<Tokenizer, "encodeWords">,
  options: EncodeOptions = {},
): Promise<EncodedSentence[]> {
  const { mostTokens = Number.POSITIVE_INFINITY } = options;
  const { labels } = options;
  const numbering =
    labels && (isNumbering(labels) ? labels : labelNumbering(labels, options.labelAllTokens ?? false));
  const encoded = await tokenizer.encodeWords(sentences.map(({ words }) => words));
  return sentences.map((sentence, index) => {
    const whole = encoded[index]!;
    const { ids, wordOf } = firstTokens(whole, mostTokens);
    const tags = numbering && sentence.tags.length > 0 ? wordLabels(sentence, index, numbering) : undefined;
    return {
      ids,
      wordOf,
      ...(tags === undefined ? {} : { labels: tokenLabels(wordOf, tags) }),
      wordsWithoutTokens: [...missingWords(whole.wordOf, sentence.words.length)],
      truncatedWords: wordsBehind(whole.wordOf, mostTokens),
    };
  });
}

/** Can keep only the beginning of the last word. */
const firstTokens = ({ ids, wordOf }: EncodedWords, most: number): EncodedWords =>
  ids.length <= most ? { ids, wordOf } : { ids: ids.subarray(0, most), wordOf: wordOf.subarray(0, most) };

function wordsBehind(wordOf: Int32Array, most: number): number {
  let words = 0;
  for (let token = most; token < wordOf.length; token++) if (wordOf[token] !== wordOf[token - 1]) words++;
  return words;
}

/** How tags become the label ids of tokens. */
export interface LabelNumbering {
  /** Label id of each tag, for the first token of a word. */
  readonly first: ReadonlyMap<string, number>;
  /** Label id of a word's other tokens, indexed by the label id of its first token. */
  readonly further: readonly number[];
}

const isNumbering = (labels: readonly string[] | LabelNumbering): labels is LabelNumbering =>
  "first" in labels;

/** Numbers the labels. A word's other tokens get labels as by run_ner.py's `b_to_i_label`, or none. */
export function labelNumbering(labels: readonly string[], labelAllTokens: boolean): LabelNumbering {
  const first = new Map(labels.map((label, id) => [label, id]));
  const inside = (label: string, id: number): number =>
    label.startsWith("B-") ? (first.get(label.replaceAll("B-", "I-")) ?? id) : id;
  return { first, further: labels.map(labelAllTokens ? inside : () => IGNORED) };
}

/** Label ids of a sentence's words, `[words]`: one list for first tokens, one for a word's other tokens. */
interface WordLabels {
  readonly first: Int32Array;
  readonly further: Int32Array;
}

function wordLabels(
  { words, tags, line }: Sentence,
  sentence: number,
  { first, further }: LabelNumbering,
): WordLabels {
  if (tags.length !== words.length) throw tagCount({ sentence, line }, words.length, tags.length);
  const ids = Int32Array.from(tags, (tag, word) => {
    const id = tag === NO_TAG ? IGNORED : first.get(tag);
    if (id === undefined) throw tagUnknown({ sentence, line }, words[word]!, tag, [...first.keys()]);
    return id;
  });
  return { first: ids, further: ids.map((id) => further[id] ?? IGNORED) };
}

const tokenLabels = (wordOf: Int32Array, { first, further }: WordLabels): Int32Array =>
  wordOf.map((word, token) => (token === 0 || wordOf[token - 1] !== word ? first : further)[word]!);

function* missingWords(wordOf: Int32Array, words: number): Generator<number> {
  let next = 0;
  for (const word of wordOf) {
    for (; next < word; next++) yield next;
    next = word + 1;
  }
  for (; next < words; next++) yield next;
}
