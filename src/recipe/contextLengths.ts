/**
 * How much of a document one training sequence contains: as much as the model takes, or neighbouring
 * sentences with a maximum number of tokens. The maximum is drawn evenly between `least` and `most` for each
 * sequence. A sentence is never cut to fit: with a maximum of 0, each sentence is a sequence.
 */
export type ContextLength = "document" | { readonly least: number; readonly most: number };

/** A length, and the share of documents that are cut this way in an epoch. The shares need not sum to 1. */
export interface LengthShare {
  readonly length: ContextLength;
  readonly share: number;
}

/** Lengths as a recipe writes them: one length, or a map from lengths to shares. */
export type SpelledLengths = string | number | Readonly<Record<string, number>>;

/** Tokens of the shortest sequence that has room for text besides its special tokens. */
const LEAST = 3;

/** Parses `sentence`, `document`, `128` or `32-160`. Returns `undefined` for anything else. */
function contextLength(spelled: string): ContextLength | undefined {
  if (spelled === "document") return spelled;
  if (spelled === "sentence") return { least: 0, most: 0 };
  const [, first, last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(spelled) ?? [];
  const [least, most] = [Number(first), Number(last)];
  return least >= LEAST && most >= least ? { least, most } : undefined;
}

/** Parses the lengths of a recipe. Returns `undefined` if one is invalid, or if all are single sentences. */
export function contextLengths(spelled: SpelledLengths): readonly LengthShare[] | undefined {
  const shares = typeof spelled === "object" ? Object.entries(spelled) : [[String(spelled), 1] as const];
  const lengths = shares.map(([text, share]) => ({ length: contextLength(text), share }));
  const isKnown = (each: (typeof lengths)[number]): each is LengthShare => each.length !== undefined;
  return lengths.every(isKnown) && longestOf(lengths, LEAST) > 0 ? lengths : undefined;
}

/** Returns the tokens of the longest training sequences, if the model takes `maxLength` tokens. */
export const longestOf = (lengths: readonly LengthShare[], maxLength: number): number =>
  lengths.reduce(
    (longest, { length }) =>
      Math.max(longest, length === "document" ? maxLength : Math.min(length.most, maxLength)),
    0,
  );
