import { mean, sampleDeviation } from "../../evaluate/index.js";
import type { ResultRow } from "../../train/seeds/seeds.js";
import { count, duration, score } from "./figures.js";
import { table } from "./table.js";

/** Formats the scores of runs with different seeds, and their mean and standard deviation. */
export function seedsReport(rows: readonly ResultRow[]): string[] {
  const splits = (["validation", "test"] as const).filter((split) => rows.some((row) => row[split] !== null));
  const f1 = (split: (typeof splits)[number]) => rows.map((row) => row[split]?.f1 ?? Number.NaN);
  const summary = (name: string, of: (values: readonly number[]) => number) => [
    name,
    ...splits.map((split) => score(of(f1(split)))),
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
