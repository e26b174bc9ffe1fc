import type { CountedTag } from "./tagCounts.js";

/** What files write for words outside of entities where they do not write `O`, in lower case. */
const SPELLINGS = new Set([
  "o",
  "0",
  "out",
  "outside",
  "other",
  "none",
  "nan",
  "null",
  "nil",
  "n/a",
  "_",
  "-",
  "*",
  "#",
  "",
]);

export const looksOutside = (tag: string): boolean => tag === "O" || SPELLINGS.has(tag.toLowerCase());

/** True for types that are tags themselves, such as `O` or `B-PER`. */
export const looksLikeTag = (type: string): boolean => looksOutside(type) || /^[BIESLU]-/.test(type);

/** Returns the tag for words outside of entities: `O`, or, in a file without `O`, the most frequent spelling of it. */
export function outsideOf(tags: readonly CountedTag[]): string | undefined {
  if (tags.some(({ tag }) => tag === "O")) return "O";
  return tags.filter(({ tag }) => looksOutside(tag)).toSorted((a, b) => b.count - a.count)[0]?.tag;
}
