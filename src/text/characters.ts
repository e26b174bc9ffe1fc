/** What a character is to the splitter of words. */
export enum Kind {
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

function kindOf(character: string): Kind {
  if (/[\s\x85]/.test(character)) return Kind.Space;
  if (/[\p{L}\p{M}]/u.test(character))
    // The marks that many scripts share belong to the letter before them.
    return UNSPACED.test(character) && !/\p{scx=Inherited}/u.test(character) ? Kind.Unspaced : Kind.Letter;
  if (/\p{N}/u.test(character)) return Kind.Digit;
  if (character === "_") return Kind.Letter;
  if (/\p{P}/u.test(character)) return Kind.Punctuation;
  return /\p{Cf}/u.test(character) ? Kind.Format : Kind.Symbol;
}

/** Kinds of characters by code point, filled in as they are met. */
const KINDS = new Uint8Array(0x110000);

/** The kind of the character that begins at an index, `Space` behind the text. */
export function kindAt(text: string, index: number): Kind {
  if (index >= text.length) return Kind.Space;
  const codePoint = text.codePointAt(index)!;
  const known = KINDS[codePoint]! as Kind;
  if (known !== Kind.Unknown) return known;
  const kind = kindOf(String.fromCodePoint(codePoint));
  KINDS[codePoint] = kind;
  return kind;
}

/** Length in UTF-16 units of the character that begins at an index. */
export function lengthAt(text: string, index: number): 1 | 2 {
  return text.codePointAt(index)! > 0xffff ? 2 : 1;
}
