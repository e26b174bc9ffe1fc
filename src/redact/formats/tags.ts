import { fixed, type Piece, type TextPiece } from "./block.js";
import { decodedEntities, encodedAttribute } from "./entities.js";

/** Tags inside of a sentence. All others end what is read as one. */
const INLINE = new Set(
  "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub sup time tt u var wbr".split(
    " ",
  ),
);

/** Attributes with prose, which the model reads too. */
const PROSE = new Set([
  "alt",
  "title",
  "placeholder",
  "aria-label",
  "aria-description",
  "content",
  "label",
  "summary",
  "value",
]);
/** Attributes that hold no text of people. */
const STRUCTURE = new Set([
  "class",
  "style",
  "type",
  "rel",
  "lang",
  "dir",
  "role",
  "charset",
  "http-equiv",
  "xmlns",
]);

/** The value of an attribute: where it is in the tag, and the quote around it. */
interface Value {
  readonly attribute: string;
  readonly start: number;
  readonly end: number;
  readonly quote: string;
}

/** Yields the attributes of a tag that have a value. */
function* valuesIn(tag: string): Generator<Value> {
  const bare = /[^\s"'=<>`]*/y;
  for (let from = 0, equals = tag.indexOf("="); equals >= 0; equals = tag.indexOf("=", from)) {
    let nameEnd = equals;
    while (nameEnd > from && /\s/.test(tag[nameEnd - 1]!)) nameEnd--;
    let nameStart = nameEnd;
    while (nameStart > from && /[^\s"'<>/=]/.test(tag[nameStart - 1]!)) nameStart--;
    let start = equals + 1;
    while (start < tag.length && /\s/.test(tag[start]!)) start++;
    const quote = tag[start] === '"' || tag[start] === "'" ? tag[start]! : "";
    start += quote.length;
    bare.lastIndex = start;
    const end = quote === "" ? start + bare.exec(tag)![0].length : tag.indexOf(quote, start);
    if (end < 0) return;
    if (nameStart < nameEnd)
      yield { attribute: tag.slice(nameStart, nameEnd).toLowerCase(), start, end, quote };
    from = end + quote.length;
  }
}

/** A tag in pieces: what stands before its first attribute with prose, and so on. */
export interface Tag {
  readonly name: string;
  readonly isInline: boolean;
  readonly pieces: readonly (Piece | { readonly kind: "prose"; readonly piece: TextPiece })[];
}

/** Takes a tag apart, from `<` to `>`. The values of its attributes are texts. */
export function tagOf(raw: string): Tag {
  const name = /^<\/?([a-zA-Z][^\s/>]*)/.exec(raw)![1]!.toLowerCase();
  const isInline = INLINE.has(name);
  const pieces: (Piece | { kind: "prose"; piece: TextPiece })[] = [];
  let from = 0;
  // What ends a sentence reads as a break, once for each tag.
  let reads = isInline ? "" : "\n\n";
  for (const { attribute, start, end, quote } of valuesIn(raw)) {
    if (STRUCTURE.has(attribute) || start === end) continue;
    const value = raw.slice(start, end);
    pieces.push(fixed(raw.slice(from, start), reads));
    reads = "";
    const isProse = PROSE.has(attribute);
    const piece: TextPiece = {
      kind: isProse ? "text" : "aside",
      raw: value,
      text: decodedEntities(value),
      encode: quote === "" ? (text) => `"${encodedAttribute(text)}"` : encodedAttribute,
    };
    pieces.push(isProse ? { kind: "prose", piece } : piece);
    from = end;
  }
  pieces.push(fixed(raw.slice(from), reads));
  return { name, isInline, pieces };
}
