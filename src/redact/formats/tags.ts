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

const ATTRIBUTE = /([^\s"'<>/=]+)(\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))/g;

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
  for (const match of raw.matchAll(ATTRIBUTE)) {
    const attribute = match[1]!.toLowerCase();
    const value = match[3] ?? match[4] ?? match[5]!;
    if (STRUCTURE.has(attribute) || value === "") continue;
    const quote = match[3] !== undefined ? '"' : match[4] !== undefined ? "'" : "";
    const start = match.index + match[1]!.length + match[2]!.length + quote.length;
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
    from = start + value.length;
  }
  pieces.push(fixed(raw.slice(from), reads));
  return { name, isInline, pieces };
}
