import {
  cutTokens,
  defaultOverlap,
  requireIdsWithin,
  SPECIAL_TOKENS,
  type TokenRange,
  unitStarts,
} from "../tasks/tokenClassification/index.js";
import type { TextPieces, TextTokenizer } from "../tokenize/index.js";
import { isSubword, probabilities, type ScoredPiece } from "./aggregation.js";
import type { InputText } from "./inputs.js";
import type { FineTuned } from "./model.js";

/** Pieces that go to the model at once. */
const PIECES_AT_ONCE = 8192;

/** An input's pieces with their probabilities, and how it was read. */
export interface ScoredText {
  readonly windows: number;
  readonly truncated: boolean;
  /** The pieces one by one: there are many in a long text. */
  pieces(): Iterable<ScoredPiece>;
}

/**
 * Every piece of some texts with the probabilities of its labels, from the window that owns it. The texts go through the
 * tokenizer as a whole, as in Python's pipeline.
 */
export async function scoredPieces(
  model: FineTuned,
  inputs: readonly InputText[],
  options: { readonly truncation: boolean; readonly signal: AbortSignal | undefined },
): Promise<ScoredText[]> {
  const tokenizer = model.tokenizer.forText();
  const texts: CutText[] = [];
  for (const input of inputs) texts.push(await cutText(model, tokenizer, input, options.truncation));
  for (const windows of inBatches(texts)) await score(model, windows, options.signal);
  return texts.map((text) => ({
    windows: text.parts.length,
    truncated: text.truncated,
    pieces: () => piecesOf(text, tokenizer, model.labels.length),
  }));
}

/** A text's pieces, in arrays: a long text has hundreds of thousands. */
interface CutText extends TextPieces {
  readonly text: string;
  /** 1 for pieces that go on a word. `[pieces]` */
  readonly subwords: Uint8Array;
  /** Filled in window by window. `[pieces, labels]` */
  readonly scores: Float32Array;
  readonly parts: readonly TokenRange[];
  readonly truncated: boolean;
}

async function cutText(
  { maxLength, labels }: FineTuned,
  tokenizer: TextTokenizer,
  input: InputText,
  truncation: boolean,
): Promise<CutText> {
  const { text } = input;
  const all = await encoded(input, tokenizer);
  const room = maxLength - SPECIAL_TOKENS;
  const truncated = truncation && all.ids.length > room;
  const end = truncated ? room : all.ids.length;
  const pieces = {
    ids: all.ids.slice(0, end),
    starts: all.starts.slice(0, end),
    ends: all.ends.slice(0, end),
  };
  const subwords = Uint8Array.from(pieces.ids, (id, piece) => {
    const place = { token: tokenizer.token(id), start: pieces.starts[piece]!, end: pieces.ends[piece]! };
    return id !== tokenizer.unknown && isSubword(text, place, tokenizer.marksContinuations) ? 1 : 0;
  });
  const starts = unitStarts(units(subwords, room >> 1));
  return {
    ...pieces,
    text,
    subwords,
    scores: new Float32Array(end * labels.length),
    parts: end === 0 ? [] : cutTokens(starts, room, defaultOverlap(maxLength)),
    truncated,
  };
}

/** Pieces with their places in the text; those of given words are the words', each cut for itself. */
async function encoded({ text, given, words }: InputText, tokenizer: TextTokenizer): Promise<TextPieces> {
  if (given === undefined) return tokenizer.encode(text);
  return tokenizer.encodeWords(
    given,
    Array.from(words(), ({ start }) => start),
  );
}

/**
 * Numbers of what is not cut in two, for each piece: words. Where a text has no spaces its "word" has no end, so a unit has
 * at most so many pieces.
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
  let pieces = 0;
  for (const text of texts)
    for (const part of text.parts) {
      batch.push({ text, part });
      pieces += part.end - part.start;
      if (pieces < PIECES_AT_ONCE) continue;
      yield batch;
      batch = [];
      pieces = 0;
    }
  if (batch.length > 0) yield batch;
}

/** Fills in the scores of the pieces that some windows own. */
async function score(
  { encoder, tokenizer, tagger, labels }: FineTuned,
  windows: readonly TextPart[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const { cls, sep } = tokenizer.specialIds;
  const sequences = windows.map(({ text: { ids }, part: { start, end, ownedStart, ownedEnd } }) => ({
    inputIds: Int32Array.from([cls, ...ids.subarray(start, end), sep]),
    ownedPieces: Int32Array.from({ length: ownedEnd - ownedStart }, (_, row) => 1 + ownedStart - start + row),
    ownedWords: [],
  }));
  requireIdsWithin(sequences, encoder.vocabularySize);
  const logits = await tagger.logits(
    sequences.map(({ inputIds, ownedPieces }) => ({ ids: inputIds, labelled: ownedPieces })),
    signal === undefined ? {} : { signal },
  );
  windows.forEach(({ text, part }, window) => {
    const rows = logits[window]!;
    for (let row = 0; row < rows.length; row += labels.length)
      text.scores.set(
        probabilities(rows.subarray(row, row + labels.length)),
        part.ownedStart * labels.length + row,
      );
  });
}

function* piecesOf(
  { text, ids, starts, ends, subwords, scores }: CutText,
  tokenizer: TextTokenizer,
  labels: number,
): Generator<ScoredPiece> {
  for (const [piece, id] of ids.entries()) {
    const [start, end] = [starts[piece]!, ends[piece]!];
    yield {
      word: id === tokenizer.unknown ? text.slice(start, end) : tokenizer.token(id),
      scores: scores.subarray(piece * labels, (piece + 1) * labels),
      start,
      end,
      // The token that begins the sequence is counted.
      index: piece + 1,
      isSubword: subwords[piece] === 1,
    };
  }
}
