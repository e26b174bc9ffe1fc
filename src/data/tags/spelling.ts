import type { CountedTag } from "./tagCounts.js";

/** How a file spells tags that have a prefix: `B-PER`, `PER_B`, `b:per` … */
export interface Spelling {
  readonly order: "prefix first" | "type first";
  readonly separator: string;
  readonly lowerCase: boolean;
}

export interface PrefixedTag {
  /** B, I, E, S, L, U, M or W. */
  readonly prefix: string;
  /** Empty for a prefix that stands alone. */
  readonly type: string;
}

const SEPARATORS = "[-_:/.|+~ ]";
const PATTERNS = [
  {
    order: "prefix first",
    lowerCase: false,
    pattern: new RegExp(`^(?<prefix>[BIESLUMW])(?<separator>${SEPARATORS})(?<type>.+)$`, "s"),
  },
  {
    order: "prefix first",
    lowerCase: true,
    pattern: new RegExp(`^(?<prefix>[bieslumw])(?<separator>${SEPARATORS})(?<type>.+)$`, "s"),
  },
  {
    order: "type first",
    lowerCase: false,
    pattern: new RegExp(`^(?<type>.+)(?<separator>${SEPARATORS})(?<prefix>[BIESLUMW])$`, "s"),
  },
  {
    order: "type first",
    lowerCase: true,
    pattern: new RegExp(`^(?<type>.+)(?<separator>${SEPARATORS})(?<prefix>[bieslumw])$`, "s"),
  },
] as const;

/** `B-PER`, as CoNLL writes it. */
export const usualSpelling: Spelling = { order: "prefix first", separator: "-", lowerCase: false };

/** Takes a tag apart; `undefined` if it is not spelled so. */
export function prefixedTag(tag: string, { order, separator, lowerCase }: Spelling): PrefixedTag | undefined {
  const bare = lowerCase ? /^[bieslumw]$/ : /^[BIESLUMW]$/;
  if (bare.test(tag)) return { prefix: tag.toUpperCase(), type: "" };
  for (const each of PATTERNS) {
    if (each.order !== order || each.lowerCase !== lowerCase) continue;
    const { prefix, type, separator: found } = each.pattern.exec(tag)?.groups ?? {};
    if (found === separator) return { prefix: prefix!.toUpperCase(), type: type! };
  }
  return undefined;
}

/**
 * Returns the spelling that most words with a tag have; `undefined` if most tags are class labels without a prefix.
 *
 * @param tags without the tag for words outside of entities
 */
export function spellingOf(tags: readonly CountedTag[]): Spelling | undefined {
  const all = tags.reduce((sum, { count }) => sum + count, 0);
  const candidates = new Map<string, { spelling: Spelling; words: number }>();
  for (const { tag, count } of tags)
    for (const { order, lowerCase, pattern } of PATTERNS) {
      const separator = pattern.exec(tag)?.groups?.separator;
      if (separator === undefined) continue;
      const key = `${order}${lowerCase}${separator}`;
      const known = candidates.get(key);
      if (known !== undefined) known.words += count;
      else candidates.set(key, { spelling: { order, separator, lowerCase }, words: count });
    }
  const bare = tags.filter(({ tag }) => /^[BIESLU]$/.test(tag)).reduce((sum, { count }) => sum + count, 0);
  const usual = [...candidates.values()].find(({ spelling }) => isUsual(spelling));
  const words = (usual?.words ?? 0) + bare;
  if (words > 0 && words * 2 >= all) return usualSpelling;
  const [most] = [...candidates.values()]
    .filter((candidate) => candidate.words * 2 >= all && marksEntities(tags, candidate.spelling))
    .sort((a, b) => b.words - a.words);
  return most?.spelling;
}

const isUsual = ({ order, separator, lowerCase }: Spelling): boolean =>
  order === "prefix first" && separator === "-" && !lowerCase;

/** Names such as `e-mail` or `S_BAHN` are spelled like tags. In a scheme, one type has several prefixes, one of them B or I. */
function marksEntities(tags: readonly CountedTag[], spelling: Spelling): boolean {
  const prefixes = new Map<string, Set<string>>();
  for (const { tag } of tags) {
    const read = prefixedTag(tag, spelling);
    if (read === undefined) continue;
    const known = prefixes.get(read.type) ?? new Set();
    prefixes.set(read.type, known.add(read.prefix));
  }
  return [...prefixes.values()].some((of) => of.size > 1 && (of.has("B") || of.has("I")));
}

/** How a spelling looks, for people: `TYPE_B`. */
export const spellingName = ({ order, separator, lowerCase }: Spelling): string => {
  const prefix = lowerCase ? "b" : "B";
  return order === "prefix first" ? `${prefix}${separator}TYPE` : `TYPE${separator}${prefix}`;
};
