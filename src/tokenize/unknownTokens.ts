import { type TokenizerDocument, vocabularyOf } from "./document.js";
import { isByteLevel } from "./wordInput.js";
import type { EncodedWords } from "./wordTokens.js";

/**
 * Returns the ids of tokens that stand for characters which the vocabulary does not have: the unknown token, and bytes that are
 * only a part of a character.
 */
export function unknownTokens(document: TokenizerDocument, unk: number): ReadonlySet<number> {
  const ids = new Set([unk]);
  if (document.kind === "WordPiece") return ids;
  const isPart = document.kind === "BPE" && isByteLevel(document.json) ? isPartOfCharacter : isByte;
  for (const [token, id] of vocabularyOf(document)) if (isPart(token)) ids.add(id);
  return ids;
}

/** Returns the indices of the words that have an unknown token, or no token at all. */
export function unknownWords(
  { ids, wordOf }: EncodedWords,
  words: number,
  unknown: ReadonlySet<number>,
): number[] {
  const found: number[] = [];
  let before = -1;
  const upTo = (word: number) => {
    while (before + 1 < word) found.push(++before);
    before = word;
  };
  ids.forEach((id, token) => {
    const word = wordOf[token]!;
    if (word !== before) upTo(word);
    if (unknown.has(id) && found.at(-1) !== word) found.push(word);
  });
  upTo(words);
  return found;
}

/** `<0xE2>`, as byte fallback writes a byte. */
const isByte = (token: string): boolean => /^<0x[0-9A-F]{2}>$/.test(token);

/** The byte that each character of a byte-level vocabulary stands for, as in GPT-2's `bytes_to_unicode`. */
const BYTES: ReadonlyMap<string, number> = byteCharacters();

function byteCharacters(): Map<string, number> {
  const isPlain = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let others = 0;
  return new Map(
    Array.from({ length: 256 }, (_, byte) => [
      String.fromCodePoint(isPlain(byte) ? byte : 256 + others++),
      byte,
    ]),
  );
}

/** True for a token of a byte-level vocabulary whose bytes are not whole characters. */
function isPartOfCharacter(token: string): boolean {
  const bytes = Array.from(token, (character) => BYTES.get(character));
  // A special token, such as one with a space, is not written in bytes.
  if (bytes.some((byte) => byte === undefined)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes as number[]));
    return false;
  } catch {
    return true;
  }
}
