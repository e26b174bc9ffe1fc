import { isCombining, lengthAt } from "./characters.js";

/** UTF-16 units passed to the segmenter at once: its time per word grows with the length of its input. */
const AT_ONCE = 256;

let segmenter: Intl.Segmenter | undefined;

/**
 * Splits a run of characters in scripts without spaces into words, with ICU's dictionaries.
 *
 * @returns start and end of each word, in UTF-16 units; together they cover the run
 */
export function* unspacedWords(text: string, start: number, end: number): Generator<[number, number]> {
  segmenter ??= new Intl.Segmenter("en", { granularity: "word" });
  for (let at = start; at < end; ) {
    const stop = Math.min(end, at + AT_ONCE);
    const ends: number[] = [];
    for (const { index, segment } of segmenter.segment(text.slice(at, stop)))
      ends.push(at + index + segment.length);
    // The last word may continue after the part that the segmenter saw.
    if (stop < end && ends.length > 1) ends.pop();
    for (const wordEnd of ends) {
      yield [at, wordEnd];
      at = wordEnd;
    }
  }
}

/** Splits the same into single characters, each with the combining marks after it. */
export function* unspacedCharacters(text: string, start: number, end: number): Generator<[number, number]> {
  for (let at = start; at < end; ) {
    let after = at + lengthAt(text, at);
    while (after < end && isCombining(text, after)) after += lengthAt(text, after);
    yield [at, after];
    at = after;
  }
}
