/** Pieces `start` to `end` (not included) of a sentence, and those among them whose words the part owns. */
export interface Part {
  readonly start: number;
  readonly end: number;
  readonly ownedStart: number;
  readonly ownedEnd: number;
}

export interface CutSentence {
  readonly parts: readonly Part[];
  readonly truncatedWords: number;
}

/**
 * Cuts a sentence that is longer than a window.
 *
 * Parts end between words and share up to `overlap` pieces with their neighbours; the border between what two of them own
 * lies in the middle of what they share, so that each word is owned once and seen with context on both sides. A word that
 * is itself longer than a window is cut to its first pieces.
 *
 * @param wordOf for each piece its word, ascending
 * @param room pieces of a window, at least 1
 * @param overlap pieces, taken as half the room where it is more
 */
export function cutSentence(
  wordOf: Int32Array,
  room: number,
  overlap: number,
  longSentences: "window" | "truncate",
): CutSentence {
  const pieces = wordOf.length;
  if (pieces <= room) return { parts: [whole(pieces)], truncatedWords: 0 };
  if (longSentences === "truncate") return truncated(wordOf, room);
  return { parts: overlapping(wordStarts(wordOf), room, Math.min(overlap, room >> 1)), truncatedWords: 0 };
}

const whole = (end: number): Part => ({ start: 0, end, ownedStart: 0, ownedEnd: end });

/** What HF's truncation leaves: the first pieces, of which the last may be the beginning of a word. */
function truncated(wordOf: Int32Array, room: number): CutSentence {
  let lost = 0;
  for (let piece = room; piece < wordOf.length; piece++) if (wordOf[piece] !== wordOf[piece - 1]) lost++;
  return { parts: [whole(room)], truncatedWords: lost };
}

/** Where each word with pieces begins, and where the last one ends. */
function wordStarts(wordOf: Int32Array): readonly number[] {
  const starts: number[] = [];
  for (let piece = 0; piece < wordOf.length; piece++)
    if (piece === 0 || wordOf[piece] !== wordOf[piece - 1]) starts.push(piece);
  return [...starts, wordOf.length];
}

/** @param starts pieces at which words begin, and the end of the last one; words are counted by them below */
function overlapping(starts: readonly number[], room: number, overlap: number): Part[] {
  const words = starts.length - 1;
  const parts: Part[] = [];
  let first = 0;
  let owned = 0;
  for (;;) {
    let end = first + 1;
    while (end < words && starts[end + 1]! - starts[first]! <= room) end++;
    const last = end === words;
    const next = last ? words : nextFirst(starts, owned, end, room, overlap);
    const border = last ? words : middle(starts, Math.max(next, owned + 1), end, next);
    const start = starts[first]!;
    const cut = Math.min(starts[end]!, start + room);
    parts.push({
      start,
      end: cut,
      ownedStart: starts[owned]!,
      ownedEnd: Math.min(starts[border]!, cut),
    });
    if (last) return parts;
    first = next;
    owned = border;
  }
}

/** The word that the next part begins with, `end` being the first one that this part has not. */
function nextFirst(
  starts: readonly number[],
  owned: number,
  end: number,
  room: number,
  overlap: number,
): number {
  let next = end;
  // What is before it stays shared as long as the word at `end` still fits into the next part.
  while (
    next - 1 > owned &&
    starts[end]! - starts[next - 1]! <= overlap &&
    starts[end + 1]! - starts[next - 1]! <= room
  )
    next--;
  return next;
}

/** The word between `from` and `end` at which the second half of what is shared begins. */
function middle(starts: readonly number[], from: number, end: number, shared: number): number {
  const centre = (starts[shared]! + starts[end]!) / 2;
  let border = from;
  while (border < end && Math.abs(starts[border + 1]! - centre) < Math.abs(starts[border]! - centre))
    border++;
  return border;
}
