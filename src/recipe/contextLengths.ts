/**
 * How much of a document one training sequence holds: as much as the model takes, or neighbouring sentences of at most so
 * many sub-tokens, a number drawn evenly from `least` to `most` for each sequence. A sentence is never cut for it: of at
 * most 0 each sentence is a sequence.
 */
export type ContextLength = "document" | { readonly least: number; readonly most: number };

/** A length, and the share of the documents that are cut so in an epoch; shares need not sum to 1. */
export interface LengthShare {
  readonly length: ContextLength;
  readonly share: number;
}

/** Lengths as a recipe spells them: one, or shares by length. */
export type SpelledLengths = string | number | Readonly<Record<string, number>>;

/** Sub-tokens of the shortest sequence with room beside its special ones. */
const LEAST = 3;

/** What `sentence`, `document`, `128` or `32-160` stands for; `undefined` where it is none of these. */
function contextLength(spelled: string): ContextLength | undefined {
  if (spelled === "document") return spelled;
  if (spelled === "sentence") return { least: 0, most: 0 };
  const [, first, last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(spelled) ?? [];
  const [least, most] = [Number(first), Number(last)];
  return least >= LEAST && most >= least ? { least, most } : undefined;
}

/** The lengths that are spelled so; `undefined` where one is none, or where there is nothing but single sentences. */
export function contextLengths(spelled: SpelledLengths): readonly LengthShare[] | undefined {
  const shares = typeof spelled === "object" ? Object.entries(spelled) : [[String(spelled), 1] as const];
  const lengths = shares.map(([text, share]) => ({ length: contextLength(text), share }));
  const isKnown = (each: (typeof lengths)[number]): each is LengthShare => each.length !== undefined;
  return lengths.every(isKnown) && longestOf(lengths, LEAST) > 0 ? lengths : undefined;
}

/** Sub-tokens of the longest sequences that a model is trained on which takes `maxLength`. */
export const longestOf = (lengths: readonly LengthShare[], maxLength: number): number =>
  lengths.reduce(
    (longest, { length }) =>
      Math.max(longest, length === "document" ? maxLength : Math.min(length.most, maxLength)),
    0,
  );
