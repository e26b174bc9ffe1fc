import type { Counting } from "./offsetUnit.js";

/** Characters outside of the basic plane: one code point, but two UTF-16 units. */
export const ASTRAL = /[\ud800-\udbff][\udc00-\udfff]/;
const NOT_ASCII = /[^\0-\x7f]/;

/** Returns true if a text has the same offsets whether they are counted in this way or in UTF-16 units. */
function isPlain(text: string, { unit, lineEnds }: Counting): boolean {
  if (lineEnds === "one" && text.includes("\r\n")) return false;
  return unit === "utf16" || !(unit === "bytes" ? NOT_ASCII : ASTRAL).test(text);
}

/**
 * Returns the position, in UTF-16 units, of each offset that is counted in another way, and of the end of the
 * text. `undefined` if there is no difference.
 */
export function placesOf(text: string, counting: Counting): Uint32Array | undefined {
  if (isPlain(text, counting)) return undefined;
  const { unit, lineEnds } = counting;
  const places = new Uint32Array(text.length * (unit === "bytes" ? 3 : 1) + 1);
  let count = 0;
  for (let at = 0; at < text.length; ) {
    const point = text.codePointAt(at)!;
    const isBreak = lineEnds === "one" && point === 0x0d && text.charCodeAt(at + 1) === 0x0a;
    const length = isBreak || point > 0xffff ? 2 : 1;
    const width = isBreak ? 1 : unit === "bytes" ? bytesOf(point) : unit === "utf16" ? length : 1;
    for (let part = 0; part < width; part++) places[count++] = unit === "utf16" ? at + part : at;
    at += length;
  }
  places[count] = text.length;
  return places.subarray(0, count + 1);
}

/** Returns how many bytes a code point has in UTF-8. */
const bytesOf = (point: number): number => (point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4);

/** Returns where an offset is in the text. Offsets outside of the text stay outside. */
export function placeAt(places: Uint32Array | undefined, offset: number): number {
  if (places === undefined || offset < 0) return offset;
  const last = places.length - 1;
  return offset <= last ? places[offset]! : places[last]! + offset - last;
}

/** Returns a function that converts UTF-16 offsets of a text to code points, for writing. */
export function codePointCounter(text: string): (unit: number) => number {
  if (!ASTRAL.test(text)) return (unit) => unit;
  const counts = new Uint32Array(text.length + 1);
  for (let unit = 0, count = 0; unit <= text.length; unit++) {
    counts[unit] = count;
    // A position inside a surrogate pair counts as the pair's end, so that a span that cuts a pair has a
    // valid offset.
    if (!ASTRAL.test(text.slice(unit - 1, unit + 1))) count++;
  }
  return (unit) => counts[unit]!;
}
