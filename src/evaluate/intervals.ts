import { quantile } from "./quantile.js";
import { type Counts, type EntityScores, scoresOf } from "./seqeval.js";

/** Where the middle 95% of the draws are. */
export type Interval = readonly [low: number, high: number];

type Score = Exclude<keyof EntityScores, "support">;

/** An interval for each score. */
export type ScoreIntervals = Readonly<Record<Score, Interval>>;

/** How the F1 of a model differs from that of the first one. */
export interface Difference {
  readonly difference: number;
  readonly interval: Interval;
  /** Share of the draws in which the model is better than the first. */
  readonly better: number;
}

export interface ModelIntervals {
  readonly micro: ScoreIntervals;
  readonly types: Readonly<Record<string, ScoreIntervals>>;
  /** Absent for the first model. */
  readonly difference?: Difference;
}

/** The entities of a unit (a document, or one sentence) by type. */
export type UnitCounts = ReadonlyMap<string, Counts>;

/**
 * Draws as many units as there are, with replacement, and scores all models on them, again and again. This is the
 * paired bootstrap of {@link pairedBootstrap}, for all types at once: with the same random numbers, differences are
 * the same to the last bit.
 *
 * @param models for each model, the counts of each unit in the same order
 */
export function bootstrapIntervals(
  models: readonly (readonly UnitCounts[])[],
  { draws, random }: { readonly draws: number; readonly random: () => number },
): ModelIntervals[] {
  const types = [...new Set(models.flatMap((units) => units.flatMap((counts) => [...counts.keys()])))];
  const columns = columnsOf(models, types);
  const units = models[0]?.length ?? 0;
  const { groupOf, groups } = grouped(columns, units);

  /** One row of scores per model and group of types, the first of which is all types. */
  const rows = models.length * (types.length + 1);
  const scores = Array.from({ length: rows }, () => ({
    precision: new Float64Array(draws),
    recall: new Float64Array(draws),
    f1: new Float64Array(draws),
  }));
  const hits = new Uint32Array(groups.length);
  const totals = new Float64Array(columns.length);
  for (let draw = 0; draw < draws; draw++) {
    hits.fill(0);
    for (let unit = 0; unit < units; unit++) hits[groupOf[Math.floor(random() * units)]!]!++;
    totals.fill(0);
    for (const [group, { places, counts }] of groups.entries()) {
      const times = hits[group]!;
      for (let index = 0; index < places.length; index++) totals[places[index]!]! += times * counts[index]!;
    }
    for (const [row, kept] of scores.entries()) {
      const { precision, recall, f1 } = scoresOf(countsOfRow(totals, row, types.length));
      kept.precision[draw] = precision;
      kept.recall[draw] = recall;
      kept.f1[draw] = f1;
    }
  }

  const whole = new Float64Array(columns.length);
  for (const [place, column] of columns.entries()) for (const count of column) whole[place]! += count;
  const rowOf = (model: number, type = 0) => model * (types.length + 1) + type;
  const differences = models.map((_, model) =>
    model === 0
      ? undefined
      : difference(scores[0]!.f1, scores[rowOf(model)]!.f1, {
          first: scoresOf(countsOfRow(whole, 0, types.length)).f1,
          own: scoresOf(countsOfRow(whole, rowOf(model), types.length)).f1,
        }),
  );
  return models.map((_, model) => ({
    micro: intervals(scores[rowOf(model)]!),
    types: Object.fromEntries(
      types.map((type, index) => [type, intervals(scores[rowOf(model, index + 1)]!)]),
    ),
    ...(differences[model] && { difference: differences[model] }),
  }));
}

const FIELDS = ["gold", "predicted", "correct"] as const;

/** One column per model, type and field of the counts: the count of each unit. */
function columnsOf(models: readonly (readonly UnitCounts[])[], types: readonly string[]): Uint32Array[] {
  return models.flatMap((units) =>
    types.flatMap((type) =>
      FIELDS.map((field) => Uint32Array.from(units, (counts) => counts.get(type)?.[field] ?? 0)),
    ),
  );
}

/**
 * Puts units with the same counts into one group, because most of 50,000 sentences have the same few. A group has the
 * columns that are not 0.
 */
function grouped(columns: readonly Uint32Array[], units: number) {
  const numbers = new Map<string, number>();
  const groups: { readonly places: readonly number[]; readonly counts: readonly number[] }[] = [];
  const groupOf = Uint32Array.from({ length: units }, (_, unit) => {
    const places: number[] = [];
    const counts: number[] = [];
    for (const [place, column] of columns.entries()) {
      if (column[unit] === 0) continue;
      places.push(place);
      counts.push(column[unit]!);
    }
    const key = `${places.join()}:${counts.join()}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = groups.push({ places, counts }) - 1;
      numbers.set(key, number);
    }
    return number;
  });
  return { groupOf, groups };
}

/** Returns the counts of a row of scores: those of one type of a model, or of all its types. */
function countsOfRow(totals: Float64Array, row: number, types: number): Counts {
  const [model, type] = [Math.floor(row / (types + 1)), row % (types + 1)];
  const counts: Counts = { gold: 0, predicted: 0, correct: 0 };
  const [from, to] = type === 0 ? [0, types] : [type - 1, type];
  for (let each = from; each < to; each++) {
    const place = (model * types + each) * FIELDS.length;
    counts.gold += totals[place]!;
    counts.predicted += totals[place + 1]!;
    counts.correct += totals[place + 2]!;
  }
  return counts;
}

function intervals(scores: Readonly<Record<Score, Float64Array>>): ScoreIntervals {
  const of = (values: Float64Array): Interval => {
    const sorted = values.slice().sort();
    return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
  };
  return { precision: of(scores.precision), recall: of(scores.recall), f1: of(scores.f1) };
}

function difference(
  first: Float64Array,
  own: Float64Array,
  whole: { readonly first: number; readonly own: number },
): Difference {
  const differences = own.map((value, draw) => value - first[draw]!).sort();
  return {
    difference: whole.own - whole.first,
    interval: [quantile(differences, 0.025), quantile(differences, 0.975)],
    better: differences.filter((each) => each > 0).length / differences.length,
  };
}
