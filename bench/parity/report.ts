/** Formats the results of a replay for people. Pure functions. */
import { type Comparison, highestRate, type RunFigures, type StepFigures, stepDistance } from "./compare.js";

const exponential = (value: number | undefined) =>
  value === undefined ? "" : value === 0 ? "0" : value.toExponential(1);

const row = (cells: readonly string[], widths: readonly number[]) =>
  cells.map((cell, index) => cell.padStart(widths[index]!)).join("  ");

const STEP_WIDTHS = [5, 9, 10, 8, 10, 8, 10, 8];

export const STEP_HEADER = row(
  ["step", "sentences", "loss", "distance", "norm", "distance", "rate", "distance"],
  STEP_WIDTHS,
);

/** One step: the replayed figures, each with its distance from the recorded one. */
export function stepLine(step: number, replayed: StepFigures, recorded: RunFigures): string {
  const distance = stepDistance(step, recorded.steps[step - 1], replayed, highestRate(recorded));
  return row(
    [
      String(step),
      distance.sameSentences ? "same" : "OTHER",
      replayed.loss.toFixed(6),
      exponential(distance.loss),
      replayed.gradNorm?.toFixed(5) ?? "",
      exponential(distance.gradNorm),
      replayed.learningRate.toExponential(3),
      exponential(distance.learningRate),
    ],
    STEP_WIDTHS,
  );
}

const EVALUATION_WIDTHS = [9, 8, 9, 8, 8, 8];

/** The distances of the evaluations, if any. The distance of the loss is relative. */
export function evaluationLines({ evaluations }: Comparison): string[] {
  if (evaluations.length === 0) return [];
  const header = row(["epoch", "loss", "precision", "recall", "F1", "accuracy"], EVALUATION_WIDTHS);
  const lines = evaluations.map(({ epoch, loss, precision, recall, f1, accuracy }) =>
    row(
      [`${Number(epoch.toFixed(2))}`, ...[loss, precision, recall, f1, accuracy].map(exponential)],
      EVALUATION_WIDTHS,
    ),
  );
  return ["", "distances of the evaluations", header, ...lines];
}

/** The table of worst distances: name, measured value, bar, HF's own distance, and verdict. */
export function barLines({ bars, ok }: Comparison): string[] {
  const width = Math.max(...bars.map(({ name }) => name.length));
  const line = (name: string, ...cells: string[]) => `${name.padEnd(width)}  ${row(cells, [8, 8, 8])}`;
  const verdict = (each: (typeof bars)[number]) =>
    each.ok ? (each.most === undefined ? "reported" : "ok") : "MISSED";
  const missed = bars.filter((each) => !each.ok).length;
  return [
    "",
    `${line("worst distance", "measured", "bar", "HF's own")}`,
    ...bars.map(
      (each) =>
        `${line(each.name, exponential(each.measured), exponential(each.most), exponential(each.self))}  ${verdict(each)}`,
    ),
    "",
    ok ? "every bar is met" : `${missed} ${missed === 1 ? "bar is" : "bars are"} missed`,
  ];
}
