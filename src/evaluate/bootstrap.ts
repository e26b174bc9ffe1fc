import { countedWords } from "./countedWords.js";
import { quantile } from "./quantile.js";
import { type Counts, microCounts, scoresOf } from "./seqeval.js";
import type { SpanOptions } from "./spans.js";
import { seqevalScheme } from "./strictSpans.js";

type Tags = readonly (readonly string[])[];

/**
 * Sentences that are drawn together (a document, or one sentence): their gold tags, and the tags that two
 * kinds of models predicted. A kind has one run or several, for example with different seeds.
 */
export interface PairedSentences {
  readonly gold: Tags;
  readonly a: readonly Tags[];
  readonly b: readonly Tags[];
}

/** How two kinds of models differ in F1, and how certain the difference is. */
export interface Comparison {
  /** Mean F1 over the runs of each kind. */
  readonly a: number;
  readonly b: number;
  /** F1 of each run. */
  readonly runs: { readonly a: readonly number[]; readonly b: readonly number[] };
  /** F1 of B minus F1 of A. */
  readonly difference: number;
  /** The middle 95% of the differences over all draws. */
  readonly interval: readonly [low: number, high: number];
  /** Share of the draws in which B is better. */
  readonly better: number;
}

export interface BootstrapOptions extends Pick<SpanOptions, "mode"> {
  readonly draws: number;
  /** Returns a number from 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

/**
 * Runs a paired bootstrap. Each draw takes as many units as there are, with replacement, and scores all
 * models on them. If a kind has several runs, their mean F1 counts.
 *
 * Berg-Kirkpatrick, Burkett and Klein (2012), https://aclanthology.org/D12-1091
 *
 * @throws NeriumError as seqevalScores
 */
export function pairedBootstrap(
  units: readonly PairedSentences[],
  { draws, random, mode }: BootstrapOptions,
): Comparison {
  const scheme =
    mode === "strict" ? seqevalScheme(units.flatMap(({ gold }) => countedWords(gold, gold).gold)) : undefined;
  const counted = (of: "a" | "b") =>
    (units[0]?.[of] ?? []).map((_, run) =>
      columnsOf(units.map((unit) => microCounts(unit.gold, unit[of][run]!, { mode, scheme }))),
    );
  const [first, second] = [counted("a"), counted("b")];
  const all = Uint32Array.from(units.keys());
  const [a, b] = [meanF1(first, all), meanF1(second, all)];

  const drawn = new Uint32Array(units.length);
  const differences = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    for (let index = 0; index < drawn.length; index++) drawn[index] = Math.floor(random() * units.length);
    differences[draw] = meanF1(second, drawn) - meanF1(first, drawn);
  }
  differences.sort();
  return {
    a,
    b,
    runs: { a: first.map((run) => f1Of(run, all)), b: second.map((run) => f1Of(run, all)) },
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

const meanF1 = (runs: readonly Columns[], units: Uint32Array): number =>
  runs.reduce((total, run) => total + f1Of(run, units), 0) / runs.length;

/** Returns the F1 over the units with these indices. */
function f1Of(columns: Columns, units: Uint32Array): number {
  const total: Counts = { gold: 0, predicted: 0, correct: 0 };
  for (const unit of units) {
    total.gold += columns.gold[unit]!;
    total.predicted += columns.predicted[unit]!;
    total.correct += columns.correct[unit]!;
  }
  return scoresOf(total).f1;
}
