import { countedIndices } from "./countedWords.js";
import type { EntitySpan } from "./entitySpan.js";
import { requireSameShape } from "./seqeval.js";
import { entitySpans, type SpanOptions } from "./spans.js";

/** What is wrong with an entity that has no exact match. */
export type ErrorKind = "wrong type" | "wrong boundary" | "wrong type and boundary" | "missed" | "spurious";

/** One error: the gold entity (absent if spurious) and the predicted one (absent if missed). */
export interface EntityError {
  /** Index of the sentence, from 0. */
  readonly sentence: number;
  readonly gold?: EntitySpan;
  readonly predicted?: EntitySpan;
}

/** The number of errors of one kind, and the first few of them. */
export interface ErrorsOfKind {
  readonly count: number;
  readonly examples: readonly EntityError[];
}

/**
 * Sorts the differences between gold and predicted entities by kind. Each gold entity is paired with at most
 * one predicted entity: first with one of the same words, then with an overlapping one of the same type, then
 * with an overlapping one of another type. Words with the gold tag `-100` are left out.
 *
 * @param options how tags become entities, and how many examples of each kind to keep (defaults to 5)
 * @throws NeriumError EVALUATE_LENGTH_MISMATCH and what {@link entitySpans} throws
 */
export function errorsByKind(
  gold: readonly (readonly string[])[],
  predicted: readonly (readonly string[])[],
  { examples = 5, ...spanOptions }: SpanOptions & { readonly examples?: number } = {},
): Readonly<Record<ErrorKind, ErrorsOfKind>> {
  requireSameShape(gold, predicted);
  const found: Record<ErrorKind, EntityError[]> = {
    "wrong type": [],
    "wrong boundary": [],
    "wrong type and boundary": [],
    missed: [],
    spurious: [],
  };
  for (const [sentence, tags] of gold.entries()) {
    const counted = countedIndices(tags);
    const spans = (list: readonly string[]): EntitySpan[] =>
      entitySpans(
        counted.map((word) => list[word]!),
        spanOptions,
      ).map((span) => ({ ...span, start: counted[span.start]!, end: counted[span.end - 1]! + 1 }));
    const errors = sentenceErrors(spans(tags), spans(predicted[sentence]!));
    for (const { kind, ...spans } of errors) found[kind].push({ sentence, ...spans });
  }
  const summary = (errors: EntityError[]): ErrorsOfKind => ({
    count: errors.length,
    examples: errors.slice(0, examples),
  });
  return {
    "wrong type": summary(found["wrong type"]),
    "wrong boundary": summary(found["wrong boundary"]),
    "wrong type and boundary": summary(found["wrong type and boundary"]),
    missed: summary(found.missed),
    spurious: summary(found.spurious),
  };
}

type SentenceError = { readonly kind: ErrorKind } & Omit<EntityError, "sentence">;

function sentenceErrors(gold: readonly EntitySpan[], predicted: readonly EntitySpan[]): SentenceError[] {
  const openGold = new Set(gold);
  const openPredicted = new Set(predicted);
  const errors: SentenceError[] = [];
  const pair = (matches: (left: EntitySpan, right: EntitySpan) => boolean, kind?: ErrorKind): void => {
    for (const left of openGold) {
      for (const right of openPredicted) {
        if (!matches(left, right)) continue;
        openGold.delete(left);
        openPredicted.delete(right);
        if (kind !== undefined) errors.push({ kind, gold: left, predicted: right });
        break;
      }
    }
  };
  pair((left, right) => sameWords(left, right) && left.type === right.type);
  pair(sameWords, "wrong type");
  pair((left, right) => overlap(left, right) && left.type === right.type, "wrong boundary");
  pair(overlap, "wrong type and boundary");
  for (const left of openGold) errors.push({ kind: "missed", gold: left });
  for (const right of openPredicted) errors.push({ kind: "spurious", predicted: right });
  return errors;
}

function sameWords(left: EntitySpan, right: EntitySpan): boolean {
  return left.start === right.start && left.end === right.end;
}

function overlap(left: EntitySpan, right: EntitySpan): boolean {
  return left.start < right.end && right.start < left.end;
}
