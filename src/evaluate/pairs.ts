import { countedIndices } from "./countedWords.js";
import type { EntitySpan } from "./entitySpan.js";
import { requireSameShape } from "./seqeval.js";
import { entitySpans, type SpanOptions } from "./spans.js";

/** What is wrong with an entity that has no exact match. */
export type ErrorKind = "wrong type" | "wrong boundary" | "wrong type and boundary" | "missed" | "spurious";

/** The kinds, in the order of reports. */
export const ERROR_KINDS: readonly ErrorKind[] = [
  "wrong type",
  "wrong boundary",
  "wrong type and boundary",
  "missed",
  "spurious",
];

/** A gold entity (absent if spurious) and the predicted one that belongs to it (absent if missed). */
export interface EntityPair {
  readonly kind: "correct" | ErrorKind;
  /** Index of the sentence, from 0. */
  readonly sentence: number;
  readonly gold?: EntitySpan;
  readonly predicted?: EntitySpan;
}

type Tags = readonly (readonly string[])[];

/** The entities of one sentence, whose words are counted from 0. */
export interface SentenceEntities {
  readonly gold: readonly EntitySpan[];
  readonly predicted: readonly EntitySpan[];
}

/**
 * Yields the gold and predicted entities of each sentence. Words with the gold tag `-100` are left out: their
 * neighbours are adjacent.
 *
 * @throws NeriumError EVALUATE_LENGTH_MISMATCH and what {@link entitySpans} throws
 */
export function* sentenceEntities(
  gold: Tags,
  predicted: Tags,
  options: SpanOptions = {},
): Generator<SentenceEntities> {
  requireSameShape(gold, predicted);
  for (const [sentence, tags] of gold.entries()) {
    const counted = countedIndices(tags);
    const spans = (list: readonly string[]): EntitySpan[] =>
      entitySpans(
        counted.map((word) => list[word]!),
        options,
      ).map((span) => ({ ...span, start: counted[span.start]!, end: counted[span.end - 1]! + 1 }));
    yield { gold: spans(tags), predicted: spans(predicted[sentence]!) };
  }
}

/**
 * Pairs each gold entity with at most one predicted entity of its sentence: first with one of the same words and
 * type, then with one of the same words, then with an overlapping one of the same type, then with an overlapping
 * one of another type.
 *
 * @throws NeriumError as {@link sentenceEntities}
 */
export function* entityPairs(gold: Tags, predicted: Tags, options: SpanOptions = {}): Generator<EntityPair> {
  let sentence = 0;
  for (const entities of sentenceEntities(gold, predicted, options)) {
    for (const pair of pairsOf(entities)) yield { ...pair, sentence };
    sentence++;
  }
}

function pairsOf({ gold, predicted }: SentenceEntities): Omit<EntityPair, "sentence">[] {
  const openGold = new Set(gold);
  const openPredicted = new Set(predicted);
  const pairs: Omit<EntityPair, "sentence">[] = [];
  const pair = (
    kind: EntityPair["kind"],
    matches: (left: EntitySpan, right: EntitySpan) => boolean,
  ): void => {
    for (const left of openGold) {
      for (const right of openPredicted) {
        if (!matches(left, right)) continue;
        openGold.delete(left);
        openPredicted.delete(right);
        pairs.push({ kind, gold: left, predicted: right });
        break;
      }
    }
  };
  pair("correct", (left, right) => sameWords(left, right) && left.type === right.type);
  pair("wrong type", sameWords);
  pair("wrong boundary", (left, right) => overlap(left, right) && left.type === right.type);
  pair("wrong type and boundary", overlap);
  for (const left of openGold) pairs.push({ kind: "missed", gold: left });
  for (const right of openPredicted) pairs.push({ kind: "spurious", predicted: right });
  return pairs;
}

const sameWords = (left: EntitySpan, right: EntitySpan): boolean =>
  left.start === right.start && left.end === right.end;

const overlap = (left: EntitySpan, right: EntitySpan): boolean =>
  left.start < right.end && right.start < left.end;
