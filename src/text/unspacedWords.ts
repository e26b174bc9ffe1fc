/** Characters that the segmenter sees at once: its time for each word grows with the length of what it is given. */
const AT_ONCE = 256;

let segmenter: Intl.Segmenter | undefined;

/**
 * Words of a run of characters in scripts without spaces, by ICU's dictionaries.
 *
 * @returns start and end of each, UTF-16 units; together they cover the run
 */
export function* unspacedWords(text: string, start: number, end: number): Generator<[number, number]> {
  segmenter ??= new Intl.Segmenter("en", { granularity: "word" });
  for (let at = start; at < end; ) {
    const stop = Math.min(end, at + AT_ONCE);
    const ends: number[] = [];
    for (const { index, segment } of segmenter.segment(text.slice(at, stop)))
      ends.push(at + index + segment.length);
    // The last word of a piece may go on behind it.
    if (stop < end && ends.length > 1) ends.pop();
    for (const wordEnd of ends) {
      yield [at, wordEnd];
      at = wordEnd;
    }
  }
}
