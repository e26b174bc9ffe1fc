import { isInPrivateKey } from "../recognisers/secrets.js";
import { type Block, plain } from "./block.js";

/** A section has at least this many UTF-16 units, if the text goes on. */
const LEAST = 4096;
/** Up to here, a section ends with a paragraph, a line or a sentence. */
const USUAL = 16_384;
/** No section is longer, whatever the text contains. */
export const LONGEST_SECTION = 65_536;
const MOST = LONGEST_SECTION;

/**
 * Cuts a text into sections that are read one after another, so that a text of any length needs little memory. Only the
 * text decides where to cut, not the parts in which it arrives.
 */
export async function* sectionsOf(parts: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let rest = "";
  for await (const part of parts) {
    rest += part;
    if (rest.length < MOST + 2) continue;
    let at = 0;
    while (rest.length - at >= MOST + 2) {
      const cut = endOfSection(rest.slice(at, at + MOST + 2));
      yield rest.slice(at, at + cut);
      at += cut;
    }
    rest = rest.slice(at);
  }
  for (let at = 0; at < rest.length; ) {
    const cut = endOfSection(rest.slice(at, at + MOST + 2));
    yield rest.slice(at, at + cut);
    at += cut;
  }
}

const PARAGRAPH = /\n[ \t\r]*\n\s*/g;

/**
 * Returns where the first section of a text ends.
 *
 * @param text what is left, or the longest section and a little more
 */
export function endOfSection(text: string): number {
  if (text.length <= LEAST) return text.length;
  const cut = usualEnd(text);
  if (!isInPrivateKey(text.slice(0, cut))) return cut;
  const end = text.indexOf("-----END ", cut);
  const line = end < 0 ? -1 : text.indexOf("\n", end);
  return line < 0 ? hardEnd(text) : Math.min(line + 1, hardEnd(text));
}

function usualEnd(text: string): number {
  const near = text.slice(0, USUAL);
  PARAGRAPH.lastIndex = LEAST;
  const paragraph = PARAGRAPH.exec(near);
  if (paragraph !== null) return paragraph.index + paragraph[0].length;
  const line = near.lastIndexOf("\n") + 1;
  if (line >= LEAST) return line;
  if (text.length <= USUAL) return text.length;
  for (let at = USUAL - 1; at > LEAST; at--)
    if (/\s/.test(near[at]!) && /[.!?。！？…]/.test(near[at - 1]!)) return at + 1;
  for (let at = USUAL - 1; at > LEAST; at--) if (/\s/.test(near[at]!)) return at + 1;
  const space = /\s/g;
  space.lastIndex = USUAL;
  const next = space.exec(text);
  return Math.min(next === null ? text.length : next.index + 1, hardEnd(text));
}

/** The longest section that does not cut a pair of surrogates. */
const hardEnd = (text: string): number => {
  if (text.length <= MOST) return text.length;
  return MOST - ((text.charCodeAt(MOST - 1) & 0xfc00) === 0xd800 ? 1 : 0);
};

/** Reads plain text. */
export async function* plainBlocks(parts: AsyncIterable<string>): AsyncGenerator<Block, void, undefined> {
  for await (const section of sectionsOf(parts))
    yield { pieces: [plain(section)], context: "", isProse: true };
}
