import type { WordEncoder } from "./library.js";

/** Words of a sentence as pieces. */
export interface EncodedWords {
  /** Ids of the pieces, special tokens not included. */
  readonly ids: Int32Array;
  /** For each piece the index of its word; ascending. A word without pieces does not occur. */
  readonly wordOf: Int32Array;
}

/** Bytes of words and their pieces that are remembered: about 150,000 words of English. */
const MOST_BYTES = 16 * 2 ** 20;
/** What a word takes in the map, besides its characters and pieces. */
const ENTRY_BYTES = 80;

/**
 * Pieces of words, each different word cut once.
 *
 * That is exact: with `is_split_into_words`, the tokenizers treat every word alone, from normalisation to the pieces.
 */
export class WordPieces {
  readonly #encode: WordEncoder;
  #known = new KnownWords();

  constructor(encode: WordEncoder) {
    this.#encode = encode;
  }

  async encodeWords(sentences: readonly (readonly string[])[]): Promise<EncodedWords[]> {
    // Another call may begin a new memory meanwhile; this one's stays whole.
    const known = this.#known;
    const unseen = new Set<string>();
    for (const words of sentences) for (const word of words) if (!known.has(word)) unseen.add(word);
    const words = [...unseen];
    const pieces = await this.#encode(words);
    words.forEach((word, index) => {
      known.add(word, pieces[index]!);
    });
    const encoded = sentences.map((sentence) => known.joined(sentence));
    if (known.bytes > MOST_BYTES && this.#known === known) this.#known = new KnownWords();
    return encoded;
  }
}

/** Words and their pieces, all pieces in one array: an array for each word would take ten times the memory. */
class KnownWords {
  /** Where each word's pieces stand: their number, then their ids. */
  private readonly places = new Map<string, number>();
  private pieces = new Int32Array(2 ** 12);
  private filled = 0;
  private wordBytes = 0;

  get bytes(): number {
    return this.wordBytes + this.pieces.byteLength;
  }

  has(word: string): boolean {
    return this.places.has(word);
  }

  /** Another call may have added the word already. */
  add(word: string, ids: Int32Array): void {
    if (this.places.has(word)) return;
    const end = this.filled + 1 + ids.length;
    if (end > this.pieces.length) {
      const larger = new Int32Array(Math.max(end, 2 * this.pieces.length));
      larger.set(this.pieces.subarray(0, this.filled));
      this.pieces = larger;
    }
    this.pieces[this.filled] = ids.length;
    this.pieces.set(ids, this.filled + 1);
    this.places.set(copied(word), this.filled);
    this.filled = end;
    this.wordBytes += ENTRY_BYTES + 2 * word.length;
  }

  /** The pieces of a sentence whose words are all known. */
  joined(words: readonly string[]): EncodedWords {
    const { pieces } = this;
    const places = words.map((word) => this.places.get(word)!);
    const length = places.reduce((total, place) => total + pieces[place]!, 0);
    const ids = new Int32Array(length);
    const wordOf = new Int32Array(length);
    let at = 0;
    places.forEach((place, word) => {
      for (let piece = 1; piece <= pieces[place]!; piece++, at++) {
        ids[at] = pieces[place + piece]!;
        wordOf[at] = word;
      }
    });
    return { ids, wordOf };
  }
}

/** A string that does not keep alive the text it was cut from, as V8's slices do. */
const copied = (word: string): string =>
  word.length < 13 ? word : Buffer.from(word, "utf16le").toString("utf16le");
