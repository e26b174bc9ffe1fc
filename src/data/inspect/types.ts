import { distance } from "fastest-levenshtein";
import { characterName, suspiciousIn } from "./characters.js";
import type { Finding } from "./tally.js";

/** Two entity types that may be meant to be one. */
export interface SimilarTypes {
  readonly a: string;
  readonly b: string;
  readonly why: "look alike" | "differ in case" | "differ in one letter";
}

/** What is odd about entity types. */
export interface TypeFindings {
  /** Types with characters that are invisible, or from several scripts. `count` is the number of entities. */
  readonly odd: readonly Finding[];
  /** Types with a single example. */
  readonly single: readonly Finding[];
  readonly similar: readonly SimilarTypes[];
}

/** Shorter types differ in a letter by nature. */
const SHORTEST = 3;
/** Pairs are only compared up to this many types. */
const MOST = 1000;

/** Finds odd types. `types` has the number of entities and the first places of each. */
export function typeFindings(types: readonly Finding[]): TypeFindings {
  const odd = types.flatMap(({ what, ...found }) => {
    const names = [...suspiciousIn(what).map(characterName), ...mixedScripts(what)];
    return names.length === 0 ? [] : [{ what: `${what}: ${[...new Set(names)].join(", ")}`, ...found }];
  });
  const compared = types.slice(0, MOST).map(({ what }) => ({ type: what, seen: seen(what) }));
  const similar: SimilarTypes[] = [];
  compared.forEach((a, index) => {
    for (const b of compared.slice(index + 1)) {
      const why = likeness(a.seen, b.seen);
      if (why !== undefined) similar.push({ a: a.type, b: b.type, why });
    }
  });
  return { odd, single: types.filter(({ count }) => count === 1), similar };
}

/** Letters of Greek and Cyrillic that look like those of Latin, in the same order. */
const LOOKALIKES = new Map(
  [
    ["АВЕЅІЈКМНОРСТУХаеѕіјорсух", "ABESIJKMHOPCTYXaesijopcyx"],
    ["ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲ", "ABEZHIKMNOPTYXoc"],
  ].flatMap(([letters, latin]) => [...letters!].map((letter, at) => [letter, latin![at]!] as const)),
);

/** Returns a type as a reader sees it: without invisible characters, and with look-alikes as Latin letters. */
const seen = (type: string): string => {
  const visible = suspiciousIn(type).reduce((text, character) => text.replaceAll(character, ""), type);
  return Array.from(visible.normalize("NFKC"), (character) => LOOKALIKES.get(character) ?? character)
    .join("")
    .trim();
};

function likeness(a: string, b: string): SimilarTypes["why"] | undefined {
  if (a === b) return "look alike";
  const [lower, other] = [a, b].map((type) => type.toLowerCase());
  if (lower === other) return "differ in case";
  if (Math.min(a.length, b.length) < SHORTEST || distance(lower!, other!) > 1) return undefined;
  // A numbered series is no mistake.
  return withoutDigits(lower!) === withoutDigits(other!) ? undefined : "differ in one letter";
}

const withoutDigits = (text: string): string => text.replace(/\p{Nd}/gu, "");

const SCRIPTS = [
  ["Latin", /\p{Script=Latin}/u],
  ["Greek", /\p{Script=Greek}/u],
  ["Cyrillic", /\p{Script=Cyrillic}/u],
] as const;

/** Names the scripts of a word of a type that has letters of more than one. */
function mixedScripts(type: string): string[] {
  for (const word of type.match(/\p{L}+/gu) ?? []) {
    const found = SCRIPTS.filter(([, letters]) => letters.test(word)).map(([name]) => name);
    if (found.length > 1) return [`letters of ${found.join(" and ")}`];
  }
  return [];
}
