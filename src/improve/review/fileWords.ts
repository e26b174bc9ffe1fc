import type { Dataset, Sentence } from "../../text/index.js";

/** Where words are: changes of tags never move them, while where sentences of a text end may depend on its entities. */
export interface WordPlace {
  readonly file: string;
  /** Number of words before them in the file. */
  readonly word: number;
}

/** A sentence, and the number of words before it in its file. */
interface Placed extends Sentence {
  readonly word: number;
}

/** The sentences of a data set by file, to find words by their place. */
export class FileWords {
  readonly #files = new Map<string, Placed[]>();
  readonly #tags = new Map<string, string[]>();

  constructor({ file: only, sentences }: Dataset) {
    for (const sentence of sentences) {
      const file = sentence.file ?? only;
      const own = this.#files.get(file) ?? [];
      const tags = this.#tags.get(file) ?? [];
      own.push({ ...sentence, word: tags.length });
      for (const tag of sentence.tags) tags.push(tag);
      this.#files.set(file, own);
      this.#tags.set(file, tags);
    }
  }

  /** True if these words are at a place. */
  has({ file, word }: WordPlace, words: readonly string[]): boolean {
    const found: string[] = [];
    const sentences = this.#files.get(file) ?? [];
    for (let at = this.#sentenceAt(file, word); at < sentences.length && found.length < words.length; at++) {
      const sentence = sentences[at]!;
      const from = Math.max(0, word - sentence.word);
      found.push(...sentence.words.slice(from, from + words.length - found.length));
    }
    return found.length === words.length && found.every((each, at) => each === words[at]);
  }

  /** The tags of some words now. */
  tags({ file, word }: WordPlace, count: number): string[] {
    return this.#tags.get(file)!.slice(word, word + count);
  }

  setTags({ file, word }: WordPlace, tags: readonly string[]): void {
    this.#tags.get(file)!.splice(word, tags.length, ...tags);
  }

  /** The sentences before and after some words, if they are of the same document. */
  around({ file, word }: WordPlace, count: number): { readonly before?: string; readonly after?: string } {
    const sentences = this.#files.get(file)!;
    const at = this.#sentenceAt(file, word);
    const { document } = sentences[at]!;
    const text = (sentence: Placed | undefined) =>
      sentence?.document === document ? sentence.words.join(" ") : undefined;
    const before = text(sentences[at - 1]);
    const after = text(sentences.slice(at).find((each) => each.word >= word + count));
    return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
  }

  /** Index of the sentence that contains a word. */
  #sentenceAt(file: string, word: number): number {
    const sentences = this.#files.get(file) ?? [];
    let [low, high] = [0, sentences.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (sentences[middle]!.word <= word) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
