import {
  cutTokens,
  defaultOverlap,
  requireIdsWithin,
  type TokenRange,
  unitStarts,
} from "../tasks/tokenClassification/index.js";
import { specialCount, type TextTokenizer, type TextTokens } from "../tokenize/index.js";
import { isSubword, probabilities, type ScoredToken } from "./aggregation.js";
import type { InputText } from "./inputs.js";
import type { FineTuned } from "./model.js";
import type { ResolvedOptions } from "./options.js";
import type { Pace } from "./pace.js";

/** Tokens to look at between two looks at the clock. */
const TOKENS_BETWEEN = 64;

/** Tokens that go to the model at once. */
const TOKENS_AT_ONCE = 8192;

/** An input's tokens with their probabilities, and how it was read. */
export interface ScoredText {
  readonly windows: number;
  readonly truncated: boolean;
  /** Yields the tokens one by one, because a long text has many. */
  tokens(): Iterable<ScoredToken>;
}

type ScoringOptions = Pick<ResolvedOptions, "truncation" | "stride" | "signal" | "onReport">;

/**
 * Returns every token of texts with the probabilities of its labels, from the window that owns it. Each text
 * goes through the tokenizer as a whole, as in Python's pipeline.
 */
export async function scoredTokens(
  model: FineTuned,
  inputs: readonly InputText[],
  options: ScoringOptions,
  pace: Pace,
): Promise<ScoredText[]> {
  const tokenizer = model.tokenizer.forText();
  const before = model.tokenizer.specialIds.cls === undefined ? 0 : 1;
  const texts: CutText[] = [];
  for (const input of inputs) texts.push(await cutText(model, tokenizer, input, options, pace));
  for (const windows of inBatches(texts)) await score(model, windows, options, pace);
  return texts.map((text) => ({
    windows: text.parts.length,
    truncated: text.truncated,
    tokens: () => tokensOf(text, tokenizer, { labels: model.labels.length, before }),
  }));
}

/** A text's tokens, in typed arrays because a long text has hundreds of thousands. */
interface CutText extends TextTokens {
  readonly text: string;
  /** 1 for tokens that continue a word. `[tokens]` */
  readonly subwords: Uint8Array;
  /** Filled in window by window. `[tokens, labels]` */
  readonly scores: Float32Array;
  readonly parts: readonly TokenRange[];
  readonly truncated: boolean;
}

async function cutText(
  { maxLength, labels, tokenizer: { specialIds } }: FineTuned,
  tokenizer: TextTokenizer,
  input: InputText,
  { truncation, stride }: ScoringOptions,
  pace: Pace,
): Promise<CutText> {
  const { text } = input;
  const all = await encoded(input, tokenizer);
  const room = maxLength - specialCount(specialIds);
  const truncated = truncation && all.ids.length > room;
  const end = truncated ? room : all.ids.length;
  const tokens = {
    ids: all.ids.slice(0, end),
    starts: all.starts.slice(0, end),
    ends: all.ends.slice(0, end),
  };
  const subwords = new Uint8Array(end);
  for (const [token, id] of tokens.ids.entries()) {
    const place = { token: tokenizer.token(id), start: tokens.starts[token]!, end: tokens.ends[token]! };
    if (id !== tokenizer.unknown && isSubword(text, place, tokenizer.marksContinuations)) subwords[token] = 1;
    if (token % TOKENS_BETWEEN === 0 && pace.isDue) await pace.pause();
  }
  const starts = unitStarts(units(subwords, room >> 1));
  return {
    ...tokens,
    text,
    subwords,
    scores: new Float32Array(end * labels.length),
    parts: end === 0 ? [] : cutTokens(starts, room, stride ?? defaultOverlap(maxLength)),
    truncated,
  };
}

/** Returns tokens with their positions in the text. Given words are tokenized each on its own. */
async function encoded({ text, isSplit, words }: InputText, tokenizer: TextTokenizer): Promise<TextTokens> {
  if (!isSplit) return tokenizer.encode(text);
  const given = [...words()];
  return tokenizer.encodeWords(
    given.map((word) => word.text),
    given.map(({ start }) => start),
  );
}

/**
 * Returns the unit of each token; units are not cut in two. A unit is a word. In a text without spaces such a
 * "word" has no end, so a unit has at most `most` tokens.
 */
function units(subwords: Uint8Array, most: number): Int32Array {
  let unit = -1;
  let length = 0;
  return Int32Array.from(subwords, (goesOn) => {
    if (unit < 0 || goesOn === 0 || length >= most) {
      unit++;
      length = 0;
    }
    length++;
    return unit;
  });
}

/** A window: a part of one of the texts. */
interface TextPart {
  readonly text: CutText;
  readonly part: TokenRange;
}

function* inBatches(texts: readonly CutText[]): Generator<TextPart[]> {
  let batch: TextPart[] = [];
  let tokens = 0;
  for (const text of texts)
    for (const part of text.parts) {
      batch.push({ text, part });
      tokens += part.end - part.start;
      if (tokens < TOKENS_AT_ONCE) continue;
      yield batch;
      batch = [];
      tokens = 0;
    }
  if (batch.length > 0) yield batch;
}

/** Fills in the scores of the tokens that the windows own. */
async function score(
  { encoder, tokenizer, tagger, labels }: FineTuned,
  windows: readonly TextPart[],
  { signal, onReport }: ScoringOptions,
  pace: Pace,
): Promise<void> {
  const { cls, sep } = tokenizer.specialIds;
  const [before, after] = [cls, sep].map((id) => (id === undefined ? [] : [id])) as [number[], number[]];
  const sequences = windows.map(({ text: { ids }, part: { start, end, ownedStart, ownedEnd } }) => ({
    inputIds: Int32Array.from([...before, ...ids.subarray(start, end), ...after]),
    ownedTokens: Int32Array.from(
      { length: ownedEnd - ownedStart },
      (_, row) => before.length + ownedStart - start + row,
    ),
    ownedWords: [],
  }));
  requireIdsWithin(sequences, encoder.vocabularySize);
  const logits = await tagger.logits(
    sequences.map(({ inputIds, ownedTokens }) => ({ ids: inputIds, labelled: ownedTokens })),
    { signal, onReport },
  );
  for (const [window, { text, part }] of windows.entries()) {
    const rows = logits[window]!;
    for (let row = 0; row < rows.length; row += labels.length)
      text.scores.set(
        probabilities(rows.subarray(row, row + labels.length)),
        part.ownedStart * labels.length + row,
      );
    await pace.step();
  }
}

function* tokensOf(
  { text, ids, starts, ends, subwords, scores }: CutText,
  tokenizer: TextTokenizer,
  { labels, before }: { readonly labels: number; readonly before: number },
): Generator<ScoredToken> {
  for (const [token, id] of ids.entries()) {
    const [start, end] = [starts[token]!, ends[token]!];
    yield {
      word: id === tokenizer.unknown ? text.slice(start, end) : tokenizer.token(id),
      scores: scores.subarray(token * labels, (token + 1) * labels),
      start,
      end,
      // Counts the special token before the sequence.
      index: token + before,
      isSubword: subwords[token] === 1,
    };
  }
}
