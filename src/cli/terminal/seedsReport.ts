import { mean, sampleDeviation } from "../../evaluate/index.js";
import type { ResultRow } from "../../train/seeds/seeds.js";
import { count, duration, score } from "./figures.js";
import { table } from "./table.js";

type Split = "validation" | "test";

const splitsOf = (rows: readonly ResultRow[]): readonly Split[] =>
  (["validation", "test"] as const).filter((split) => rows.some((row) => row[split] !== null));

const f1 = (rows: readonly ResultRow[], split: Split): number[] =>
  rows.map((row) => row[split]?.f1 ?? Number.NaN);

/** Formats the scores of runs with different seeds, and their mean and standard deviation. */
export function seedsReport(rows: readonly ResultRow[]): string[] {
  const splits = splitsOf(rows);
  const summary = (name: string, of: (values: readonly number[]) => number) => [
    name,
    ...splits.map((split) => score(of(f1(rows, split)))),
  ];
  return table([
    ["seed", ...splits.map((split) => `${split} F1`), "steps", "tokens", "time"],
    ...rows.map((row) => [
      String(row.seed),
      ...splits.map((split) => score(row[split]?.f1 ?? Number.NaN)),
      count(row.steps),
      count(row.tokens),
      duration(row.seconds),
    ]),
    summary("mean", mean),
    summary("standard deviation", sampleDeviation),
  ]);
}

/** Mean and standard deviation of F1 by split, for JSON. A deviation of fewer than two runs is null. */
export const seedsSummary = (rows: readonly ResultRow[]) => ({
  f1: Object.fromEntries(
    splitsOf(rows).map((split) => [
      split,
      { mean: mean(f1(rows, split)), standardDeviation: sampleDeviation(f1(rows, split)) },
    ]),
  ),
});
