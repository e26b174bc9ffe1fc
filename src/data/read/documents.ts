import type { Sentence } from "../../text/sentence.js";

/** The line with which CoNLL-2003 begins a document. */
export const DOCUMENT_START = "-DOCSTART-";

/** Fields and columns that name the document of a sentence. */
export const DOCUMENT_FIELDS = ["document", "document_id", "doc_id"];

/** Numbers the documents that sentences stand in; a document without sentences gets no number. */
export class Documents {
  #document = 0;
  #hasSentences = false;
  #name: unknown;

  /** What follows stands in another document. */
  startDocument(): void {
    if (this.#hasSentences) this.#document++;
    this.#hasSentences = false;
  }

  /** What follows stands in the document of this name: another one, unless the last name was the same. */
  named(name: unknown): void {
    if (name !== this.#name) this.startDocument();
    this.#name = name;
  }

  sentence(words: readonly string[], tags: readonly string[], line: number): Sentence {
    this.#hasSentences = true;
    return { words, tags, document: this.#document, line };
  }
}
