import { labelScheme } from "../text/labelScheme.js";
import type { Transitions } from "./crfFile.js";

/** The score of a transition that a tag scheme does not allow. It is finite, so that there is a best path even if none is legal. */
export const ILLEGAL = -1e4;

/** The prefixes of the first and the last tag of an entity, by scheme, for the tags that `labelScheme` returns. */
const boundaries = {
  IOB1: { first: "I", last: "BI" },
  IOB2: { first: "B", last: "BI" },
  IOBES: { first: "BS", last: "ES" },
  BILOU: { first: "BS", last: "ES" },
  IO: { first: "I", last: "I" },
} as const;

/**
 * Returns 0 for the transitions that the tag scheme of these labels allows, and {@link ILLEGAL} for all others.
 *
 * Before and after a sentence all words count as `O`. If a type has no label that begins (or ends) an entity in this scheme, its
 * entities may begin (or end) with any of its labels.
 */
export function legalTransitions(labels: readonly string[]): Transitions {
  const { scheme, tags } = labelScheme(labels);
  const { first, last } = boundaries[scheme];
  const prefix = (tag: string) => tag[0]!;
  const type = (tag: string) => tag.slice(2);
  const inEntity = (tag: string) => tag !== "O";
  const has = (tag: string, prefixes: string): boolean =>
    prefixes.includes(prefix(tag)) ||
    !tags.some((other) => inEntity(other) && type(other) === type(tag) && prefixes.includes(prefix(other)));

  const goesOn = (before: string, tag: string): boolean =>
    inEntity(before) &&
    inEntity(tag) &&
    type(before) === type(tag) &&
    "BI".includes(prefix(before)) &&
    "IE".includes(prefix(tag));
  // IOB1 uses B- only to separate two adjacent entities of the same type.
  const parts = (before: string, tag: string): boolean =>
    scheme === "IOB1" && prefix(tag) === "B" && inEntity(before) && type(before) === type(tag);
  const mayEnd = (tag: string): boolean => !inEntity(tag) || has(tag, last);
  const mayBegin = (tag: string): boolean => !inEntity(tag) || has(tag, first);
  const score = (before: string, tag: string): number =>
    goesOn(before, tag) || (mayEnd(before) && (mayBegin(tag) || parts(before, tag))) ? 0 : ILLEGAL;

  return {
    start: tags.map((tag) => score("O", tag)),
    between: tags.flatMap((before) => tags.map((tag) => score(before, tag))),
    end: tags.map((tag) => score(tag, "O")),
  };
}
