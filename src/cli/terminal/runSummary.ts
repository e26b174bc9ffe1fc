import { join } from "node:path";
import type { TrainResult } from "../../run/driveRun.js";
import type { TrainEvent } from "../../run/events.js";
import { visible } from "../../shown.js";
import type { Colours } from "./colours.js";
import { count, counted, duration, epochs, memory } from "./figures.js";
import { evaluationsOf, type RunFigures } from "./runFigures.js";
import { scoresReport } from "./scoresReport.js";
import { wrapped } from "./wrapped.js";

type EvaluationEvent = Extract<TrainEvent, { type: "evaluation" }>;

const endings: Record<TrainResult["reason"], string> = {
  finished: "finished",
  "early-stopping": "stopped early because the validation score no longer improved",
  stopped: "stopped on request, progress saved",
};

/**
 * Formats the end of a run: scores per type of the saved model, time and memory used, and where the files
 * are.
 */
export function runSummary(
  figures: RunFigures,
  result: TrainResult,
  { width, colours }: { readonly width: number; readonly colours: Colours },
): string[] {
  const evaluations = [...evaluationsOf(figures)];
  const validation = keptEvaluation(evaluations, result);
  const test = evaluations.find(({ split }) => split === "test");
  const shown = [validation, test].filter((event) => event !== undefined);
  const peak = figures.peakMemory === 0 ? "" : `, peak memory ${memory(figures.peakMemory)}`;
  return [
    ...shown.flatMap((event) => ["", colours.bold(title(event)), ...reportOf(event, width)]),
    "",
    wrapped(
      `${endings[result.reason]}: ${counted(result.steps, "step")} in ${duration(result.seconds)}${peak}`,
      width,
    ),
    `model  ${visible(result.folder)}`,
    `card   ${visible(join(result.folder, "README.md"))}`,
  ];
}

const title = ({ split, step, epoch }: EvaluationEvent): string =>
  `${split === "test" ? "Test" : "Validation"} scores of the model at step ${count(step)}, epoch ${epochs(epoch)}`;

const reportOf = ({ scores, strict, scheme }: EvaluationEvent, width: number): string[] =>
  scoresReport({ default: scores, strict, scheme }, width);

/**
 * Returns the validation scores of the saved model: those of the best model after `load_best_model_at_end`,
 * otherwise the last ones.
 *
 * @param evaluations newest first
 */
function keptEvaluation(
  evaluations: readonly EvaluationEvent[],
  { metrics }: TrainResult,
): EvaluationEvent | undefined {
  const validations = evaluations.filter(({ split }) => split === "validation");
  const same = ({ metrics: { loss, f1 } }: EvaluationEvent) => loss === metrics?.loss && f1 === metrics.f1;
  return validations.find(same) ?? validations[0];
}
