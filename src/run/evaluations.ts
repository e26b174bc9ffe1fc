import { type MetricName, metricNamed } from "../tasks/tokenClassification/metrics.js";
import type { RecordedEvaluation, RecordedEvent } from "./history.js";

/** How the best evaluation is chosen: HF's arguments of the same names. */
export interface BestModelChoice {
  /** `loss`, `precision`, `recall`, `f1` or `accuracy`, with or without `eval_`. Defaults to `loss`. */
  readonly metricForBestModel?: string | undefined;
  /** Defaults to false for the loss, and to true for any other metric. */
  readonly greaterIsBetter?: boolean | undefined;
  /** Saves the best weights instead of the last ones. */
  readonly loadBestModelAtEnd?: boolean | undefined;
}

/** Returns the name of the metric without `eval_`, and whether a greater value is better. */
export function bestMetric(choice: BestModelChoice): {
  readonly name: MetricName;
  readonly greater: boolean;
} {
  const name = (choice.metricForBestModel ?? "loss").replace(/^eval_/, "") as MetricName;
  return { name, greater: choice.greaterIsBetter ?? metricNamed(name).greaterIsBetter };
}

/** Returns the first of the best evaluations, as HF does: a later one must be strictly better. */
export function bestEvaluation(
  evaluations: readonly RecordedEvaluation[],
  choice: BestModelChoice,
): RecordedEvaluation | undefined {
  const { name, greater } = bestMetric(choice);
  let best: RecordedEvaluation | undefined;
  let record = greater ? -Infinity : Infinity;
  for (const evaluation of evaluations) {
    const value = evaluation.metrics[name];
    // Written this way round, the comparison is false for NaN, so NaN is never better.
    if (!(greater ? value > record : value < record)) continue;
    best = evaluation;
    record = value;
  }
  return best;
}

/** Returns the evaluations on the validation set, in order. */
export function validations(events: readonly RecordedEvent[]): RecordedEvaluation[] {
  return events.filter(
    (event): event is RecordedEvaluation => event.type === "evaluation" && event.split === "validation",
  );
}

/**
 * Returns the evaluation of the weights that the run leaves behind: the best one if the best weights are
 * loaded at the end, otherwise the last one.
 */
export function reportedEvaluation(
  events: readonly RecordedEvent[],
  choice: BestModelChoice,
): RecordedEvaluation | undefined {
  const all = validations(events);
  return choice.loadBestModelAtEnd ? bestEvaluation(all, choice) : all.at(-1);
}

/** Returns the evaluation on the test set. There is at most one, at the end. */
export function testEvaluation(events: readonly RecordedEvent[]): RecordedEvaluation | undefined {
  return events.findLast(
    (event): event is RecordedEvaluation => event.type === "evaluation" && event.split === "test",
  );
}
