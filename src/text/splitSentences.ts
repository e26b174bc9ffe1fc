import { beginsName } from "./abbreviations.js";
import type { TextWord } from "./splitWords.js";

/**
 * Groups the words of a text into sentences, in order; every word is in one. Words are asked for as they are needed.
 *
 * A sentence ends at `.`, `!`, `?` and their like, with closing quotes and brackets, before a word that can begin one; after
 * an abbreviation only before a word that usually does. It ends at the end of a line too, unless the line was broken
 * because the next word had no room in it.
 *
 * @param text what the words were split from
 */
export function* splitSentences(
  words: Iterable<TextWord>,
  text: string,
): Generator<TextWord[], void, undefined> {
  const isWrapped = wrapping(text);
  let sentence: TextWord[] = [];
  /** Whether a final mark stands behind the last word, closing marks aside. */
  let final: "no" | "maybe" | "yes" = "no";
  for (const next of words) {
    const word = sentence.at(-1);
    if (word !== undefined) {
      const goesOn = final !== "no" && CLOSING.test(word.text) && word.start === sentence.at(-2)?.end;
      if (!goesOn) final = finality(word.text);
      if (breaksLine(text, word, next, isWrapped) || endsBefore(final, word, next)) {
        yield sentence;
        sentence = [];
        final = "no";
      }
    }
    sentence.push(next);
  }
  if (sentence.length > 0) yield sentence;
}

const FINAL = /^(?:[.!?]+|[…。！？｡؟।۔])$/;
const FINAL_WITHOUT_SPACE = /[。！？｡]/;
const CLOSING = /^(?:["'”’»)\]}」』）]|'')$/;

/** Words that open sentences, and are rarely names. */
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
  // A small letter, or a mark that goes on, as in "Yahoo! , he said".
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

/** Lines of hard-wrapped text are about this long; those of a list are shorter, those of paragraphs longer. */
const SHORTEST_WRAPPED = 50;
const LONGEST_WRAPPED = 100;

/** Tells whether a line ends because the next word would make it longer than the text's longest line. */
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
