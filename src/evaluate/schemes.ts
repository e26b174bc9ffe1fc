/** A tag as strict mode reads it. */
export interface StrictTag {
  readonly prefix: string;
  readonly type: string;
}

/** Previous prefix, prefix, and how their types compare. `*` is any prefix. */
type Rule = readonly [previous: string, prefix: string, types: "any" | "same" | "different"];

/** When an entity starts at a tag, continues at it, or ended before it. */
export interface SchemeRules {
  readonly prefixes: string;
  readonly start: readonly Rule[];
  readonly inside: readonly Rule[];
  readonly end: readonly Rule[];
}

/** Returns true if one of the rules holds for a tag and the tag before it. */
export function allows(rules: readonly Rule[], previous: StrictTag, tag: StrictTag): boolean {
  for (const [before, prefix, types] of rules) {
    if (before !== "*" && before !== previous.prefix) continue;
    if (prefix !== "*" && prefix !== tag.prefix) continue;
    if (types === "any" || (types === "same") === (previous.type === tag.type)) return true;
  }
  return false;
}

/** The patterns of seqeval/scheme.py, including their gaps, so that scores equal seqeval's. */
export const SCHEMES: Readonly<Record<"IOB1" | "IOB2" | "IOE1" | "IOE2" | "IOBES" | "BILOU", SchemeRules>> = {
  IOB1: {
    prefixes: "IOB",
    start: [
      ["O", "I", "any"],
      ["I", "I", "different"],
      ["B", "I", "any"],
      ["I", "B", "same"],
      ["B", "B", "same"],
    ],
    inside: [
      ["B", "I", "same"],
      ["I", "I", "same"],
    ],
    end: [
      ["I", "I", "different"],
      ["I", "O", "any"],
      ["I", "B", "any"],
      ["B", "O", "any"],
      ["B", "I", "different"],
      ["B", "B", "same"],
    ],
  },
  IOB2: {
    prefixes: "IOB",
    start: [["*", "B", "any"]],
    inside: [
      ["B", "I", "same"],
      ["I", "I", "same"],
    ],
    end: [
      ["I", "O", "any"],
      ["I", "I", "different"],
      ["I", "B", "any"],
      ["B", "O", "any"],
      ["B", "I", "different"],
      ["B", "B", "any"],
    ],
  },
  IOE1: {
    prefixes: "IOE",
    start: [
      ["O", "I", "any"],
      ["I", "I", "different"],
      ["E", "I", "any"],
      ["E", "E", "same"],
    ],
    inside: [
      ["I", "I", "same"],
      ["I", "E", "same"],
    ],
    end: [
      ["I", "I", "different"],
      ["I", "O", "any"],
      ["I", "E", "different"],
      ["E", "I", "same"],
      ["E", "E", "same"],
    ],
  },
  IOE2: {
    prefixes: "IOE",
    start: [
      ["O", "I", "any"],
      ["O", "E", "any"],
      ["E", "I", "any"],
      ["E", "E", "any"],
      ["I", "I", "different"],
      ["I", "E", "different"],
    ],
    inside: [
      ["I", "E", "same"],
      ["I", "I", "same"],
    ],
    end: [["E", "*", "any"]],
  },
  IOBES: {
    prefixes: "IOBES",
    start: [
      ["*", "B", "any"],
      ["*", "S", "any"],
    ],
    inside: [
      ["B", "I", "same"],
      ["B", "E", "same"],
      ["I", "I", "same"],
      ["I", "E", "same"],
    ],
    end: [
      ["S", "*", "any"],
      ["E", "*", "any"],
    ],
  },
  BILOU: {
    prefixes: "BILOU",
    start: [
      ["*", "B", "any"],
      ["*", "U", "any"],
    ],
    inside: [
      ["B", "I", "same"],
      ["B", "L", "same"],
      ["I", "I", "same"],
      ["I", "L", "same"],
    ],
    end: [
      ["U", "*", "any"],
      ["L", "*", "any"],
    ],
  },
};
