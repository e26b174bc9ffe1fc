import { basename } from "node:path";
import { type EntityPair, type ErrorKind, entityPairs, sentenceEntities } from "../evaluate/index.js";
import type { FolderEvaluation } from "../infer/index.js";
import type { ErrorContext, ReportedEntity, ReportedError } from "./facts.js";
import { surfaceOf } from "./surfaces.js";

/** Words of a long sentence that are shown on each side of an error. */
const AROUND = 40;

/** What errors are listed from. */
export type Evaluated = Pick<FolderEvaluation, "data" | "gold" | "predicted" | "probabilities">;

/** An error, and how sure the model is of it. */
export interface RankedError extends EntityPair {
  readonly kind: ErrorKind;
  readonly confidence: number;
}

/** Returns the errors among pairs of entities, the most confident first. */
export function rankedErrors(
  pairs: Iterable<EntityPair>,
  { probabilities }: Pick<Evaluated, "probabilities">,
): RankedError[] {
  const errors: RankedError[] = [];
  for (const pair of pairs)
    if (isError(pair)) errors.push({ ...pair, confidence: confidenceOf(pair, probabilities) });
  return errors.sort((a, b) => b.confidence - a.confidence || a.sentence - b.sentence);
}

const isError = (pair: EntityPair): pair is EntityPair & { readonly kind: ErrorKind } =>
  pair.kind !== "correct";

/** Returns the mean probability of the tags of the predicted entity, or of the gold one if nothing is predicted. */
export function confidenceOf(
  { sentence, gold, predicted }: EntityPair,
  probabilities: readonly Float32Array[],
): number {
  const { start, end } = (predicted ?? gold)!;
  const own = probabilities[sentence]!.subarray(start, end);
  return own.reduce((sum, probability) => sum + probability, 0) / own.length;
}

/** Returns an error with its place, and with its words unless `text` is false. */
export function listedError(
  { kind, sentence, gold, predicted, confidence }: RankedError,
  evaluated: Evaluated,
  text: boolean,
): ReportedError {
  const { words, line, file = evaluated.data.file } = evaluated.data.sentences[sentence]!;
  const entity = (span: typeof gold): ReportedEntity | undefined =>
    span && { ...span, ...(text && { text: surfaceOf(words, span.start, span.end) }) };
  return {
    kind,
    file: basename(file),
    line,
    confidence,
    ...(gold && { gold: entity(gold)! }),
    ...(predicted && { predicted: entity(predicted)! }),
    ...(text && { context: contextOf(sentence, gold, predicted, evaluated) }),
  };
}

/** Returns the words around an error, and the entities that lie in them. */
function contextOf(
  sentence: number,
  gold: EntityPair["gold"],
  predicted: EntityPair["predicted"],
  evaluated: Evaluated,
): ErrorContext {
  const { words } = evaluated.data.sentences[sentence]!;
  const own = [gold, predicted].filter((span) => span !== undefined);
  const start = Math.max(0, Math.min(...own.map((span) => span.start)) - AROUND);
  const end = Math.min(words.length, Math.max(...own.map((span) => span.end)) + AROUND);
  const moved = (span: ReportedEntity): ReportedEntity => ({
    type: span.type,
    start: Math.max(0, span.start - start),
    end: Math.min(end, span.end) - start,
  });
  const [entities] = sentenceEntities([evaluated.gold[sentence]!], [evaluated.predicted[sentence]!]);
  const inside = (spans: readonly ReportedEntity[]): ReportedEntity[] =>
    spans.filter((span) => span.start < end && span.end > start).map(moved);
  return {
    words: words.slice(start, end),
    gold: inside(entities!.gold),
    predicted: inside(entities!.predicted),
    cutBefore: start > 0,
    cutAfter: end < words.length,
    ...(gold && { ownGold: moved(gold) }),
    ...(predicted && { ownPredicted: moved(predicted) }),
  };
}

/** Returns the most confident errors of an evaluation in their sentences. */
export const worstErrors = (evaluated: Evaluated, most: number): ReportedError[] =>
  rankedErrors(entityPairs(evaluated.gold, evaluated.predicted), evaluated)
    .slice(0, most)
    .map((error) => listedError(error, evaluated, true));
