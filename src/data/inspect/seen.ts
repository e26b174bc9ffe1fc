/** Where a sentence stands: number of its file and line in it. */
export interface Place {
  readonly file: number;
  readonly line: number;
}

/**
 * Sentences that were met, by a hash of 53 bits of their words, in 24 to 48 bytes each, so that millions can be compared.
 * Two different sentences with one hash are met once in some million runs over a million sentences each.
 */
export class SeenSentences {
  #size = 0;
  #keys = new Float64Array(1024);
  #tags = new Uint32Array(1024);
  #lines = new Uint32Array(1024);
  #files = new Uint16Array(1024);

  /** The place of the first sentence with the same words, and whether its tags were others. */
  find(
    words: readonly string[],
    tags: readonly string[],
  ): (Place & { readonly otherTags: boolean }) | undefined {
    const slot = slotOf(this.#keys, sentenceHash(words));
    if (this.#keys[slot] === 0) return undefined;
    return {
      file: this.#files[slot]!,
      line: this.#lines[slot]!,
      otherTags: this.#tags[slot] !== sentenceHash(tags) >>> 0,
    };
  }

  /** Remembers a sentence, unless there is one with the same words; gives then what {@link find} gives. */
  add(
    words: readonly string[],
    tags: readonly string[],
    { file, line }: Place,
  ): (Place & { readonly otherTags: boolean }) | undefined {
    const known = this.find(words, tags);
    if (known !== undefined) return known;
    const key = sentenceHash(words);
    const slot = slotOf(this.#keys, key);
    this.#keys[slot] = key;
    this.#tags[slot] = sentenceHash(tags);
    this.#lines[slot] = line;
    this.#files[slot] = file;
    if (++this.#size * 4 > this.#keys.length * 3) this.#grow();
    return undefined;
  }

  #grow(): void {
    const [keys, tags, lines, files] = [this.#keys, this.#tags, this.#lines, this.#files];
    const size = keys.length * 2;
    this.#keys = new Float64Array(size);
    this.#tags = new Uint32Array(size);
    this.#lines = new Uint32Array(size);
    this.#files = new Uint16Array(size);
    for (let old = 0; old < keys.length; old++) {
      if (keys[old] === 0) continue;
      const slot = slotOf(this.#keys, keys[old]!);
      this.#keys[slot] = keys[old]!;
      this.#tags[slot] = tags[old]!;
      this.#lines[slot] = lines[old]!;
      this.#files[slot] = files[old]!;
    }
  }
}

/** The slot of a key, or the free one that it goes into; the number of slots is a power of two. */
function slotOf(keys: Float64Array, key: number): number {
  let slot = key % keys.length;
  while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) % keys.length;
  return slot;
}

/** 53 bits of a sentence's words, never 0: cyrb53, https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js */
export function sentenceHash(texts: readonly string[]): number {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (const text of texts) {
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      a = Math.imul(a ^ unit, 2654435761);
      b = Math.imul(b ^ unit, 1597334677);
    }
    // An end, so that ["ab"] and ["a", "b"] differ.
    a = Math.imul(a ^ 0x10000, 2654435761);
    b = Math.imul(b ^ 0x10000, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0) || 1;
}
