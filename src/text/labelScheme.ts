import type { TagScheme } from "./sentence.js";

/** How a model's labels mark where entities begin and end. */
export interface LabelScheme {
  readonly scheme: TagScheme;
  /**
   * For each label, the tag that entities are read from. This is the label itself, except that `U` and `L`
   * become `S` and `E`, and a label without a prefix gets `I-`, as in Python's pipeline.
   */
  readonly tags: readonly string[];
}

const PREFIXED = /^([BIESLU])-./s;

/**
 * Recognises a model's tag scheme from its labels. Labels say more than the tags of a text: if a type has an
 * inside label but no beginning label, the scheme is IOB1, where `B-` only separates neighbours. Labels
 * without any prefix are IO.
 */
export function labelScheme(labels: readonly string[]): LabelScheme {
  const prefixed = labels.some(marksEntities);
  return {
    scheme: prefixed ? schemeOf(labels) : "IO",
    tags: labels.map((label) => tagOf(label, prefixed)),
  };
}

/**
 * Every scheme with prefixes uses `B-` or `I-`. `E-` and `S-` alone do not count: they may be the beginning
 * of a type's name.
 */
const marksEntities = (label: string): boolean => /^[BI]-./s.test(label);

function schemeOf(labels: readonly string[]): TagScheme {
  const prefixes = new Set(labels.map((label) => PREFIXED.exec(label)?.[1]));
  if (prefixes.has("L") || prefixes.has("U")) return "BILOU";
  if (prefixes.has("E") || prefixes.has("S")) return "IOBES";
  if (!prefixes.has("B")) return "IO";
  const insideOnly = labels.some(
    (label) => label.startsWith("I-") && !labels.includes(`B-${label.slice(2)}`),
  );
  return insideOnly ? "IOB1" : "IOB2";
}

function tagOf(label: string, prefixed: boolean): string {
  if (label === "O") return label;
  if (!prefixed || !PREFIXED.test(label)) return `I-${label}`;
  if (label.startsWith("U-")) return `S-${label.slice(2)}`;
  if (label.startsWith("L-")) return `E-${label.slice(2)}`;
  return label;
}
