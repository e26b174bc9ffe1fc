import type { Pace } from "./pace.js";

/** A range of a text, in UTF-16 units. */
export interface OffsetRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Returns spans with their offsets counted in code points, as Python does. An unpaired surrogate counts as
 * one.
 */
export function inCodePoints<T extends OffsetRange>(text: string, spans: readonly T[]): T[] {
  const places = spans.flatMap(({ start, end }) => [start, end]).sort((a, b) => a - b);
  const counted = new Map<number, number>();
  let unit = 0;
  let points = 0;
  for (const place of places) {
    for (; unit < place; points++) unit += text.codePointAt(unit)! > 0xffff ? 2 : 1;
    counted.set(place, points);
  }
  return spans.map((span) => ({ ...span, start: counted.get(span.start)!, end: counted.get(span.end)! }));
}

/** Words to look at between two looks at the clock. */
const WORDS_BETWEEN = 64;

/**
 * Returns, for each span, the indices of the words that share a character with it. Words and spans must have
 * ascending starts.
 */
export async function wordsTouched(
  words: Iterable<OffsetRange>,
  spans: readonly OffsetRange[],
  pace: Pace,
): Promise<number[][]> {
  const touched = spans.map((): number[] => []);
  let first = 0;
  let index = -1;
  for (const { start, end } of words) {
    index++;
    while (first < spans.length && spans[first]!.end <= start) first++;
    if (first === spans.length) break;
    for (let span = first; span < spans.length && spans[span]!.start < end; span++)
      if (spans[span]!.end > start) touched[span]!.push(index);
    if (index % WORDS_BETWEEN === 0 && pace.isDue) await pace.pause();
  }
  return touched;
}
