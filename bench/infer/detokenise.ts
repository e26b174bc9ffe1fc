/** A sentence as people write it, and where each of its words begins in it, in UTF-16 units. */
export interface Detokenised {
  readonly text: string;
  readonly starts: readonly number[];
}

const CLINGS_TO_LEFT = /^(?:[,.;:!?%)\]}]|\.\.\.?|''|'(?:s|m|d|re|ve|ll)|n't)$/i;
const CLINGS_TO_RIGHT = /^(?:[([{$£]|``)$/;

/** Words of CoNLL-2003 with spaces only where English has them. Quotes open and close in turn. */
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
