import type { Sentence } from "./sentence.js";

/** The line with which CoNLL-2003 begins a document. */
export const DOCUMENT_START = "-DOCSTART-";

/** Collects sentences and numbers the documents that they stand in; a document without sentences gets no number. */
export class Documents {
  readonly sentences: Sentence[] = [];
  #document = 0;
  #hasSentences = false;

  /** What follows stands in another document. */
  startDocument(): void {
    if (this.#hasSentences) this.#document++;
    this.#hasSentences = false;
  }

  add(words: readonly string[], tags: readonly string[], line: number): void {
    this.sentences.push({ words, tags, document: this.#document, line });
    this.#hasSentences = true;
  }
}
