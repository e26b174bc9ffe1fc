/** What a character is to the splitter of words. */
export enum CharacterKind {
  Unknown,
  Space,
  /** Letters of scripts that put spaces between words, marks, and `_`. */
  Letter,
  Digit,
  /** Letters of scripts without spaces between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese. */
  Unspaced,
  Punctuation,
  /** Symbols, pictures, control characters, and what Unicode does not know. */
  Symbol,
  /** Joins what is before it with what follows: zero-width joiners, soft hyphens. */
  Format,
}

const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;

function kindOf(character: string): CharacterKind {
  if (/[\s\x85]/.test(character)) return CharacterKind.Space;
  if (/[\p{L}\p{M}]/u.test(character))
    // The marks that many scripts share belong to the letter before them.
    return UNSPACED.test(character) && !/\p{scx=Inherited}/u.test(character)
      ? CharacterKind.Unspaced
      : CharacterKind.Letter;
  if (/\p{N}/u.test(character)) return CharacterKind.Digit;
  if (character === "_") return CharacterKind.Letter;
  if (/\p{P}/u.test(character)) return CharacterKind.Punctuation;
  return /\p{Cf}/u.test(character) ? CharacterKind.Format : CharacterKind.Symbol;
}

/** Kinds of characters by code point, filled in as they are met. */
const KINDS = new Uint8Array(0x110000);

/** The kind of the character that begins at an index, `Space` behind the text. */
export function kindAt(text: string, index: number): CharacterKind {
  if (index >= text.length) return CharacterKind.Space;
  const codePoint = text.codePointAt(index)!;
  const known = KINDS[codePoint]! as CharacterKind;
  if (known !== CharacterKind.Unknown) return known;
  const kind = kindOf(String.fromCodePoint(codePoint));
  KINDS[codePoint] = kind;
  return kind;
}

/** Length in UTF-16 units of the character that begins at an index. */
export function lengthAt(text: string, index: number): 1 | 2 {
  return text.codePointAt(index)! > 0xffff ? 2 : 1;
}
