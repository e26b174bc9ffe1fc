/** A sentence as people write it, and the start of each of its words in UTF-16 units. */
export interface Detokenised {
  readonly text: string;
  readonly starts: readonly number[];
}

const CLINGS_TO_LEFT = /^(?:[,.;:!?%)\]}]|\.\.\.?|''|'(?:s|m|d|re|ve|ll)|n't)$/i;
const CLINGS_TO_RIGHT = /^(?:[([{$£]|``)$/;

/**
 * Joins words of CoNLL-2003, with spaces only where English has them. Each kind of quote opens and closes in
 * turn.
 */
export function detokenised(words: readonly string[]): Detokenised {
  let text = "";
  const starts: number[] = [];
  const open = new Map<string, boolean>();
  let clings = true;
  for (const word of words) {
    const isQuote = word === '"' || word === "'";
    const closes = isQuote && open.get(word) === true;
    if (!clings && !CLINGS_TO_LEFT.test(word) && !closes) text += " ";
    starts.push(text.length);
    text += word;
    clings = CLINGS_TO_RIGHT.test(word) || (isQuote && !closes);
    if (isQuote) open.set(word, !closes);
  }
  return { text, starts };
}
