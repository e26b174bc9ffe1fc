import type { Sentence } from "../data/index.js";
import { cutSentence, type Part } from "./cutSentence.js";
import { idBeyondModel, tagCount, tagUnknown, windowInvalid } from "./errors.js";
import type { SubwordTokenizer } from "./loadTokenizer.js";
import type { Window, WordPosition } from "./window.js";
import type { EncodedWords } from "./wordPieces.js";

export interface WindowOptions {
  /** Sub-tokens of a window, the two special ones included; at least 3. */
  readonly maxLength: number;
  /** Names of the labels in the order of their ids, or their numbering; sentences with tags get labels by them. */
  readonly labels?: readonly string[] | LabelNumbering;
  /** Labels every piece of a word, as run_ner.py does: pieces after the first get the `I-` label of a `B-` one. */
  readonly labelAllTokens?: boolean;
  /** What becomes of a sentence that is longer: overlapping windows (default), or HF's truncation. */
  readonly longSentences?: "window" | "truncate";
  /** Sub-tokens that neighbouring windows share, at most half of one. Default 64, or a quarter of `maxLength` if less. */
  readonly overlap?: number;
}

/** Sentences cut into windows, in their order. */
export interface WindowedData {
  readonly windows: readonly Window[];
  /**
   * For each sentence its first window and the one after its last, as indices into `windows`, and how many of its words
   * truncation cut off.
   */
  readonly windowsOfSentence: readonly {
    readonly start: number;
    readonly end: number;
    readonly truncatedWords: number;
  }[];
  /** Words that truncation cut off. */
  readonly truncatedWords: number;
  /** Words that the tokenizer makes nothing of, control characters for example. No window owns them. */
  readonly wordsWithoutPieces: readonly WordPosition[];
  /** Sentences that were too long for one window. */
  readonly longSentences: number;
}

/** Sub-tokens of a window that are no part of the text. */
export const SPECIAL_TOKENS = 2;

/** Sub-tokens that neighbouring windows share where nothing else is asked for. */
export const defaultOverlap = (maxLength: number): number => Math.min(64, Math.floor(maxLength / 4));

/** No label: the loss passes over it. */
export const IGNORED = -100;

/**
 * Cuts sentences into windows: `[CLS] pieces [SEP]`, or a family's own tokens. The first piece of a word decides its tag.
 *
 * @throws NeriumError TOKENIZE_WINDOW_INVALID, TOKENIZE_TAG_COUNT, TOKENIZE_TAG_UNKNOWN, TOKENIZE_ENCODING_FAILED
 */
export async function windows(
  sentences: readonly Sentence[],
  tokenizer: SubwordTokenizer,
  options: WindowOptions,
): Promise<WindowedData> {
  const { maxLength, labels, longSentences = "window" } = options;
  const overlap = options.overlap ?? defaultOverlap(maxLength);
  const room = maxLength - SPECIAL_TOKENS;
  if (!Number.isInteger(maxLength) || room < 1) throw windowInvalid("maxLength", maxLength);
  if (!Number.isInteger(overlap) || overlap < 0) throw windowInvalid("overlap", overlap);
  const labelIds =
    labels && (isNumbering(labels) ? labels : labelNumbering(labels, options.labelAllTokens ?? false));

  const encoded = await tokenizer.encodeWords(sentences.map(({ words }) => words));
  const all: Window[] = [];
  const windowsOfSentence: { start: number; end: number; truncatedWords: number }[] = [];
  const wordsWithoutPieces: WordPosition[] = [];
  let truncatedWords = 0;
  let long = 0;
  sentences.forEach((sentence, index) => {
    const own = encoded[index]!;
    const tags = labelIds && sentence.tags.length > 0 ? wordLabels(sentence, index, labelIds) : undefined;
    for (const word of missingWords(own, sentence.words.length))
      wordsWithoutPieces.push({ sentence: index, word });
    const parts = cutSentence(own.wordOf, room, overlap, longSentences);
    if (own.ids.length > room) long++;
    truncatedWords += parts.truncatedWords;
    const start = all.length;
    for (const part of parts.parts) all.push(windowOf(own, part, index, tags, tokenizer));
    windowsOfSentence.push({ start, end: all.length, truncatedWords: parts.truncatedWords });
  });
  return { windows: all, windowsOfSentence, truncatedWords, wordsWithoutPieces, longSentences: long };
}

/**
 * Makes sure that every piece has a row in a model's table of embeddings.
 *
 * @throws NeriumError TOKENIZE_ID_BEYOND_MODEL
 */
export function requireIdsWithin(
  windowed: readonly Pick<Window, "inputIds" | "ownedWords">[],
  vocabularySize: number,
): void {
  for (const { inputIds, ownedWords } of windowed)
    for (const id of inputIds)
      if (id < 0 || id >= vocabularySize) throw idBeyondModel(id, vocabularySize, ownedWords[0]?.sentence);
}

/** The number of each tag as a label of pieces. */
export interface LabelNumbering {
  /** By tag, for the first piece of a word. */
  readonly first: ReadonlyMap<string, number>;
  /** By label of the first piece, for the word's further pieces. */
  readonly further: readonly number[];
}

const isNumbering = (labels: readonly string[] | LabelNumbering): labels is LabelNumbering =>
  "first" in labels;

/** run_ner.py's `b_to_i_label`, or no labels for further pieces. */
export function labelNumbering(labels: readonly string[], labelAllTokens: boolean): LabelNumbering {
  const first = new Map(labels.map((label, id) => [label, id]));
  const inside = (label: string, id: number): number =>
    label.startsWith("B-") ? (first.get(label.replaceAll("B-", "I-")) ?? id) : id;
  return { first, further: labels.map(labelAllTokens ? inside : () => IGNORED) };
}

/** Labels of a sentence's words: `[words]` for first pieces, and for further ones. */
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
    const id = first.get(tag);
    if (id === undefined) throw tagUnknown({ sentence, line }, words[word]!, tag, [...first.keys()]);
    return id;
  });
  return { first: ids, further: ids.map((id) => further[id]!) };
}

function* missingWords({ wordOf }: EncodedWords, words: number): Generator<number> {
  let next = 0;
  for (const word of wordOf) {
    for (; next < word; next++) yield next;
    next = word + 1;
  }
  for (; next < words; next++) yield next;
}

function windowOf(
  { ids, wordOf }: EncodedWords,
  { start, end, ownedStart, ownedEnd }: Part,
  sentence: number,
  tags: WordLabels | undefined,
  { specialIds: { cls, sep } }: SubwordTokenizer,
): Window {
  const inputIds = new Int32Array(end - start + SPECIAL_TOKENS);
  inputIds[0] = cls;
  inputIds.set(ids.subarray(start, end), 1);
  inputIds[inputIds.length - 1] = sep;
  const labels = new Int32Array(tags === undefined ? 0 : inputIds.length).fill(IGNORED);
  const ownedPieces: number[] = [];
  const ownedWords: WordPosition[] = [];
  for (let piece = ownedStart; piece < ownedEnd; piece++) {
    const word = wordOf[piece]!;
    const at = piece - start + 1;
    const isFirst = piece === 0 || wordOf[piece - 1] !== word;
    if (isFirst) {
      ownedPieces.push(at);
      ownedWords.push({ sentence, word });
    }
    if (tags !== undefined) labels[at] = (isFirst ? tags.first : tags.further)[word]!;
  }
  return {
    inputIds,
    ownedPieces: Int32Array.from(ownedPieces),
    ownedWords,
    ...(tags === undefined ? {} : { labels }),
  };
}
