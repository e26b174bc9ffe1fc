import { isUtf8 } from "node:buffer";
import { limits } from "../limits.js";
import { tokenizerInvalid, tokenizerUnsupported } from "./errors.js";

/** Maximum bytes of one replacement. The longest in Unicode's own rules has 33. */
const LONGEST_REPLACEMENT = 200;

/**
 * Checks SentencePiece's compiled normalisation rules. They are the base64 form of: the length of the trie in
 * bytes (u32), the trie (a double array of u32 units, as darts-clone builds it), then the replacements, each
 * ended by NUL.
 *
 * The native library follows the trie's offsets without checking them, and aborts if one leads outside of the
 * trie.
 *
 * @throws NeriumError TOKENIZE_FILE_INVALID, TOKENIZE_UNSUPPORTED
 * @see https://github.com/s-yata/darts-clone
 */
export function requireSoundCharsmap(charsmap: unknown, file: string): void {
  const fail = (what: string) => tokenizerInvalid(file, `the normalization table ${what}`);
  if (typeof charsmap !== "string") throw fail("is not a string");
  // Four characters stand for three bytes.
  if (charsmap.length > (limits.charsmapBytes / 3) * 4 + 4)
    throw tokenizerUnsupported(file, `a normalization table of more than ${limits.charsmapBytes} bytes`);
  const bytes = Buffer.from(charsmap, "base64");
  if (bytes.toString("base64") !== charsmap) throw fail("is not base64");
  if (bytes.length < 4) throw fail("is too short");
  const trieBytes = bytes.readUInt32LE(0);
  if (trieBytes % 4 !== 0 || trieBytes === 0 || 4 + trieBytes > bytes.length) throw fail("is cut off");
  const units = trieBytes / 4;
  const replacements = bytes.subarray(4 + trieBytes);
  if (!isUtf8(replacements)) throw fail("contains replacements that are not UTF-8");
  for (let start = 0, end = 0; start < replacements.length; start = end + 1) {
    end = replacements.indexOf(0, start);
    if (end < 0) end = replacements.length;
    if (end - start > LONGEST_REPLACEMENT) throw fail("contains replacements that are too long");
  }
  const unit = (index: number): number => bytes.readUInt32LE(4 + 4 * index);
  const reached = new Uint8Array(units);
  const pending = [0];
  reached[0] = 1;
  while (pending.length > 0) {
    const index = pending.pop()!;
    const base = index ^ offsetOf(unit(index));
    // From here the library tries every byte, even one that has no child.
    if ((base | 0xff) >= units) throw fail("refers to an entry that does not exist");
    if (hasLeaf(unit(index)) && index !== 0) requireReplacement(unit(base) & 0x7fffffff, replacements, fail);
    for (let byte = 1; byte < 256; byte++) {
      const child = base ^ byte;
      if (reached[child] === 1 || (unit(child) & 0x800000ff) !== byte) continue;
      reached[child] = 1;
      pending.push(child);
    }
  }
}

const hasLeaf = (unit: number): boolean => ((unit >>> 8) & 1) === 1;

/** Distance to the block of children: 21 bits, or 21 bits times 256 if bit 9 is set. */
const offsetOf = (unit: number): number => ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;

function requireReplacement(start: number, replacements: Buffer, fail: (what: string) => Error): void {
  if (start > replacements.length) throw fail("refers to a replacement that does not exist");
  // A replacement that begins inside a character would be cut there.
  if (start < replacements.length && (replacements[start]! & 0xc0) === 0x80)
    throw fail("refers to the middle of a character");
}
