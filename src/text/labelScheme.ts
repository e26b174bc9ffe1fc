import type { TagScheme } from "./sentence.js";

/** What a model's labels say about where entities begin and end. */
export interface LabelScheme {
  readonly scheme: TagScheme;
  /**
   * For each label the tag that entities are read from: the label itself, except that `U` and `L` are `S` and `E`, and
   * that a label without a prefix has `I-` before it, as in Python's pipeline.
   */
  readonly tags: readonly string[];
}

const PREFIXED = /^([BIESLU])-./s;

/**
 * Recognises a model's tag scheme from its labels, which say more than the tags of a text: a type with an inside label
 * but without a beginning one is IOB1's, where `B-` only separates neighbours. Labels without any prefix are IO.
 */
export function labelScheme(labels: readonly string[]): LabelScheme {
  const prefixed = labels.some(marksEntities);
  return {
    scheme: prefixed ? schemeOf(labels) : "IO",
    tags: labels.map((label) => tagOf(label, prefixed)),
  };
}

/** `B-` and `I-` stand in every scheme with prefixes; `E-` or `S-` alone may begin a type's name. */
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
