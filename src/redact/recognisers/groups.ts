/** A piece of letters and digits, and how it is joined to the piece before it. */
export interface Group {
  readonly start: number;
  readonly end: number;
  /** `9` for each digit and `A` for each letter: `GB29` is `AA99`. */
  readonly shape: string;
  /** The mark between this group and the group before it; empty for the first group of a chain. */
  readonly joint: string;
}

/** Longer groups are opaque: hashes, encoded data. */
const LONGEST = 40;
/** Groups of letters alone are part of a number only if they are this short, as in `GB29 NWBK 6016 1331`. */
const LETTERS = 4;

const DIGITS = Array.from({ length: LONGEST + 1 }, (_, length) => "9".repeat(length));

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isAlphanumeric = (code: number): boolean =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

const DIGIT = /\d/g;

/**
 * Yields the chains of groups in a text that may hold numbers: groups with digits, joined by single spaces,
 * hyphens, periods or slashes. A chain may begin and end with a short group of letters.
 */
export function* chainsIn(text: string): Generator<Group[]> {
  DIGIT.lastIndex = 0;
  let after = 0;
  for (;;) {
    DIGIT.lastIndex = after;
    const digit = DIGIT.exec(text)?.index;
    if (digit === undefined) return;
    const chain = chainFrom(text, beginOf(text, digit, after));
    after = chain.at(-1)!.end;
    yield chain;
  }
}

/** Goes back to the beginning of the group, and over a short group of letters before it. */
function beginOf(text: string, digit: number, least: number): number {
  let start = digit;
  while (start > least && isAlphanumeric(text.charCodeAt(start - 1))) start--;
  if (start - 2 < least || !isJoint(text, start - 1)) return start;
  let letters = start - 1;
  while (letters > least && isAlphanumeric(text.charCodeAt(letters - 1))) letters--;
  return start - 1 - letters <= LETTERS && letters < start - 1 ? letters : start;
}

function isJoint(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (
    code === 32 ||
    code === 45 ||
    code === 46 ||
    code === 47 ||
    code === 0xa0 ||
    code === 0x202f ||
    code === 0x2011
  );
}

const jointAt = (text: string, at: number): string => {
  const code = text.charCodeAt(at);
  return code === 0xa0 || code === 0x202f ? " " : code === 0x2011 ? "-" : text[at]!;
};

function chainFrom(text: string, from: number): Group[] {
  const chain: Group[] = [];
  let start = from;
  let joint = "";
  let afterWord = false;
  for (;;) {
    let end = start;
    let digits = 0;
    while (end < text.length && isAlphanumeric(text.charCodeAt(end))) {
      if (isDigit(text.charCodeAt(end))) digits++;
      end++;
    }
    const length = end - start;
    const isWord = digits === 0;
    // Two words in a row, or a long one, are no number.
    if (isWord && chain.length > 0 && (length > LETTERS || afterWord)) return chain;
    afterWord = isWord;
    // Whatever is too long has a shape that no number has.
    chain.push({ start, end, shape: length > LONGEST ? "" : shapeOf(text, start, end, digits), joint });
    if (!isJoint(text, end) || !isAlphanumeric(text.charCodeAt(end + 1))) return chain;
    joint = jointAt(text, end);
    start = end + 1;
  }
}

function shapeOf(text: string, start: number, end: number, digits: number): string {
  if (digits === end - start) return DIGITS[digits]!;
  let shape = "";
  for (let at = start; at < end; at++) shape += isDigit(text.charCodeAt(at)) ? "9" : "A";
  return shape;
}
