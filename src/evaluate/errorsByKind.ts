import { type EntityPair, type ErrorKind, entityPairs } from "./pairs.js";
import type { SpanOptions } from "./spans.js";

/** One error: the gold entity (absent if spurious) and the predicted one (absent if missed). */
export type EntityError = Omit<EntityPair, "kind">;

/** The number of errors of one kind, and the first few of them. */
export interface ErrorsOfKind {
  readonly count: number;
  readonly examples: readonly EntityError[];
}

/**
 * Sorts the differences between gold and predicted entities by kind, as {@link entityPairs} pairs them. Words with
 * the gold tag `-100` are left out.
 *
 * @param options how tags become entities, and how many examples of each kind to keep (defaults to 5)
 * @throws NeriumError EVALUATE_LENGTH_MISMATCH and what {@link entitySpans} throws
 */
export function errorsByKind(
  gold: readonly (readonly string[])[],
  predicted: readonly (readonly string[])[],
  { examples = 5, ...spanOptions }: SpanOptions & { readonly examples?: number } = {},
): Readonly<Record<ErrorKind, ErrorsOfKind>> {
  const found: Record<ErrorKind, { count: number; examples: EntityError[] }> = {
    "wrong type": { count: 0, examples: [] },
    "wrong boundary": { count: 0, examples: [] },
    "wrong type and boundary": { count: 0, examples: [] },
    missed: { count: 0, examples: [] },
    spurious: { count: 0, examples: [] },
  };
  for (const { kind, ...error } of entityPairs(gold, predicted, spanOptions)) {
    if (kind === "correct") continue;
    const errors = found[kind];
    errors.count++;
    if (errors.examples.length < examples) errors.examples.push(error);
  }
  return found;
}
