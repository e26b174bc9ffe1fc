import {
  cutSentence,
  defaultOverlap,
  type Part,
  requireIdsWithin,
  SPECIAL_TOKENS,
  type TextPieces,
  type TextTokenizer,
} from "../tokenize/index.js";
import { isSubword, probabilities, type ScoredPiece } from "./aggregation.js";
import type { InputText } from "./inputs.js";
import type { FineTuned } from "./model.js";

/** Pieces that go to the model at once. */
const PIECES_AT_ONCE = 8192;

/** An input's pieces with their probabilities, and how it was read. */
export interface ScoredText {
  readonly pieces: readonly ScoredPiece[];
  readonly windows: number;
  readonly truncated: boolean;
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
  const windows = texts.flatMap(({ pieces, parts }) => parts.map((part) => ({ pieces, part })));
  for (let start = 0; start < windows.length; ) {
    let end = start;
    for (let pieces = 0; end < windows.length && pieces < PIECES_AT_ONCE; end++)
      pieces += windows[end]!.part.end - windows[end]!.part.start;
    await score(model, windows.slice(start, end), options.signal);
    start = end;
  }
  return texts.map(({ pieces, parts, truncated }) => ({ pieces, windows: parts.length, truncated }));
}

/** A piece whose scores are yet to come. */
interface Piece extends Omit<ScoredPiece, "scores"> {
  readonly id: number;
  scores: Float32Array;
}

interface CutText {
  readonly pieces: readonly Piece[];
  readonly parts: readonly Part[];
  readonly truncated: boolean;
}

const UNSCORED = new Float32Array(0);

async function cutText(
  { maxLength }: FineTuned,
  tokenizer: TextTokenizer,
  input: InputText,
  truncation: boolean,
): Promise<CutText> {
  const all = piecesOf(input.text, await encoded(input, tokenizer), tokenizer);
  if (all.length === 0) return { pieces: [], parts: [], truncated: false };
  const room = maxLength - SPECIAL_TOKENS;
  const pieces = truncation ? all.slice(0, room) : all;
  const { parts } = cutSentence(units(pieces, room >> 1), room, defaultOverlap(maxLength), "window");
  return { pieces, parts, truncated: pieces.length < all.length };
}

/** Pieces with their places in the text; those of given words are the words', each cut for itself. */
async function encoded({ text, given, words }: InputText, tokenizer: TextTokenizer): Promise<TextPieces[]> {
  if (given === undefined) return [await tokenizer.encode(text)];
  const starts = Array.from(words(), ({ start }) => start);
  return (await tokenizer.encodeWords(given)).map((pieces, word) => ({
    ids: pieces.ids,
    starts: pieces.starts.map((start) => start + starts[word]!),
    ends: pieces.ends.map((end) => end + starts[word]!),
  }));
}

function piecesOf(text: string, encodings: readonly TextPieces[], tokenizer: TextTokenizer): Piece[] {
  const pieces: Piece[] = [];
  for (const { ids, starts, ends } of encodings)
    ids.forEach((id, place) => {
      const [start, end] = [starts[place]!, ends[place]!];
      const isUnknown = id === tokenizer.unknown;
      const token = tokenizer.token(id);
      pieces.push({
        id,
        word: isUnknown ? text.slice(start, end) : token,
        start,
        end,
        // The token that begins the sequence is counted.
        index: pieces.length + 1,
        isSubword: !isUnknown && isSubword(text, { token, start, end }, tokenizer.marksContinuations),
        scores: UNSCORED,
      });
    });
  return pieces;
}

/**
 * Numbers of what is not cut in two, for each piece: words. Where a text has no spaces its "word" has no end, so a unit has
 * at most so many pieces.
 */
function units(pieces: readonly Piece[], most: number): Int32Array {
  let unit = -1;
  let length = 0;
  return Int32Array.from(pieces, ({ isSubword }) => {
    if (unit < 0 || !isSubword || length >= most) {
      unit++;
      length = 0;
    }
    length++;
    return unit;
  });
}

async function score(
  { config, tokenizer, tagger, labels }: FineTuned,
  windows: readonly { readonly pieces: readonly Piece[]; readonly part: Part }[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const { cls, sep } = tokenizer.specialIds;
  const sequences = windows.map(({ pieces, part: { start, end, ownedStart, ownedEnd } }) => ({
    inputIds: Int32Array.from([cls, ...pieces.slice(start, end).map(({ id }) => id), sep]),
    ownedPieces: Int32Array.from({ length: ownedEnd - ownedStart }, (_, row) => 1 + ownedStart - start + row),
    ownedWords: [],
  }));
  requireIdsWithin(sequences, config.vocab_size);
  const logits = await tagger.logits(
    sequences.map(({ inputIds, ownedPieces }) => ({ ids: inputIds, labelled: ownedPieces })),
    signal === undefined ? {} : { signal },
  );
  windows.forEach(({ pieces, part: { ownedStart, ownedEnd } }, window) => {
    for (let piece = ownedStart; piece < ownedEnd; piece++) {
      const row = (piece - ownedStart) * labels.length;
      pieces[piece]!.scores = probabilities(logits[window]!.subarray(row, row + labels.length));
    }
  });
}
