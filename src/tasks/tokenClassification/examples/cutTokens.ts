/** Tokens `start` to `end` (exclusive) of a sequence, and the range of them whose words the part owns. */
export interface TokenRange {
  readonly start: number;
  readonly end: number;
  readonly ownedStart: number;
  readonly ownedEnd: number;
}

/**
 * Cuts a sequence of tokens into parts that fit into a window. A sequence that fits is one part.
 *
 * Units are not cut in two. A unit is a word of a long sentence, or a whole sentence of a document. Parts end
 * between units and share up to `overlap` tokens with their neighbours. Ownership changes in the middle of
 * the shared tokens, so each unit is owned once and seen with context on both sides. A unit that is longer
 * than a window is cut to its first tokens.
 *
 * @param starts tokens at which units begin, ascending, followed by the end of the last unit
 * @param room tokens in a window, at least 1
 * @param overlap tokens to share; a larger value is reduced to half of `room`
 */
export function cutTokens(starts: readonly number[], room: number, overlap: number): TokenRange[] {
  const tokens = starts.at(-1)!;
  if (tokens <= room) return [{ start: 0, end: tokens, ownedStart: 0, ownedEnd: tokens }];
  return overlapping(starts, room, Math.min(overlap, room >> 1));
}

/**
 * Returns where each unit begins, and where the last one ends. `unitOf` holds the unit of each token,
 * ascending.
 */
export function unitStarts(unitOf: Int32Array): number[] {
  const starts: number[] = [];
  for (let token = 0; token < unitOf.length; token++)
    if (token === 0 || unitOf[token] !== unitOf[token - 1]) starts.push(token);
  return [...starts, unitOf.length];
}

/** Here a unit is given by its index in `starts`. */
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

/**
 * Returns the unit with which the next part begins. `end` is the first unit that this part does not contain.
 */
function nextFirst(
  starts: readonly number[],
  owned: number,
  end: number,
  room: number,
  overlap: number,
): number {
  let next = end;
  // Units before `end` are shared as long as the unit at `end` still fits into the next part.
  while (
    next - 1 > owned &&
    starts[end]! - starts[next - 1]! <= overlap &&
    starts[end + 1]! - starts[next - 1]! <= room
  )
    next--;
  return next;
}

/** Returns the unit between `from` and `end` at which the second half of the shared tokens begins. */
function middle(starts: readonly number[], from: number, end: number, shared: number): number {
  const centre = (starts[shared]! + starts[end]!) / 2;
  let border = from;
  while (border < end && Math.abs(starts[border + 1]! - centre) < Math.abs(starts[border]! - centre))
    border++;
  return border;
}
