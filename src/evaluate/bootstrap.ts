import { type Counts, microCounts, scoresOf } from "./seqeval.js";
import type { SpanOptions } from "./spans.js";
import { recognisedScheme } from "./strictSpans.js";

/** Sentences that are drawn together, a document or one sentence: gold tags, and what two models gave. */
export interface PairedSentences {
  readonly gold: readonly (readonly string[])[];
  readonly a: readonly (readonly string[])[];
  readonly b: readonly (readonly string[])[];
}

/** How two models differ in F1, and how sure that is. */
export interface Comparison {
  readonly a: number;
  readonly b: number;
  /** F1 of B less F1 of A. */
  readonly difference: number;
  /** The middle 95% of the differences of all draws. */
  readonly interval: readonly [low: number, high: number];
  /** Share of the draws in which B is better. */
  readonly better: number;
}

export interface BootstrapOptions extends Pick<SpanOptions, "mode"> {
  readonly draws: number;
  /** Gives numbers from 0 to below 1. */
  readonly random: () => number;
}

/**
 * The paired bootstrap: units are drawn with replacement, as many as there are, again and again, and both models are scored
 * on each draw.
 *
 * Berg-Kirkpatrick, Burkett and Klein (2012), https://aclanthology.org/D12-1091
 *
 * @throws NeriumError as seqevalScores
 */
export function pairedBootstrap(
  units: readonly PairedSentences[],
  { draws, random, mode }: BootstrapOptions,
): Comparison {
  const scheme = mode === "strict" ? recognisedScheme(units.flatMap(({ gold }) => gold)) : undefined;
  const counted = (of: "a" | "b") =>
    columnsOf(units.map((unit) => microCounts(unit.gold, unit[of], { mode, scheme })));
  const [first, second] = [counted("a"), counted("b")];
  const all = Uint32Array.from(units.keys());
  const [a, b] = [f1Of(first, all), f1Of(second, all)];

  const drawn = new Uint32Array(units.length);
  const differences = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    for (let index = 0; index < drawn.length; index++) drawn[index] = Math.floor(random() * units.length);
    differences[draw] = f1Of(second, drawn) - f1Of(first, drawn);
  }
  differences.sort();
  return {
    a,
    b,
    difference: b - a,
    interval: [quantile(differences, 0.025), quantile(differences, 0.975)],
    better: differences.filter((difference) => difference > 0).length / draws,
  };
}

type Columns = Readonly<Record<keyof Counts, Uint32Array>>;

const columnsOf = (counts: readonly Counts[]): Columns => ({
  gold: Uint32Array.from(counts, ({ gold }) => gold),
  predicted: Uint32Array.from(counts, ({ predicted }) => predicted),
  correct: Uint32Array.from(counts, ({ correct }) => correct),
});

/** F1 over the units of some numbers. */
function f1Of(columns: Columns, units: Uint32Array): number {
  const total: Counts = { gold: 0, predicted: 0, correct: 0 };
  for (const unit of units) {
    total.gold += columns.gold[unit]!;
    total.predicted += columns.predicted[unit]!;
    total.correct += columns.correct[unit]!;
  }
  return scoresOf(total).f1;
}

/** Linear between the two nearest values, as numpy's default. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}
