import { mulberry32 } from "../../data/index.js";
import {
  type Counts,
  type Interval,
  mean,
  sampleDeviation,
  scoresOf,
  type UnitCounts,
} from "../../evaluate/index.js";
import { quantile } from "../../evaluate/quantile.js";
import { f1With, powerLaw } from "./powerLaw.js";

/** Draws of the bootstrap, and its seed. */
const DRAWS = 1000;
const DRAW_SEED = 42;

/** The sentences that another hundred are. */
export const MORE = 100;

/** Share of the draws that must agree. */
const SURE = 0.975;

/** F1 with its interval: the middle 95% of the draws of the bootstrap. */
export interface CurveScore {
  readonly f1: number;
  readonly interval: Interval;
}

/** The models that were trained on one share of the data. */
export interface CurvePoint extends CurveScore {
  /** Share of all data. */
  readonly share: number;
  /** Mean number of sentences that a model was trained on. */
  readonly sentences: number;
  /** Standard deviation of F1 over the seeds; null for a single one. */
  readonly standardDeviation: number | null;
  /** F1 of each seed. */
  readonly runs: readonly number[];
  readonly types: Readonly<Record<string, CurveScore>>;
}

/** What more sentences would bring, by a power law through the points. */
export interface CurveForecast {
  /** F1 that 100 sentences more would add to that with all sentences of the data. */
  readonly gain: number;
  /** The middle 95% of the draws. */
  readonly interval: Interval;
}

/** A forecast, or why there is none. */
export type CurveNext = CurveForecast | { readonly unknown: string };

/** The points of a curve, and what comes next, for all entities and by type. */
export interface CurvePoints {
  readonly points: readonly CurvePoint[];
  readonly next: CurveNext;
  readonly types: Readonly<Record<string, CurveNext>>;
}

/** What is known about a share: for each seed, the number of sentences, and the counts of the units that were held out. */
export interface SharedRuns {
  readonly share: number;
  readonly sentences: readonly number[];
  readonly counts: readonly (readonly UnitCounts[])[];
}

/**
 * Computes F1 by share, with intervals. Each draw takes as many units of the part that was held out as there are, with
 * replacement, and as many runs of each share. The units are the same for all shares. A power law is fitted to the mean F1 of each
 * draw.
 *
 * @param shares from the smallest to the largest, each with the same number of runs and units
 * @param all sentences of the data
 */
export function curvePoints(shares: readonly SharedRuns[], all: number): CurvePoints {
  const units = shares[0]!.counts[0]!.length;
  const support = new Map<string, number>();
  for (const counts of shares[0]!.counts[0]!)
    for (const [type, { gold }] of counts) support.set(type, (support.get(type) ?? 0) + gold);
  const types = [...support]
    .filter(([, gold]) => gold > 0)
    .map(([type]) => type)
    .sort();
  const groups = [undefined, ...types];
  const runs = shares.map(({ counts }) => counts.map((own) => groups.map((type) => columnsOf(own, type))));

  const whole = new Uint32Array(units).fill(1);
  const scores = runs.map((ofShare) => ofShare.map((own) => own.map((columns) => f1Of(columns, whole))));
  const random = mulberry32(DRAW_SEED);
  // [share][group][draw]
  const drawn = shares.map(() => groups.map(() => new Float64Array(DRAWS)));
  const times = new Uint32Array(units);
  for (let draw = 0; draw < DRAWS; draw++) {
    times.fill(0);
    for (let unit = 0; unit < units; unit++) times[Math.floor(random() * units)]!++;
    for (const [share, ofShare] of runs.entries()) {
      const picked = ofShare.map(() => ofShare[Math.floor(random() * ofShare.length)]!);
      for (const group of groups.keys())
        drawn[share]![group]![draw] = mean(picked.map((own) => f1Of(own[group]!, times)));
    }
  }

  const sentences = shares.map((own) => mean(own.sentences));
  const scoreOf = (share: number, group: number): CurveScore => ({
    f1: mean(scores[share]!.map((own) => own[group]!)),
    interval: middle(drawn[share]![group]!),
  });
  const next = (group: number) =>
    forecast(
      sentences,
      shares.map((_, share) => ({ ...scoreOf(share, group), drawn: drawn[share]![group]! })),
      all,
    );
  const byType = <T>(of: (group: number) => T) =>
    Object.fromEntries(types.map((type, index) => [type, of(index + 1)]));
  return {
    points: shares.map(({ share }, index) => {
      const f1s = scores[index]!.map((own) => own[0]!);
      return {
        ...{ share, sentences: sentences[index]!, ...scoreOf(index, 0) },
        ...{ standardDeviation: f1s.length > 1 ? sampleDeviation(f1s) : null, runs: f1s },
        types: byType((group) => scoreOf(index, group)),
      };
    }),
    next: next(0),
    types: byType(next),
  };
}

interface DrawnScore extends CurveScore {
  readonly drawn: Float64Array;
}

/** Fits a power law to the scores of all shares, and to those of each draw. */
function forecast(sentences: readonly number[], scores: readonly DrawnScore[], all: number): CurveNext {
  if (scores.length < 3) return { unknown: "it needs three shares or more" };
  const [first, last] = [scores[0]!.drawn, scores.at(-1)!.drawn];
  const rising = last.filter((f1, draw) => f1 > first[draw]!).length / DRAWS;
  if (rising < SURE) return { unknown: "F1 does not clearly rise with more data" };
  const lawOf = (f1: (score: DrawnScore) => number) =>
    powerLaw(scores.map((score, at) => ({ sentences: sentences[at]!, f1: f1(score) })));
  const law = lawOf(({ f1 }) => f1);
  const isOff = scores.some(({ interval: [low, high] }, at) => {
    const f1 = f1With(law, sentences[at]!);
    return f1 < low || f1 > high;
  });
  if (isOff) return { unknown: "F1 does not follow a power law" };
  const gainOf = (own: typeof law) => f1With(own, all + MORE) - f1With(own, all);
  const gains = Float64Array.from({ length: DRAWS }, (_, draw) => gainOf(lawOf(({ drawn }) => drawn[draw]!)));
  return { gain: gainOf(law), interval: middle(gains) };
}

type Columns = Readonly<Record<keyof Counts, Uint32Array>>;

/** The counts of each unit: of one type, or of all. */
function columnsOf(units: readonly UnitCounts[], type: string | undefined): Columns {
  const of = (field: keyof Counts) =>
    Uint32Array.from(units, (counts) =>
      type === undefined
        ? [...counts.values()].reduce((sum, own) => sum + own[field], 0)
        : (counts.get(type)?.[field] ?? 0),
    );
  return { gold: of("gold"), predicted: of("predicted"), correct: of("correct") };
}

/** F1 over units, each as often as it was drawn. */
function f1Of({ gold, predicted, correct }: Columns, times: Uint32Array): number {
  const total: Counts = { gold: 0, predicted: 0, correct: 0 };
  for (let unit = 0; unit < times.length; unit++) {
    const often = times[unit]!;
    if (often === 0) continue;
    total.gold += often * gold[unit]!;
    total.predicted += often * predicted[unit]!;
    total.correct += often * correct[unit]!;
  }
  return scoresOf(total).f1;
}

function middle(values: Float64Array): Interval {
  const sorted = values.slice().sort();
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
}
