import { byCodePoint } from "../text/codePoints.js";
import type { EntitySpan } from "./entitySpan.js";
import type { SentenceEntities } from "./pairs.js";

/** The four ways of SemEval-2013, task 9.1, to compare entities. */
export const SEMEVAL_MODES = ["strict", "exact", "partial", "type"] as const;

export type SemevalMode = (typeof SEMEVAL_MODES)[number];

/** How many entities are what, and the scores that follow. */
export interface SemevalScores {
  readonly correct: number;
  readonly incorrect: number;
  readonly partial: number;
  readonly missed: number;
  readonly spurious: number;
  /** Gold entities: all but the spurious ones. */
  readonly possible: number;
  /** Predicted entities: all but the missed ones. */
  readonly actual: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export type SemevalByMode = Readonly<Record<SemevalMode, SemevalScores>>;

interface Counts {
  correct: number;
  incorrect: number;
  partial: number;
  missed: number;
  spurious: number;
}

/**
 * What a mode makes of a predicted and a gold entity: a sure match, one that only counts if there is no sure one,
 * or none.
 */
type Judge = (
  predicted: EntitySpan,
  gold: EntitySpan,
) => "correct" | Extract<keyof Counts, "incorrect" | "partial"> | undefined;

const JUDGES: Readonly<Record<SemevalMode, Judge>> = {
  strict: (predicted, gold) =>
    sameWords(predicted, gold) && predicted.type === gold.type
      ? "correct"
      : overlaps(predicted, gold)
        ? "incorrect"
        : undefined,
  exact: (predicted, gold) =>
    sameWords(predicted, gold) ? "correct" : overlaps(predicted, gold) ? "incorrect" : undefined,
  partial: (predicted, gold) =>
    sameWords(predicted, gold) ? "correct" : overlaps(predicted, gold) ? "partial" : undefined,
  type: (predicted, gold) =>
    overlaps(predicted, gold) ? (predicted.type === gold.type ? "correct" : "incorrect") : undefined,
};

/**
 * Counts entities as SemEval-2013 does. The counts equal those of nervaluate 1.2.1, over all entities and by type.
 *
 * - strict: words and type must be the same
 * - exact: the words must be the same
 * - partial: entities that overlap count half
 * - type: entities that overlap must have the same type
 *
 * @see https://aclanthology.org/S13-2056
 */
export function semevalScores(sentences: Iterable<SentenceEntities>): {
  readonly overall: SemevalByMode;
  readonly types: Readonly<Record<string, SemevalByMode>>;
} {
  const overall = noCounts();
  const types = new Map<string, Record<SemevalMode, Counts>>();
  for (const { gold, predicted } of sentences) {
    if (gold.length + predicted.length === 0) continue;
    addAll(overall, gold, predicted);
    for (const type of new Set([...gold, ...predicted].map((span) => span.type))) {
      const counts = types.get(type) ?? noCounts();
      types.set(type, counts);
      const own = (span: EntitySpan) => span.type === type;
      addAll(counts, gold.filter(own), predicted.filter(own));
    }
  }
  const names = [...types.keys()].sort(byCodePoint);
  return {
    overall: scored(overall),
    types: Object.fromEntries(names.map((name) => [name, scored(types.get(name)!)])),
  };
}

const byMode = <T>(make: (mode: SemevalMode) => T): Record<SemevalMode, T> => ({
  strict: make("strict"),
  exact: make("exact"),
  partial: make("partial"),
  type: make("type"),
});

const noCounts = () =>
  byMode((): Counts => ({ correct: 0, incorrect: 0, partial: 0, missed: 0, spurious: 0 }));

const scored = (counts: Readonly<Record<SemevalMode, Counts>>): SemevalByMode =>
  byMode((mode) => scoresOf(counts[mode]));

function addAll(
  counts: Readonly<Record<SemevalMode, Counts>>,
  gold: readonly EntitySpan[],
  predicted: readonly EntitySpan[],
): void {
  for (const mode of SEMEVAL_MODES) add(counts[mode], gold, predicted, mode);
}

/** Each predicted entity, in order, takes one of the gold entities that are still free. */
function add(
  counts: Counts,
  gold: readonly EntitySpan[],
  predicted: readonly EntitySpan[],
  mode: SemevalMode,
): void {
  const free = new Set(gold);
  for (const span of predicted) {
    let taken: EntitySpan | undefined;
    let outcome: keyof Counts = "spurious";
    for (const other of free) {
      const judged = JUDGES[mode](span, other);
      if (judged === "correct") {
        // Among several of the same type, the one with the nearest boundaries counts.
        if (outcome !== "correct" || distance(span, other) < distance(span, taken!)) taken = other;
        outcome = judged;
      } else if (judged !== undefined && outcome === "spurious") {
        taken = other;
        outcome = judged;
      }
    }
    counts[outcome]++;
    if (taken !== undefined) free.delete(taken);
  }
  counts.missed += free.size;
}

function scoresOf(counts: Counts): SemevalScores {
  const { correct, incorrect, partial, missed, spurious } = counts;
  const possible = correct + incorrect + partial + missed;
  const actual = correct + incorrect + partial + spurious;
  const points = correct + 0.5 * partial;
  const precision = actual > 0 ? points / actual : 0;
  const recall = possible > 0 ? points / possible : 0;
  const sum = precision + recall;
  return {
    ...counts,
    possible,
    actual,
    precision,
    recall,
    f1: sum > 0 ? (2 * (precision * recall)) / sum : 0,
  };
}

const sameWords = (one: EntitySpan, other: EntitySpan): boolean =>
  one.start === other.start && one.end === other.end;

const distance = (one: EntitySpan, other: EntitySpan): number =>
  Math.abs(one.start - other.start) + Math.abs(one.end - other.end);

/** nervaluate ignores overlaps of less than 1% of the gold entity. */
function overlaps(predicted: EntitySpan, gold: EntitySpan): boolean {
  const shared = Math.min(predicted.end, gold.end) - Math.max(predicted.start, gold.start);
  return shared > 0 && (shared / (gold.end - gold.start)) * 100 >= 1;
}
