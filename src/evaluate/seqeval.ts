import { byCodePoint } from "../text/codePoints.js";
import { countedWords } from "./countedWords.js";
import type { EntitySpan } from "./entitySpan.js";
import { lengthMismatch } from "./errors.js";
import { mean, weightedMean } from "./means.js";
import { corpusSpans, type SpanOptions } from "./spans.js";
import { seqevalScheme } from "./strictSpans.js";

/** Scores from 0 to 1, and the number of gold entities that they are based on. */
export interface EntityScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Number of gold entities. */
  readonly support: number;
}

/** seqeval's scores of predicted tags. */
export interface SeqevalScores {
  /** Over all entities; the scores that HF reports. */
  readonly micro: EntityScores;
  /** The mean over the types; NaN if there are no gold or predicted entities at all. */
  readonly macro: EntityScores;
  /** The mean over the types, weighted by their number of gold entities. */
  readonly weighted: EntityScores;
  readonly types: Readonly<Record<string, EntityScores>>;
  /** Share of tags that are equal, including `O`; NaN without tags. */
  readonly accuracy: number;
}

/** Numbers of entities of one type, or of all types. */
export interface Counts {
  gold: number;
  predicted: number;
  correct: number;
}

/**
 * Computes precision, recall and F1 of entities, and accuracy of tags. The results equal those of seqeval
 * 1.2.2 to the last bit, with `zero_division="warn"` (a score with a denominator of 0 is 0).
 *
 * @example
 * const { micro } = seqevalScores([["B-PER", "I-PER", "O"]], [["B-PER", "O", "O"]]);
 * console.log(micro.f1); // 0
 *
 * @param allGold one list of tags per sentence; words with the tag `-100` are left out
 * @param allPredicted as `allGold`
 * @throws NeriumError EVALUATE_LENGTH_MISMATCH, EVALUATE_TAG_EMPTY, and in strict mode
 *   EVALUATE_TAG_NOT_IN_SCHEME, EVALUATE_SCHEME_UNKNOWN
 */
export function seqevalScores(
  allGold: readonly (readonly string[])[],
  allPredicted: readonly (readonly string[])[],
  options: SpanOptions = {},
): SeqevalScores {
  requireSameShape(allGold, allPredicted);
  const { gold, predicted } = countedWords(allGold, allPredicted);
  const strict = options.mode === "strict";
  const scheme = strict ? (options.scheme ?? seqevalScheme(gold)) : undefined;
  const spanOptions = { mode: options.mode, scheme };
  const byType = countsByType(corpusSpans(gold, spanOptions), corpusSpans(predicted, spanOptions));
  const names = [...byType.keys()].sort(byCodePoint);
  const scores = names.map((name) => scoresOf(byType.get(name)!));
  return {
    micro: scoresOf(summed(byType)),
    macro: averaged(scores, mean),
    weighted: averaged(scores, (values) =>
      weightedMean(
        values,
        scores.map((score) => score.support),
      ),
    ),
    types: Object.fromEntries(names.map((name, index) => [name, scores[index]!])),
    accuracy: accuracy(gold, predicted),
  };
}

/**
 * Counts the entities of all types together, to score parts of a corpus.
 *
 * @throws NeriumError as seqevalScores
 */
export function microCounts(
  allGold: readonly (readonly string[])[],
  allPredicted: readonly (readonly string[])[],
  options: SpanOptions,
): Counts {
  requireSameShape(allGold, allPredicted);
  const { gold, predicted } = countedWords(allGold, allPredicted);
  return summed(countsByType(corpusSpans(gold, options), corpusSpans(predicted, options)));
}

function summed(byType: ReadonlyMap<string, Counts>): Counts {
  const counts = [...byType.values()];
  return {
    gold: total(counts.map((count) => count.gold)),
    predicted: total(counts.map((count) => count.predicted)),
    correct: total(counts.map((count) => count.correct)),
  };
}

/** @throws NeriumError EVALUATE_LENGTH_MISMATCH if the numbers of sentences or of tags differ */
export function requireSameShape(
  gold: readonly (readonly string[])[],
  predicted: readonly (readonly string[])[],
): void {
  for (let index = 0; index < Math.min(gold.length, predicted.length); index += 1) {
    const lengths = { gold: gold[index]!.length, predicted: predicted[index]!.length };
    if (lengths.gold !== lengths.predicted) throw lengthMismatch({ ...lengths, sentence: index + 1 });
  }
  if (gold.length !== predicted.length) {
    throw lengthMismatch({ gold: gold.length, predicted: predicted.length });
  }
}

/** Ends are ascending in both lists, so one pass over the two finds the spans that they share. */
function countsByType(gold: readonly EntitySpan[], predicted: readonly EntitySpan[]): Map<string, Counts> {
  const byType = new Map<string, Counts>();
  const countsOf = (type: string): Counts => {
    let counts = byType.get(type);
    if (counts === undefined) {
      counts = { gold: 0, predicted: 0, correct: 0 };
      byType.set(type, counts);
    }
    return counts;
  };
  for (const span of gold) countsOf(span.type).gold += 1;
  let next = 0;
  for (const span of predicted) {
    const counts = countsOf(span.type);
    counts.predicted += 1;
    while (next < gold.length && gold[next]!.end < span.end) next += 1;
    const other = gold[next];
    if (other?.end === span.end && other.start === span.start && other.type === span.type)
      counts.correct += 1;
  }
  return byType;
}

/** Computes precision, recall and F1; a score with a denominator of 0 is 0. */
export function scoresOf({ gold, predicted, correct }: Counts): EntityScores {
  const precision = predicted === 0 ? 0 : correct / predicted;
  const recall = gold === 0 ? 0 : correct / gold;
  const sum = precision + recall;
  return { precision, recall, f1: (2 * precision * recall) / (sum === 0 ? 1 : sum), support: gold };
}

function averaged(
  scores: readonly EntityScores[],
  average: (values: readonly number[]) => number,
): EntityScores {
  return {
    precision: average(scores.map((score) => score.precision)),
    recall: average(scores.map((score) => score.recall)),
    f1: average(scores.map((score) => score.f1)),
    support: total(scores.map((score) => score.support)),
  };
}

function accuracy(gold: readonly (readonly string[])[], predicted: readonly (readonly string[])[]): number {
  let correct = 0;
  let tags = 0;
  for (const [index, sentence] of gold.entries()) {
    const other = predicted[index]!;
    for (let word = 0; word < sentence.length; word += 1) if (sentence[word] === other[word]) correct += 1;
    tags += sentence.length;
  }
  return correct / tags;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
