/** Tokens `start` to `end` (not included) of a sequence, and those among them whose words the part owns. */
export interface TokenRange {
  readonly start: number;
  readonly end: number;
  readonly ownedStart: number;
  readonly ownedEnd: number;
}

/**
 * Cuts a sequence of tokens into parts that fit into a window; one that fits is one part.
 *
 * What is never cut in two is a unit: a word of a long sentence, a whole sentence of a document. Parts end between units
 * and share up to `overlap` tokens with their neighbours; the border between what two of them own lies in the middle of
 * what they share, so that each unit is owned once and seen with context on both sides. A unit that is itself longer than
 * a window is cut to its first tokens.
 *
 * @param starts tokens at which units begin, ascending, and the end of the last one
 * @param room tokens of a window, at least 1
 * @param overlap tokens, taken as half the room where it is more
 */
export function cutTokens(starts: readonly number[], room: number, overlap: number): TokenRange[] {
  const tokens = starts.at(-1)!;
  if (tokens <= room) return [{ start: 0, end: tokens, ownedStart: 0, ownedEnd: tokens }];
  return overlapping(starts, room, Math.min(overlap, room >> 1));
}

/** Where each unit begins, and where the last one ends; `unitOf` has for each token its unit, ascending. */
export function unitStarts(unitOf: Int32Array): number[] {
  const starts: number[] = [];
  for (let token = 0; token < unitOf.length; token++)
    if (token === 0 || unitOf[token] !== unitOf[token - 1]) starts.push(token);
  return [...starts, unitOf.length];
}

/** Units are counted by their places in `starts`. */
function overlapping(starts: readonly number[], room: number, overlap: number): TokenRange[] {
  const units = starts.length - 1;
  const parts: TokenRange[] = [];
  let first = 0;
  let owned = 0;
  for (;;) {
    let end = first + 1;
    while (end < units && starts[end + 1]! - starts[first]! <= room) end++;
    const last = end === units;
    const next = last ? units : nextFirst(starts, owned, end, room, overlap);
    const border = last ? units : middle(starts, Math.max(next, owned + 1), end, next);
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

/** The unit that the next part begins with, `end` being the first one that this part has not. */
function nextFirst(
  starts: readonly number[],
  owned: number,
  end: number,
  room: number,
  overlap: number,
): number {
  let next = end;
  // What is before it stays shared as long as the unit at `end` still fits into the next part.
  while (
    next - 1 > owned &&
    starts[end]! - starts[next - 1]! <= overlap &&
    starts[end + 1]! - starts[next - 1]! <= room
  )
    next--;
  return next;
}

/** The unit between `from` and `end` at which the second half of what is shared begins. */
function middle(starts: readonly number[], from: number, end: number, shared: number): number {
  const centre = (starts[shared]! + starts[end]!) / 2;
  let border = from;
  while (border < end && Math.abs(starts[border + 1]! - centre) < Math.abs(starts[border]! - centre))
    border++;
  return border;
}
