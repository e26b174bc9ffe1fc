/** What the word splitter takes a character for. */
export enum CharacterKind {
  Unknown,
  Space,
  /** Letters of scripts that put spaces between words, marks, and `_`. */
  Letter,
  Digit,
  /** Letters of scripts without spaces between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese. */
  Unspaced,
  Punctuation,
  /** Symbols, emoji, control characters and unassigned code points. */
  Symbol,
  /** Joins the character before it with the one after it: zero-width joiners, soft hyphens. */
  Format,
}

const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;

function kindOf(character: string): CharacterKind {
  if (/[\s\x85]/.test(character)) return CharacterKind.Space;
  if (/[\p{L}\p{M}]/u.test(character))
    // Combining marks used in many scripts belong to the letter before them.
    return UNSPACED.test(character) && !/\p{scx=Inherited}/u.test(character)
      ? CharacterKind.Unspaced
      : CharacterKind.Letter;
  if (/\p{N}/u.test(character)) return CharacterKind.Digit;
  if (character === "_") return CharacterKind.Letter;
  if (/\p{P}/u.test(character)) return CharacterKind.Punctuation;
  return /\p{Cf}/u.test(character) ? CharacterKind.Format : CharacterKind.Symbol;
}

/** The kind of each code point, filled in on first use. */
const KINDS = new Uint8Array(0x110000);

/** Returns the kind of the character that begins at `index`, or `Space` past the end of the text. */
export function kindAt(text: string, index: number): CharacterKind {
  if (index >= text.length) return CharacterKind.Space;
  const codePoint = text.codePointAt(index)!;
  const known = KINDS[codePoint]! as CharacterKind;
  if (known !== CharacterKind.Unknown) return known;
  const kind = kindOf(String.fromCodePoint(codePoint));
  KINDS[codePoint] = kind;
  return kind;
}

/** Returns the length, in UTF-16 units, of the character that begins at `index`. */
export function lengthAt(text: string, index: number): 1 | 2 {
  return text.codePointAt(index)! > 0xffff ? 2 : 1;
}

/** Returns true for a combining mark, of any script. */
export const isCombining = (text: string, index: number): boolean =>
  /^\p{M}/u.test(text.slice(index, index + 2));
