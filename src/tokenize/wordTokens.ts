import type { WordEncoder } from "./library.js";

/** The words of a sentence as tokens. */
export interface EncodedWords {
  /** Ids of the tokens, without special tokens. */
  readonly ids: Int32Array;
  /** The index of each token's word, ascending. A word without tokens does not appear. */
  readonly wordOf: Int32Array;
}

/**
 * Bytes of remembered words and their tokens after which a new memory begins: about 150,000 English words.
 */
const MOST_BYTES = 16 * 2 ** 20;
/** Bytes that a word takes in the map, in addition to its characters and tokens. */
const ENTRY_BYTES = 80;

/**
 * Remembers the tokens of words, so that each different word is tokenized only once.
 *
 * The result is exact: with `is_split_into_words`, the tokenizers process every word on its own, from
 * normalisation to the tokens.
 */
export class WordTokens {
  readonly #encode: WordEncoder;
  #known = new KnownWords();

  constructor(encode: WordEncoder) {
    this.#encode = encode;
  }

  async encodeWords(sentences: readonly (readonly string[])[]): Promise<EncodedWords[]> {
    // Another call may start a new memory in the meantime; this call keeps using the one it began with.
    const known = this.#known;
    const unseen = new Set<string>();
    for (const words of sentences) for (const word of words) if (!known.has(word)) unseen.add(word);
    const words = [...unseen];
    const tokens = await this.#encode(words);
    words.forEach((word, index) => {
      known.add(word, tokens[index]!);
    });
    const encoded = sentences.map((sentence) => known.joined(sentence));
    if (known.bytes > MOST_BYTES && this.#known === known) this.#known = new KnownWords();
    return encoded;
  }
}

/**
 * Words and their tokens. All tokens are in one array, because an array per word would take ten times the
 * memory.
 */
class KnownWords {
  /** Index of each word in `tokens`, which holds its number of tokens, then their ids. */
  private readonly places = new Map<string, number>();
  private tokens = new Int32Array(2 ** 12);
  private filled = 0;
  private wordBytes = 0;

  get bytes(): number {
    return this.wordBytes + this.tokens.byteLength;
  }

  has(word: string): boolean {
    return this.places.has(word);
  }

  /** Does nothing if another call has already added the word. */
  add(word: string, ids: Int32Array): void {
    if (this.places.has(word)) return;
    const end = this.filled + 1 + ids.length;
    if (end > this.tokens.length) {
      const larger = new Int32Array(Math.max(end, 2 * this.tokens.length));
      larger.set(this.tokens.subarray(0, this.filled));
      this.tokens = larger;
    }
    this.tokens[this.filled] = ids.length;
    this.tokens.set(ids, this.filled + 1);
    this.places.set(copied(word), this.filled);
    this.filled = end;
    this.wordBytes += ENTRY_BYTES + 2 * word.length;
  }

  /** Returns the tokens of a sentence. All of its words must be known. */
  joined(words: readonly string[]): EncodedWords {
    const { tokens } = this;
    const places = words.map((word) => this.places.get(word)!);
    const length = places.reduce((total, place) => total + tokens[place]!, 0);
    const ids = new Int32Array(length);
    const wordOf = new Int32Array(length);
    let at = 0;
    places.forEach((place, word) => {
      for (let token = 1; token <= tokens[place]!; token++, at++) {
        ids[at] = tokens[place + token]!;
        wordOf[at] = word;
      }
    });
    return { ids, wordOf };
  }
}

/** Copies a string, so that it does not keep alive the text that it was cut from, as V8's slices do. Works in browsers too. */
const copied = (word: string): string => (word.length < 13 ? word : JSON.parse(JSON.stringify(word)));
