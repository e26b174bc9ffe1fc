import type { WordEncoder } from "./library.js";

/** Words of a sentence as pieces. */
export interface EncodedWords {
  /** Ids of the pieces, special tokens not included. */
  readonly ids: Int32Array;
  /** For each piece the index of its word; ascending. A word without pieces does not occur. */
  readonly wordOf: Int32Array;
}

/** Characters of words and bookkeeping that are remembered, some tens of megabytes. */
const MEMORY = 2 ** 23;
const BOOKKEEPING = 32;

/**
 * Pieces of words, each different word cut once.
 *
 * That is exact: with `is_split_into_words`, the tokenizers treat every word alone, from normalisation to the pieces.
 */
export class WordPieces {
  readonly #encode: WordEncoder;
  #known = new Map<string, Int32Array>();
  #memory = 0;

  constructor(encode: WordEncoder) {
    this.#encode = encode;
  }

  async encodeWords(sentences: readonly (readonly string[])[]): Promise<EncodedWords[]> {
    const known = this.#known;
    const unseen = new Set<string>();
    for (const words of sentences) for (const word of words) if (!known.has(word)) unseen.add(word);
    const words = [...unseen];
    const pieces = await this.#encode(words);
    words.forEach((word, index) => {
      known.set(copied(word), pieces[index]!);
      this.#memory += word.length + BOOKKEEPING;
    });
    const encoded = sentences.map((sentence) => joined(sentence.map((word) => known.get(word)!)));
    // Another call may still read the old map.
    if (this.#memory > MEMORY) {
      this.#known = new Map();
      this.#memory = 0;
    }
    return encoded;
  }
}

/** A string that does not keep alive the text it was cut from, as V8's slices do. */
const copied = (word: string): string =>
  word.length < 13 ? word : Buffer.from(word, "utf16le").toString("utf16le");

function joined(pieces: readonly Int32Array[]): EncodedWords {
  const length = pieces.reduce((total, own) => total + own.length, 0);
  const ids = new Int32Array(length);
  const wordOf = new Int32Array(length);
  let at = 0;
  pieces.forEach((own, word) => {
    ids.set(own, at);
    wordOf.fill(word, at, at + own.length);
    at += own.length;
  });
  return { ids, wordOf };
}
