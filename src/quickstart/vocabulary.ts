/** Special tokens at the beginning of every BERT vocabulary. */
const SPECIAL_TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/** A distinct word of the text: its tokens so far and how often it occurs. */
interface Entry {
  pieces: string[];
  readonly count: number;
}

/**
 * Learns a WordPiece vocabulary of at most `size` tokens, or more if the single characters need more. Like
 * Hugging Face's `WordPieceTrainer`, it begins with single characters (`##c` inside of a word) and turns the
 * most frequent pair of adjacent tokens into a new token until there are enough. `words` are the output of
 * the pre-tokenizer. The index of a token is its id.
 */
export function learnWordPieces(words: Iterable<string>, size: number): string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const entries: Entry[] = [...counts].map(([word, count]) => ({
    pieces: [...word].map((character, index) => (index === 0 ? character : `##${character}`)),
    count,
  }));
  // Every character gets both forms, so that a word of known characters never becomes [UNK].
  const characters = new Set([...counts.keys()].flatMap((word) => [...word]));
  const alphabet = [...characters].sort().flatMap((character) => [character, `##${character}`]);
  const vocabulary = new Set([...SPECIAL_TOKENS, ...alphabet]);

  const pairs = new PairCounts(entries);
  while (vocabulary.size < size) {
    const best = pairs.mostFrequent();
    if (best === undefined) break;
    vocabulary.add(joined(best.left, best.right));
    pairs.merge(best);
  }
  return [...vocabulary];
}

const joined = (left: string, right: string): string => left + right.slice(2);

interface Pair {
  readonly left: string;
  readonly right: string;
  count: number;
  /** Words that have this pair, or had it before. */
  readonly entries: Set<Entry>;
}

/**
 * Counts how often each pair of adjacent tokens occurs in the text, and updates the counts when pairs are
 * merged.
 */
class PairCounts {
  readonly #pairs = new Map<string, Pair>();

  constructor(entries: readonly Entry[]) {
    for (const entry of entries) this.#count(entry, 1);
  }

  /**
   * Returns the most frequent pair; of equally frequent ones, the first in alphabetical order. `undefined` if
   * there is none.
   */
  mostFrequent(): Pair | undefined {
    let best: Pair | undefined;
    let bestKey = "";
    for (const [key, pair] of this.#pairs) {
      if (best === undefined || pair.count > best.count || (pair.count === best.count && key < bestKey)) {
        best = pair;
        bestKey = key;
      }
    }
    return best;
  }

  /** Merges the pair into one token wherever it occurs. */
  merge({ left, right, entries }: Pair): void {
    for (const entry of [...entries]) {
      this.#count(entry, -1);
      const merged: string[] = [];
      for (const piece of entry.pieces) {
        if (piece === right && merged[merged.length - 1] === left) merged.push(joined(merged.pop()!, right));
        else merged.push(piece);
      }
      entry.pieces = merged;
      this.#count(entry, 1);
    }
  }

  #count(entry: Entry, sign: 1 | -1): void {
    for (let index = 1; index < entry.pieces.length; index += 1) {
      const [left, right] = [entry.pieces[index - 1]!, entry.pieces[index]!];
      const key = `${left} ${right}`;
      const pair = this.#pairs.get(key) ?? { left, right, count: 0, entries: new Set() };
      pair.count += sign * entry.count;
      if (sign === 1) pair.entries.add(entry);
      if (pair.count > 0) this.#pairs.set(key, pair);
      else this.#pairs.delete(key);
    }
  }
}
