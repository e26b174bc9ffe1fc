import type { TrainEvent } from "../../run/events.js";
import { count, counted, duration, epochs, score } from "./figures.js";

type EvaluationEvent = Extract<TrainEvent, { type: "evaluation" }>;

/** An evaluation, and the mean training loss since the previous one. */
export interface EvaluationLine {
  readonly event: EvaluationEvent;
  readonly trainLoss: number | undefined;
}

interface Column {
  readonly title: string;
  readonly width: number;
  /** If the terminal is too narrow, columns with the highest numbers are dropped first. */
  readonly keep: number;
  readonly cell: (line: EvaluationLine) => string;
}

const optionalLoss = (loss: number | undefined): string => (loss === undefined ? "-" : score(loss));

/** The columns of the model card, and strict F1 next to the default F1. */
const columns: readonly Column[] = [
  { title: "Epoch", width: 5, keep: 1, cell: ({ event }) => epochs(event.epoch) },
  { title: "Step", width: 7, keep: 4, cell: ({ event }) => count(event.step) },
  { title: "Train loss", width: 10, keep: 6, cell: ({ trainLoss }) => optionalLoss(trainLoss) },
  { title: "Loss", width: 6, keep: 2, cell: ({ event }) => optionalLoss(event.metrics.loss) },
  { title: "Precision", width: 9, keep: 5, cell: ({ event }) => score(event.metrics.precision) },
  { title: "Recall", width: 6, keep: 5, cell: ({ event }) => score(event.metrics.recall) },
  { title: "F1", width: 6, keep: 0, cell: ({ event }) => score(event.metrics.f1) },
  { title: "F1 strict", width: 9, keep: 2, cell: ({ event }) => score(event.strict.micro.f1) },
  { title: "Accuracy", width: 8, keep: 3, cell: ({ event }) => score(event.metrics.accuracy) },
];

/** Added if the run keeps an average of its weights. The other columns are then for the better of the two. */
const compared: readonly Column[] = (["last", "average"] as const).map((weights) => ({
  title: `F1 ${weights}`,
  width: `F1 ${weights}`.length,
  keep: 1,
  cell: ({ event }) => score(event.compared?.[weights].f1 ?? Number.NaN),
}));

/** What the layout of the evaluation table depends on. */
export interface TableLayout {
  readonly width: number;
  /** True if the run keeps an average of its weights. */
  readonly averages: boolean;
}

/** Returns the columns that fit into a terminal of this width. */
function fitting({ width, averages }: TableLayout): readonly Column[] {
  let fit = averages ? [...columns, ...compared] : columns;
  const needed = () => fit.reduce((total, column) => total + column.width + 1, 0);
  while (fit.length > 1 && needed() > width) {
    const least = Math.max(...fit.map(({ keep }) => keep));
    fit = fit.filter(({ keep }) => keep !== least);
  }
  return fit;
}

/** The header of the evaluation table. */
export const evaluationHead = (layout: TableLayout): string =>
  fitting(layout)
    .map((column) => column.title.padStart(column.width))
    .join(" ");

/** Formats an evaluation as a row below {@link evaluationHead}. */
export const evaluationRow = (line: EvaluationLine, layout: TableLayout): string =>
  fitting(layout)
    .map((column) => column.cell(line).padStart(column.width))
    .join(" ");

/** Formats an evaluation as a line of a log, with a name for every figure. */
export function evaluationText({ event, trainLoss }: EvaluationLine): string {
  const { metrics, compared: both, strict, split, step, epoch, sentences, seconds } = event;
  return [
    `${split} at step ${count(step)}, epoch ${epochs(epoch)}: loss ${optionalLoss(metrics.loss)}`,
    ...(trainLoss === undefined ? [] : [`train loss ${optionalLoss(trainLoss)}`]),
    `precision ${score(metrics.precision)}`,
    `recall ${score(metrics.recall)}`,
    `F1 ${score(metrics.f1)} (seqeval default), ${score(strict.micro.f1)} (strict)`,
    `accuracy ${score(metrics.accuracy)}`,
    ...(both === undefined
      ? []
      : [`F1 of the last weights ${score(both.last.f1)}, of their average ${score(both.average.f1)}`]),
    `${counted(sentences, "sentence")} in ${duration(seconds)}`,
  ].join(", ");
}
