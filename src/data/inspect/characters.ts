/**
 * Characters that are invisible or that stand for broken ones, such as control characters, no-break and
 * zero-width spaces, soft hyphens, byte order marks, marks that change the writing direction, and replacement
 * characters. Joiners (U+200C, U+200D) are not included: Persian, Indic scripts and emoji use them.
 */
const SUSPICIOUS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
  /[\u0000-\u001f\u007f-\u00a0\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffd]/g;

const NAMES: Readonly<Record<number, string>> = {
  160: "no-break space",
  173: "soft hyphen",
  8203: "zero-width space",
  8206: "left-to-right mark",
  8207: "right-to-left mark",
  8232: "line separator",
  8233: "paragraph separator",
  8288: "word joiner",
  65279: "byte order mark",
  65533: "replacement character",
};

/** Suspicious characters of a word. */
export const suspiciousIn = (word: string): string[] => word.match(SUSPICIOUS) ?? [];

/** `U+200B zero-width space` */
export function characterName(character: string): string {
  const code = character.codePointAt(0)!;
  const isTurn = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  const name = NAMES[code] ?? (isTurn ? "text direction mark" : "control character");
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")} ${name}`;
}
