import { countedIndices } from "../evaluate/countedWords.js";
import {
  CalibrationCounts,
  type Counts,
  type EntityPair,
  entityPairs,
  type ModelIntervals,
  type SeqevalScores,
  semevalScores,
  sentenceEntities,
} from "../evaluate/index.js";
import type { FolderEvaluation } from "../infer/index.js";
import { byCodePoint } from "../text/codePoints.js";
import type { Confusion, ModelReport, ReportedScores } from "./facts.js";
import { confidenceOf, listedError, rankedErrors } from "./listedErrors.js";
import { Parts } from "./parts.js";
import { surfaceOf, type TrainingSurfaces } from "./surfaces.js";

/** First lengths of the ranges that entities and sentences are counted in. */
const ENTITY_LENGTHS = [1, 2, 3, 4, 5];
const SENTENCE_LENGTHS = [1, 11, 21, 31, 51];

/** A model, and what it made of the test set. */
export interface EvaluatedModel {
  readonly name: string;
  readonly evaluation: FolderEvaluation;
  /** The entities of its training data, or why they are not known. */
  readonly training: TrainingSurfaces | string;
}

/** What a report says about errors. */
export interface ListingOptions {
  /** False to leave out all words of the data. */
  readonly text: boolean;
  /** The number of errors to list. */
  readonly most: number;
}

/** Returns what a report says about one model. */
export function modelReport(
  { name, evaluation, training }: EvaluatedModel,
  intervals: ModelIntervals,
  { text, most }: ListingOptions,
): ModelReport {
  const { gold, predicted, probabilities, scores, strict, scheme, decoding, loss, seconds, data } =
    evaluation;
  const pairs = [...entityPairs(gold, predicted)];
  const byType = predictedByType(pairs);
  const reported = (own: SeqevalScores["micro"], count: number, of: ReportedScores["intervals"]) => ({
    ...own,
    predicted: count,
    intervals: of,
  });
  const errors = rankedErrors(pairs, evaluation);
  const lengths = new Parts(ENTITY_LENGTHS);
  const sentences = new Parts(SENTENCE_LENGTHS);
  const entityCalibration = new CalibrationCounts();
  const kinds: Record<EntityPair["kind"], number> = {
    correct: 0,
    "wrong type": 0,
    "wrong boundary": 0,
    "wrong type and boundary": 0,
    missed: 0,
    spurious: 0,
  };
  for (const pair of pairs) {
    kinds[pair.kind]++;
    const sentence = sentences.of(data.sentences[pair.sentence]!.words.length);
    if (pair.gold) for (const counts of [lengths.of(lengthOf(pair.gold)), sentence]) counts.gold++;
    if (!pair.predicted) continue;
    const isRight = pair.kind === "correct";
    for (const counts of [lengths.of(lengthOf(pair.predicted)), sentence]) {
      counts.predicted++;
      if (isRight) counts.correct++;
    }
    entityCalibration.add(confidenceOf(pair, probabilities), isRight);
  }
  return {
    name,
    decoding,
    scheme,
    loss,
    accuracy: scores.accuracy,
    seconds,
    overall: reported(scores.micro, sumOf(byType.values()), intervals.micro),
    types: Object.fromEntries(
      Object.entries(scores.types).map(([type, own]) => [
        type,
        reported(own, byType.get(type) ?? 0, intervals.types[type]!),
      ]),
    ),
    strict: strict.micro,
    semeval: semevalScores(sentenceEntities(gold, predicted)),
    kinds,
    confusion: confusionOf(pairs),
    entityLengths: lengths.result(),
    sentenceLengths: sentences.result(),
    seen:
      typeof training === "string" ? { unknown: training } : training.recall(goldSurfaces(pairs, evaluation)),
    calibration: { entities: entityCalibration.result(), words: wordCalibration(evaluation) },
    errors: errors.slice(0, most).map((error) => listedError(error, evaluation, text)),
    moreErrors: Math.max(0, errors.length - most),
    ...(intervals.difference && { difference: intervals.difference }),
  };
}

/**
 * Returns the counts by type of each unit: of sentences that are drawn together.
 *
 * @param members the indices of the sentences of each unit
 */
export function unitCounts(
  { gold, predicted }: Pick<FolderEvaluation, "gold" | "predicted">,
  members: readonly (readonly number[])[],
): Map<string, Counts>[] {
  const unitOf = new Map(members.flatMap((own, unit) => own.map((sentence) => [sentence, unit])));
  const counts = members.map(() => new Map<string, Counts>());
  for (const { kind, sentence, gold: own, predicted: found } of entityPairs(gold, predicted)) {
    const unit = counts[unitOf.get(sentence)!]!;
    if (own) countsIn(unit, own.type).gold++;
    if (found) countsIn(unit, found.type).predicted++;
    if (kind === "correct") countsIn(unit, own!.type).correct++;
  }
  return counts;
}

function countsIn(unit: Map<string, Counts>, type: string): Counts {
  const counts = unit.get(type) ?? { gold: 0, predicted: 0, correct: 0 };
  unit.set(type, counts);
  return counts;
}

const lengthOf = ({ start, end }: { readonly start: number; readonly end: number }): number => end - start;
const sumOf = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);

function predictedByType(pairs: readonly EntityPair[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { predicted } of pairs)
    if (predicted) counts.set(predicted.type, (counts.get(predicted.type) ?? 0) + 1);
  return counts;
}

function confusionOf(pairs: readonly EntityPair[]): Confusion {
  const named = pairs.flatMap(({ gold, predicted }) => [gold, predicted]);
  const types = [...new Set(named.flatMap((span) => (span === undefined ? [] : [span.type])))].sort(
    byCodePoint,
  );
  const place = new Map(types.map((type, index) => [type, index]));
  const counts = Array.from({ length: types.length + 1 }, () => new Array<number>(types.length + 1).fill(0));
  const at = (span: EntityPair["gold"]) => (span === undefined ? types.length : place.get(span.type)!);
  for (const { gold, predicted } of pairs) counts[at(gold)]![at(predicted)]!++;
  return { types, counts };
}

function* goldSurfaces(pairs: readonly EntityPair[], { data }: Pick<FolderEvaluation, "data">) {
  for (const { kind, sentence, gold } of pairs) {
    if (gold === undefined) continue;
    const { words } = data.sentences[sentence]!;
    const surface = surfaceOf(words, gold.start, gold.end);
    yield { surface, type: gold.type, isFound: kind === "correct" };
  }
}

/** Words that the model does not read have no probability and are left out. */
function wordCalibration({ gold, predicted, probabilities }: FolderEvaluation) {
  const counts = new CalibrationCounts();
  for (const [sentence, tags] of gold.entries())
    for (const word of countedIndices(tags)) {
      const probability = probabilities[sentence]![word]!;
      if (probability > 0) counts.add(probability, tags[word] === predicted[sentence]![word]);
    }
  return counts.result();
}
