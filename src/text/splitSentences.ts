import { beginsName } from "./abbreviations.js";
import type { TextWord } from "./splitWords.js";

/**
 * Groups the words of a text into sentences, in order. Every word belongs to exactly one sentence. Words are
 * read from the iterable only as they are needed.
 *
 * A sentence ends at `.`, `!`, `?` and similar marks, together with closing quotes and brackets, if the next
 * word can begin a sentence. After an abbreviation it ends only if the next word usually begins one. It also
 * ends at the end of a line, unless the line was wrapped because the next word did not fit.
 *
 * @param text the text that the words were split from
 */
export function* splitSentences(
  words: Iterable<TextWord>,
  text: string,
): Generator<TextWord[], void, undefined> {
  const splitter = new SentenceSplitter(text);
  for (const word of words) {
    const sentence = splitter.add(word);
    if (sentence !== undefined) yield sentence;
  }
  const last = splitter.end();
  if (last.length > 0) yield last;
}

/** Groups words into sentences as {@link splitSentences} does, word by word. */
export class SentenceSplitter {
  #sentence: TextWord[] = [];
  /** Whether the sentence so far ends with a final mark, ignoring closing quotes and brackets. */
  #final: "no" | "maybe" | "yes" = "no";
  readonly #isWrapped: (newline: number, next: TextWord) => boolean;

  /** @param text the text that the words were split from */
  constructor(private readonly text: string) {
    this.#isWrapped = wrapping(text);
  }

  /** Adds the next word. Returns the sentence before it, if the word begins a new one. */
  add(next: TextWord): TextWord[] | undefined {
    const sentence = this.#sentence;
    const word = sentence.at(-1);
    if (word !== undefined) {
      const goesOn = this.#final !== "no" && CLOSING.test(word.text) && word.start === sentence.at(-2)?.end;
      if (!goesOn) this.#final = finality(word.text);
      if (breaksLine(this.text, word, next, this.#isWrapped) || endsBefore(this.#final, word, next)) {
        this.#sentence = [next];
        this.#final = "no";
        return sentence;
      }
    }
    sentence.push(next);
    return undefined;
  }

  /** Returns the last sentence, which is empty if there were no words. */
  end(): TextWord[] {
    return this.#sentence;
  }
}

const FINAL = /^(?:[.!?]+|[…。！？｡؟।۔])$/;
const FINAL_WITHOUT_SPACE = /[。！？｡]/;
const CLOSING = /^(?:["'”’»)\]}」』）]|'')$/;

/** Words that often begin a sentence and are rarely names. */
const OPENERS = new Set(
  (
    "The A An This That These Those He She It We They I You There Here In On At But And Or So If When While After Before " +
    "As For From By With However Meanwhile His Her Its Their Our My What Who Why How Where No Not Some Many Most"
  ).split(" "),
);

function finality(word: string): "no" | "maybe" | "yes" {
  if (FINAL.test(word)) return "yes";
  return word.length > 1 && word.endsWith(".") && !beginsName(word) && !/^\d/.test(word) ? "maybe" : "no";
}

function endsBefore(final: "no" | "maybe" | "yes", word: TextWord, next: TextWord): boolean {
  if (final === "no") return false;
  if (FINAL_WITHOUT_SPACE.test(word.text)) return !CLOSING.test(next.text);
  if (next.start === word.end) return false;
  if (final === "maybe") return OPENERS.has(next.text);
  // A lowercase letter or one of these marks continues the sentence, as in "Yahoo! , he said".
  return !/^(?:\p{Ll}|[,;:)\]}.!?%])/u.test(next.text);
}

function breaksLine(
  text: string,
  word: TextWord,
  next: TextWord,
  isWrapped: (newline: number, next: TextWord) => boolean,
): boolean {
  if (next.start === word.end) return false;
  const between = text.slice(word.end, next.start);
  const newline = between.indexOf("\n");
  if (newline < 0) return false;
  return between.includes("\n", newline + 1) || !isWrapped(word.end + newline, next);
}

/** Typical line lengths of hard-wrapped text. Lists have shorter lines, paragraphs longer ones. */
const SHORTEST_WRAPPED = 50;
const LONGEST_WRAPPED = 100;

/**
 * Returns a function that tells if a line was wrapped: with the next word, it would be longer than the
 * longest line of the text.
 */
function wrapping(text: string): (newline: number, next: TextWord) => boolean {
  let longest = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    longest = Math.max(longest, end - start);
    start = end + 1;
  }
  if (longest > LONGEST_WRAPPED) return () => false;
  return (newline, next) => {
    const length = newline - (text.lastIndexOf("\n", newline - 1) + 1);
    return length >= SHORTEST_WRAPPED && length + 1 + next.text.length > longest;
  };
}
