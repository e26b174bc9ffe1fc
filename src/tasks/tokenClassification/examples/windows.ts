import type { Sentence } from "../../../text/index.js";
import { idBeyondModel, windowInvalid } from "../../../tokenize/errors.js";
import type { Tokenizer } from "../../../tokenize/loadTokenizer.js";
import { type SpecialIds, specialCount } from "../../../tokenize/specialTokens.js";
import type { ExampleOptions } from "../../task.js";
import { cutTokens, type TokenRange, unitStarts } from "./cutTokens.js";
import { type EncodedSentence, type EncodeOptions, encodeSentences, IGNORED } from "./encodeSentences.js";
import { type Context, type SentenceRange, sentenceRanges } from "./sentenceRanges.js";
import type { Window, WordPosition } from "./window.js";

/** The size of windows, and whether there is a separator between their sentences. */
export type WindowShape = Required<Pick<ExampleOptions, "maxLength" | "overlap" | "separator">>;

export type WindowOptions = Omit<EncodeOptions, "mostTokens"> & ExampleOptions;

/** What cutting windows needs of a tokenizer. */
export interface WindowTokenizer extends Pick<Tokenizer, "encodeWords"> {
  readonly specialIds: Pick<SpecialIds, "cls" | "sep">;
}

/** Sentences cut into windows, in order. */
export interface WindowedData {
  readonly windows: readonly Window[];
  /** Ranges of sentences that can see each other. Windows `start` to `end` (exclusive) hold the range. */
  readonly stretches: readonly {
    readonly sentences: SentenceRange;
    readonly start: number;
    readonly end: number;
  }[];
  /** Number of words that truncation cut off, for each sentence. */
  readonly truncatedWordsOf: readonly number[];
  /** Number of words that truncation cut off in total. */
  readonly truncatedWords: number;
  /** Words for which the tokenizer returns no tokens, for example control characters. No window owns them. */
  readonly wordsWithoutTokens: readonly WordPosition[];
  /** Number of sentences that were too long for one window. */
  readonly longSentences: number;
}

/**
 * Default number of tokens that neighbouring windows share. Windows of documents share whole sentences, which
 * takes more tokens.
 */
export const defaultOverlap = (maxLength: number, context: Context = "none"): number =>
  Math.min(context === "document" ? 128 : 64, Math.floor(maxLength / 4));

/**
 * Cuts sentences into windows: `[CLS] tokens [SEP]`, with the special tokens that the tokenizer has. With
 * document context: `[CLS] tokens [SEP] tokens [SEP] …`, with as many whole sentences as fit.
 *
 * @throws NeriumError TOKENIZE_WINDOW_INVALID, TOKENIZE_TAG_COUNT, TOKENIZE_TAG_UNKNOWN,
 *   TOKENIZE_ENCODING_FAILED
 */
export async function windows(
  sentences: readonly Sentence[],
  tokenizer: WindowTokenizer,
  options: WindowOptions,
): Promise<WindowedData> {
  const { maxLength, longSentences = "window", context = "none", separator = true, ...encoding } = options;
  const overlap = options.overlap ?? defaultOverlap(maxLength, context);
  const room = maxLength - specialCount(tokenizer.specialIds);
  if (!Number.isInteger(maxLength) || room < 1) throw windowInvalid("maxLength", maxLength);
  if (!Number.isInteger(overlap) || overlap < 0) throw windowInvalid("overlap", overlap);
  const encoded = await encodeSentences(sentences, tokenizer, {
    ...encoding,
    ...(longSentences === "truncate" ? { mostTokens: room } : {}),
  });

  const all: Window[] = [];
  const stretches = sentenceRanges(sentences, context).map((stretch) => {
    const start = all.length;
    const shape = { maxLength, overlap, separator };
    for (const window of windowsOf(encoded, stretch, shape, tokenizer.specialIds)) all.push(window);
    return { sentences: stretch, start, end: all.length };
  });
  const truncatedWordsOf = encoded.map(({ truncatedWords }) => truncatedWords);
  return {
    windows: all,
    stretches,
    truncatedWordsOf,
    truncatedWords: truncatedWordsOf.reduce((total, own) => total + own, 0),
    wordsWithoutTokens: encoded.flatMap(({ wordsWithoutTokens }, sentence) =>
      wordsWithoutTokens.map((word) => ({ sentence, word })),
    ),
    longSentences: encoded.filter(({ ids, truncatedWords }) => ids.length > room || truncatedWords > 0)
      .length,
  };
}

/**
 * Returns the windows of a range of sentences. A sentence that fits is whole in every window that holds it; a
 * longer one is cut between words.
 */
export function windowsOf(
  encoded: readonly EncodedSentence[],
  stretch: SentenceRange,
  { maxLength, overlap, separator }: WindowShape,
  specialIds: Pick<SpecialIds, "cls" | "sep">,
): Window[] {
  const room = maxLength - specialCount(specialIds);
  const row = rowOf(encoded, stretch, room, separator ? specialIds.sep : undefined);
  return cutTokens(row.starts, room, overlap).map((part) => windowOf(row, part, specialIds));
}

/**
 * Makes sure that every token has a row in the model's embedding table.
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

/** The tokens of neighbouring sentences one after another, with separators between them. */
interface Row {
  readonly ids: Int32Array;
  /** Sentence and word of each token. The word of a separator is {@link SEPARATOR}. */
  readonly sentenceOf: Int32Array;
  readonly wordOf: Int32Array;
  readonly labels: Int32Array | undefined;
  /**
   * Where the units that are not cut in two begin, followed by the end. Units are sentences that fit into a
   * window, and the words of longer sentences.
   */
  readonly starts: readonly number[];
}

/** Instead of a word: a separator belongs to the sentence before it. */
const SEPARATOR = -1;

function rowOf(
  encoded: readonly EncodedSentence[],
  { start, end }: SentenceRange,
  room: number,
  separator: number | undefined,
): Row {
  const filled = Array.from({ length: end - start }, (_, index) => start + index).filter(
    (sentence) => encoded[sentence]!.ids.length > 0,
  );
  const between = separator === undefined ? 0 : 1;
  const length = filled.reduce(
    (total, sentence, index) => total + (index > 0 ? between : 0) + encoded[sentence]!.ids.length,
    0,
  );
  const ids = new Int32Array(length);
  const sentenceOf = new Int32Array(length);
  const wordOf = new Int32Array(length);
  const isLabelled = encoded.slice(start, end).some((own) => own.labels !== undefined);
  const labels = isLabelled ? new Int32Array(length).fill(IGNORED) : undefined;
  const starts: number[] = [];
  let at = 0;
  for (const sentence of filled) {
    const own = encoded[sentence]!;
    if (at > 0 && separator !== undefined) {
      ids[at] = separator;
      sentenceOf[at] = sentenceOf[at - 1]!;
      wordOf[at] = SEPARATOR;
      at++;
    }
    const fits = own.ids.length <= room;
    for (const token of fits ? [0] : unitStarts(own.wordOf).slice(0, -1)) starts.push(at + token);
    ids.set(own.ids, at);
    sentenceOf.fill(sentence, at, at + own.ids.length);
    wordOf.set(own.wordOf, at);
    if (own.labels !== undefined) labels?.set(own.labels, at);
    at += own.ids.length;
  }
  return { ids, sentenceOf, wordOf, labels, starts: [...starts, length] };
}

function windowOf(row: Row, part: TokenRange, specialIds: Pick<SpecialIds, "cls" | "sep">): Window {
  const { cls, sep } = specialIds;
  const { start, ownedStart, ownedEnd } = part;
  // The separator that ends the window replaces the one after its last sentence.
  const end = row.wordOf[part.end - 1] === SEPARATOR ? part.end - 1 : part.end;
  const inputIds = new Int32Array(end - start + specialCount(specialIds));
  const before = cls === undefined ? 0 : 1;
  if (cls !== undefined) inputIds[0] = cls;
  inputIds.set(row.ids.subarray(start, end), before);
  if (sep !== undefined) inputIds[inputIds.length - 1] = sep;
  const labels = new Int32Array(row.labels === undefined ? 0 : inputIds.length).fill(IGNORED);
  if (row.labels !== undefined)
    labels.set(row.labels.subarray(ownedStart, Math.min(ownedEnd, end)), ownedStart - start + before);
  const ownedTokens: number[] = [];
  const ownedWords: WordPosition[] = [];
  for (let token = ownedStart; token < ownedEnd; token++) {
    if (!beginsWord(row, token)) continue;
    ownedTokens.push(token - start + before);
    ownedWords.push({ sentence: row.sentenceOf[token]!, word: row.wordOf[token]! });
  }
  return {
    inputIds,
    ownedTokens: Int32Array.from(ownedTokens),
    ownedWords,
    ...(row.labels === undefined ? {} : { labels }),
  };
}

const beginsWord = ({ sentenceOf, wordOf }: Row, token: number): boolean =>
  wordOf[token] !== SEPARATOR &&
  (token === 0 || wordOf[token - 1] !== wordOf[token] || sentenceOf[token - 1] !== sentenceOf[token]);
