import { keepsPeriod } from "./abbreviations.js";
import { CharacterKind, kindAt, lengthAt } from "./characters.js";
import { cliticAfter, cliticStart, elisionEnd } from "./elisions.js";
import { unspacedCharacters, unspacedWords } from "./unspacedWords.js";
import { USUAL_RULES, type WordRules } from "./wordRules.js";

/** A word of a text. */
export interface TextWord {
  /** `text.slice(start, end)` of the whole text. */
  readonly text: string;
  /** In UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/**
 * Splits raw text into words as CoNLL-2003 does: at white space, then at punctuation.
 *
 * @example
 * splitWords("It's $5.").map(({ text }) => text); // ["It", "'s", "$", "5", "."]
 */
export const splitWords = (text: string, rules?: Partial<WordRules>): TextWord[] => [...wordsIn(text, rules)];

/**
 * Splits raw text into words as CoNLL-2003 does: at white space, then at punctuation.
 *
 * Periods stay in `U.S.`, `Mr.` and `3.5`, commas in `1,000`, colons and slashes in `2:29` and `1996/97`,
 * apostrophes in `O'Neill`, and `&` in `S&P`. So do hyphens in `well-known`, unless the rules say otherwise.
 * `'s`, `n't` and similar endings become words of their own, as do the articles of `l'ONU` and `dell'Italia`,
 * `%` and the `$` of `$5`. Web and mail addresses, `#tags` and `@names` stay whole. Words of scripts without
 * spaces come from `Intl.Segmenter`, or are single characters.
 *
 * Words come in order and never overlap, and together they cover every character that is not white space. The
 * time needed grows with the length of the text alone, whatever it contains.
 */
export function* wordsIn(
  text: string,
  { unspaced = USUAL_RULES.unspaced, hyphens = USUAL_RULES.hyphens }: Partial<WordRules> = {},
): Generator<TextWord, void, undefined> {
  const word = (start: number, end: number): TextWord => ({ text: text.slice(start, end), start, end });
  const wordsOfRun = unspaced === "characters" ? unspacedCharacters : unspacedWords;
  for (let at = 0; at < text.length; ) {
    const kind = kindAt(text, at);
    if (kind === CharacterKind.Space) {
      at++;
      continue;
    }
    if (kind === CharacterKind.Unspaced) {
      const end = endOfRun(text, at, CharacterKind.Unspaced);
      for (const [start, stop] of wordsOfRun(text, at, end)) yield word(start, stop);
      at = end;
      continue;
    }
    if (!beginsWord(text, at, kind)) {
      const end = cliticAfter(text, at) ?? endOfMark(text, at, kind);
      yield word(at, end);
      at = end;
      continue;
    }
    const end = endOfWord(text, at, hyphens);
    for (let elided = elisionEnd(text, at, end); elided > at; elided = elisionEnd(text, at, end)) {
      yield word(at, elided);
      at = elided;
    }
    if (at >= end) continue;
    const clitic = cliticStart(text, at, end);
    if (clitic > at) yield word(at, clitic);
    if (clitic < end) yield word(clitic, end);
    at = end;
  }
}

const isWordKind = (kind: CharacterKind): boolean =>
  kind === CharacterKind.Letter || kind === CharacterKind.Digit;

/** `#tag`, `@name`, `+44` and `.500` are words that begin with a mark. */
function beginsWord(text: string, at: number, kind: CharacterKind): boolean {
  if (isWordKind(kind)) return true;
  const next = kindAt(text, at + 1);
  switch (text[at]) {
    case "#":
    case "@":
      return isWordKind(next);
    case "+":
    case ".":
      return next === CharacterKind.Digit;
    default:
      return false;
  }
}

const ADDRESS = /https?:\/\/|www\./iy;

function beginsAddress(text: string, start: number): boolean {
  if (!"hHwW".includes(text[start]!)) return false;
  ADDRESS.lastIndex = start;
  return ADDRESS.test(text);
}

function endOfWord(text: string, start: number, hyphens: WordRules["hyphens"]): number {
  if (beginsAddress(text, start)) return endOfAddress(text, start);
  const keepsHyphens = hyphens === "join";
  let end = start + (isWordKind(kindAt(text, start)) ? 0 : 1);
  for (;;) {
    const kind = kindAt(text, end);
    if (isWordKind(kind) || kind === CharacterKind.Format) end += lengthAt(text, end);
    else if (joins(text, end, keepsHyphens)) end++;
    else break;
  }
  return withAppendage(text, start, end, keepsHyphens);
}

/** Returns true if the mark at `at` does not end the word that it is in. */
function joins(text: string, at: number, keepsHyphens: boolean): boolean {
  const before = at === 0 ? CharacterKind.Space : kindBefore(text, at);
  const after = kindAt(text, at + 1);
  switch (text[at]) {
    case "-":
    case "‐":
    case "‑":
      // Scores, dates and telephone numbers are no compounds.
      return keepsHyphens
        ? isWordKind(after)
        : before === CharacterKind.Digit && after === CharacterKind.Digit;
    case "@":
      return isWordKind(after);
    case ".":
      return isWordKind(after)
        ? !missesSpace(text, at)
        : keepsHyphens && text[at + 1] === "-" && isWordKind(kindAt(text, at + 2));
    case "'":
    case "’":
    case "&":
      return before === CharacterKind.Letter && after === CharacterKind.Letter;
    case ",":
    case ":":
    case "/":
    case "–":
      return before === CharacterKind.Digit && after === CharacterKind.Digit;
    default:
      return false;
  }
}

/** Returns the kind of the character that ends at `at`. */
function kindBefore(text: string, at: number): CharacterKind {
  const unit = text.charCodeAt(at - 1);
  const isPair = unit >= 0xdc00 && unit <= 0xdfff && at > 1 && lengthAt(text, at - 2) === 2;
  return kindAt(text, at - (isPair ? 2 : 1));
}

/** Matches `end.The`: the space after the period between two sentences is missing. */
const missesSpace = (text: string, period: number): boolean =>
  /^\p{Ll}{2}\.\p{Lu}\p{Ll}$/u.test(text.slice(Math.max(0, period - 2), period + 3));

/** Extends a word by the marks after it that belong to it: `U.S.`, `US$`, `C++`, `pre-`. */
function withAppendage(text: string, start: number, end: number, keepsHyphens: boolean): number {
  const mark = text[end];
  if (mark === "." && text[end + 1] !== "." && keepsPeriod(text, start, end)) return end + 1;
  if (mark === "$" && end - start <= 3 && /^[A-Z]+$/.test(text.slice(start, end))) return end + 1;
  if (mark === "+" && kindBefore(text, end) === CharacterKind.Letter) return endOfSame(text, end);
  if (keepsHyphens && mark === "-" && kindAt(text, end + 1) === CharacterKind.Space) return end + 1;
  return end;
}

/** An address ends at the next space or bracket, without the punctuation of the sentence around it. */
function endOfAddress(text: string, start: number): number {
  let end = start;
  while (kindAt(text, end) !== CharacterKind.Space && !'<>"()[]{}'.includes(text[end]!))
    end += lengthAt(text, end);
  while (end > start && ".,;:!?'’…”".includes(text[end - 1]!)) end--;
  return end;
}

const RUNS = ".-*=_~!?+#";

function endOfMark(text: string, start: number, kind: CharacterKind): number {
  const mark = text[start]!;
  if (RUNS.includes(mark)) return endOfSame(text, start);
  if ((mark === "'" || mark === "`") && text[start + 1] === mark) return start + 2;
  let end = start + lengthAt(text, start);
  // One emoji may be several characters, and several emoji in a row are one word, as in tweets.
  const joined = kind !== CharacterKind.Punctuation && mark > "\x7f";
  for (;;) {
    const next = kindAt(text, end);
    const isOwn =
      next === CharacterKind.Format || (joined && next === CharacterKind.Symbol && text[end]! > "\x7f");
    if (!isOwn && !isMark(text, end)) return end;
    end += lengthAt(text, end);
  }
}

/** Returns true for a combining mark, such as the variation selector that makes an emoji coloured. */
function isMark(text: string, at: number): boolean {
  return (
    kindAt(text, at) === CharacterKind.Letter && text[at]! > "\x7f" && /^\p{M}/u.test(text.slice(at, at + 2))
  );
}

function endOfSame(text: string, start: number): number {
  let end = start + 1;
  while (text[end] === text[start]) end++;
  return end;
}

function endOfRun(text: string, start: number, kind: CharacterKind): number {
  let end = start;
  while (end < text.length && (kindAt(text, end) === kind || isMark(text, end))) end += lengthAt(text, end);
  return end;
}
