/** Word pieces that every BERT vocabulary begins with. */
const SPECIAL_TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/** A different word of the text: its pieces so far and how often it stands there. */
interface Entry {
  pieces: string[];
  readonly count: number;
}

/**
 * Learns a WordPiece vocabulary of at most `size` pieces, as Hugging Face's `WordPieceTrainer` does: beginning with
 * single characters (`##c` inside of a word), the most frequent pair of neighbouring pieces becomes a piece of its
 * own, until there are enough. Words are those that the pre-tokenizer gives. The order of the pieces is their id.
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
  /** Words that have, or once had, this pair. */
  readonly entries: Set<Entry>;
}

/** How often each pair of neighbouring pieces stands in the text, kept up while pairs are merged. */
class PairCounts {
  readonly #pairs = new Map<string, Pair>();

  constructor(entries: readonly Entry[]) {
    for (const entry of entries) this.#count(entry, 1);
  }

  /** The pair that stands most often, the first in alphabetical order among equals; undefined when none is left. */
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

  /** Makes one piece of the pair wherever it stands. */
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
