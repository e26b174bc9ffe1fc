import type { TextWord } from "../../text/splitWords.js";
import type { TextDocument } from "../../text/textDocument.js";

/** The words that records bring along. Words that do not fit their text are counted, and not used. */
export class RecordWords {
  #unfit = 0;
  #first: string | undefined;

  constructor(private readonly file: string) {}

  /** Returns the words of a record. `undefined` if it has none, or if they do not cover its text. */
  wordsOf(document: TextDocument): readonly TextWord[] | undefined {
    if (document.words === undefined) return undefined;
    const words = coveringWords(document);
    if (words === undefined) {
      this.#unfit++;
      this.#first ??= `${document.file ?? this.file}:${document.line}`;
    }
    return words;
  }

  get note(): string | undefined {
    if (this.#unfit === 0) return undefined;
    const [records, their] = this.#unfit === 1 ? ["1 record", "its"] : [`${this.#unfit} records`, "their"];
    return `${this.#first}: ignored the tokens of ${records}, because they do not cover ${their} text`;
  }
}

function coveringWords({ text, words = [] }: TextDocument): TextWord[] | undefined {
  const covering: TextWord[] = [];
  let end = 0;
  for (const word of words) {
    if (word.start < end || word.end <= word.start || word.end > text.length) return undefined;
    if (text.slice(end, word.start).trim() !== "") return undefined;
    end = word.end;
    const own = text.slice(word.start, word.end);
    // spaCy makes tokens of white space.
    if (own.trim() === "") continue;
    const start = word.end - own.trimStart().length;
    covering.push({ text: own.trim(), start, end: start + own.trim().length });
  }
  return text.slice(end).trim() === "" ? covering : undefined;
}
