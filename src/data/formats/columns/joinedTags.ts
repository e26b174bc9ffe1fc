import { prefixedTag, usualSpelling } from "../../tags/spelling.js";
import { columnNames } from "./columnNames.js";
import { atSpaces } from "./split.js";

/** How tags are joined to words, as in `Anna|NNP|B-PER`. */
export interface Joined {
  readonly separator: string;
  /** How many parts a word of one character has: the word, its annotations and its tag. */
  readonly parts: number;
  /** Each line has one word; otherwise, each line is a sentence. */
  readonly wordPerLine: boolean;
  /** The first line names the columns. */
  readonly hasHeader: boolean;
}

const SEPARATORS = ["|", "/", "\\", "_", ",", ";"];
/** With prefix or, as Stanford's tools write tags, without. */
const isTag = (text: string): boolean => prefixedTag(text, usualSpelling) !== undefined || isClass(text);
const isClass = (text: string): boolean => /^[A-Z][A-Z_-]*$/i.test(text);

/**
 * Recognises tags that are joined to words with a character, one word on a line or a sentence on a line. Nearly all words must
 * end with a tag. Some tag must have a prefix, or a quarter of the words must have the tag `O` or `o`: parts of speech are no tags.
 *
 * @param texts lines with words
 */
export function joinedIn(texts: readonly string[]): Joined | undefined {
  const first = texts.slice(0, 5).map((text) => atSpaces(text)[0]!);
  for (const separator of SEPARATORS) {
    if (!first.some((cell) => isTag(cell.split(separator).slice(1).at(-1) ?? ""))) continue;
    const hasHeader = columnNames((texts[0] ?? "").split(separator)) !== undefined;
    const cells = texts.slice(hasHeader ? 1 : 0).map(atSpaces);
    const all = cells.flat();
    const splits = all.map((cell) => cell.split(separator));
    const tagged = splits.filter((parts) => parts.length > 1 && isTag(parts.at(-1)!));
    if (
      all.length === 0 ||
      tagged.length < all.length * 0.9 ||
      !areEntities(tagged.map((parts) => parts.at(-1)!))
    )
      continue;
    const parts = tagged.reduce((least, { length }) => Math.min(least, length), Number.POSITIVE_INFINITY);
    return { separator, parts, wordPerLine: cells.every(({ length }) => length === 1), hasHeader };
  }
  return undefined;
}

function areEntities(tags: readonly string[]): boolean {
  const outside = tags.filter((tag) => tag === "O" || tag === "o").length;
  const prefixed = tags.filter(
    (tag) => tag.length > 1 && prefixedTag(tag, usualSpelling) !== undefined,
  ).length;
  return prefixed + outside < tags.length * 0.9
    ? outside >= tags.length / 4 && outside < tags.length && new Set(tags).size <= 50
    : prefixed > 0;
}

/** Takes a word and its tag apart. `undefined` if no tag is joined to it. */
export function unjoined(
  cell: string,
  { separator, parts }: Joined,
): { readonly word: string; readonly tag: string } | undefined {
  const found = cell.split(separator);
  const word = found.slice(0, found.length - parts + 1).join(separator);
  return word === "" || found.at(-1) === "" ? undefined : { word, tag: found.at(-1)! };
}
