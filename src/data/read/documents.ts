import type { Sentence } from "../../text/sentence.js";
import type { LeftOut } from "./leftOut.js";

/** The beginning of the line that starts a document in CoNLL-2003. */
export const DOCUMENT_START = "-DOCSTART-";

/** Fields and columns that name the document of a sentence. */
export const DOCUMENT_FIELDS = ["document", "document_id", "doc_id"];

/** Numbers the documents of sentences, and counts their names. A document without sentences does not get a number. */
export class Documents {
  #document = 0;
  #hasSentences = false;
  #name: unknown;

  constructor(private readonly leftOut: LeftOut) {}

  /** The sentences that follow belong to another document, which may have a name. */
  startDocument(isNamed = false): void {
    if (this.#hasSentences) this.#document++;
    this.#hasSentences = false;
    if (isNamed) this.leftOut.detail("name of a document", 1, "names of documents");
  }

  /**
   * The sentences that follow belong to the document with this name. It is a new one unless the last name was
   * the same.
   */
  named(name: unknown): void {
    if (name !== this.#name) this.startDocument(name != null && !isNumber(name));
    this.#name = name;
  }

  sentence(words: readonly string[], tags: readonly string[], line: number): Sentence {
    this.#hasSentences = true;
    return { words, tags, document: this.#document, line };
  }
}

/** A number only says which sentences belong together. */
export const isNumber = (name: unknown): boolean =>
  typeof name === "number" ||
  typeof name === "bigint" ||
  (typeof name === "string" && /^\s*\d*\s*$/.test(name));
