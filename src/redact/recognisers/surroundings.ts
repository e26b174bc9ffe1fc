/** Letters of scripts that separate words with spaces, digits and the underscore. */
const WORD = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Nd}_]/u;
/** Marks that join the parts of codes, file names and decimal numbers. */
const JOINS_BEFORE = "-./+_\\~%";
const JOINS_AFTER = "-./+_\\~@,:";

const isAsciiWord = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;

/** Whether a word continues at this place. Only looks at one UTF-16 unit. */
export function isWordAt(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return false;
  const code = text.charCodeAt(at);
  return code < 128 ? isAsciiWord(code) : WORD.test(text[at]!);
}

const isDigitAt = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
};

/** How far to look for the beginning of a joined part. */
const FARTHEST = 64;

/**
 * Whether a number stands on its own. It does not as a part of a longer code, such as a UUID, a part number, a
 * version, a decimal number or an amount of money.
 *
 * @param isLabel whether a word announces the number, as in `SSN-536904399`
 */
export function standsAlone(
  text: string,
  start: number,
  end: number,
  isLabel: (word: string) => boolean = () => false,
): boolean {
  return beginsAlone(text, start, isLabel) && endsAlone(text, end);
}

function beginsAlone(text: string, start: number, isLabel: (word: string) => boolean): boolean {
  if (start === 0) return true;
  if (isWordAt(text, start - 1)) return false;
  const before = text[start - 1]!;
  if (/\p{Sc}/u.test(before)) return false;
  if (before === "," || before === ":") return !isDigitAt(text, start - 2) || text[start - 1] === ":";
  if (!JOINS_BEFORE.includes(before)) return true;
  let from = start - 1;
  while (from > 0 && start - from < FARTHEST && isWordAt(text, from - 1)) from--;
  const word = text.slice(from, start - 1);
  return word === "" ? isFree(text, from - 1) : isLabel(word);
}

/** Whether a joining mark that follows no word belongs to nothing: a dash of a list, but not a closing bracket. */
const isFree = (text: string, at: number): boolean => at < 0 || !/[)\]}/.+\-_]/.test(text[at]!);

function endsAlone(text: string, end: number): boolean {
  if (end >= text.length) return true;
  if (isWordAt(text, end)) return false;
  const after = text[end]!;
  if (after === "%") return false;
  if (after === "," || after === ":") return !isDigitAt(text, end + 1);
  return !(JOINS_AFTER.includes(after) && isWordAt(text, end + 1));
}

/** How far before and after a number the words are that tell what it is. */
const BEFORE = 60;
const AFTER = 30;

/** The words of a text between single spaces, in lower case, so that a word is found with the spaces around it. */
const spaced = (text: string): string => ` ${text.toLowerCase().replace(/[^\p{L}\p{N}\p{M}]+/gu, " ")} `;

/** The words around the numbers of a text. */
export class Surroundings {
  private start = -1;
  private end = -1;
  private words = "";
  private readonly context: string;

  /** @param context words that belong to the whole text */
  constructor(
    private readonly text: string,
    context: string,
  ) {
    this.context = context === "" ? "" : spaced(context);
  }

  /** Returns the words near a number: in the same line or, if the number begins its line, in the line before. */
  around(start: number, end: number): string {
    if (start !== this.start || end !== this.end) {
      const { text } = this;
      this.words = `${this.context}|${spaced(before(text, start))}|${spaced(after(text, end))}`;
      this.start = start;
      this.end = end;
    }
    return this.words;
  }
}

/** Words that tell what a number is, as whole words. */
export class ContextWords {
  private readonly words: readonly string[];

  constructor(words: readonly string[]) {
    this.words = [...new Set(words.map(spaced))];
  }

  /** Whether one of the words is near a number. */
  near(surroundings: Surroundings, start: number, end: number): boolean {
    const around = surroundings.around(start, end);
    return this.words.some((word) => around.includes(word));
  }

  readonly isLabel = (word: string): boolean => this.words.includes(spaced(word));
}

function before(text: string, start: number): string {
  let from = Math.max(0, start - BEFORE);
  while (from > 0 && start - from < 2 * BEFORE && isWordAt(text, from - 1) && isWordAt(text, from)) from--;
  const near = text.slice(from, start);
  const line = near.lastIndexOf("\n");
  if (line < 0) return near;
  if (/[\p{L}\p{N}]/u.test(near.slice(line))) return near.slice(line);
  const above = near.slice(0, line).trimEnd();
  return above.slice(above.lastIndexOf("\n") + 1);
}

function after(text: string, end: number): string {
  let to = Math.min(text.length, end + AFTER);
  while (to < text.length && to - end < 2 * AFTER && isWordAt(text, to - 1) && isWordAt(text, to)) to++;
  const near = text.slice(end, to);
  const line = near.indexOf("\n");
  return line < 0 ? near : near.slice(0, line);
}

/** Splits a key or the name of a column into words: `phoneNumber`, `home_phone` → `phone Number`, `home phone`. */
export const wordsOfName = (name: string): string =>
  name.replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})/gu, " ").replace(/[_.\-/:]+/g, " ");
