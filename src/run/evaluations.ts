import { type MetricName, metricNamed } from "../tasks/tokenClassification/metrics.js";
import type { RecordedEvaluation, RecordedEvent } from "./history.js";

/** How the best evaluation is told, as HF's arguments of these names say it. */
export interface BestModelChoice {
  /** `loss`, `precision`, `recall`, `f1` or `accuracy`, with or without `eval_`; `loss` where it is left out. */
  readonly metricForBestModel?: string | undefined;
  /** Left out: a loss should be small, anything else large. */
  readonly greaterIsBetter?: boolean | undefined;
  /** The saved weights are the best ones and not the last. */
  readonly loadBestModelAtEnd?: boolean | undefined;
}

/** The name of the metric without `eval_`, and whether more of it is better. */
export function bestMetric(choice: BestModelChoice): {
  readonly name: MetricName;
  readonly greater: boolean;
} {
  const name = (choice.metricForBestModel ?? "loss").replace(/^eval_/, "") as MetricName;
  return { name, greater: choice.greaterIsBetter ?? metricNamed(name).greaterIsBetter };
}

/** The first of the best evaluations, as HF keeps it: a later one has to be truly better. */
export function bestEvaluation(
  evaluations: readonly RecordedEvaluation[],
  choice: BestModelChoice,
): RecordedEvaluation | undefined {
  const { name, greater } = bestMetric(choice);
  let best: RecordedEvaluation | undefined;
  let record = greater ? -Infinity : Infinity;
  for (const evaluation of evaluations) {
    const value = evaluation.metrics[name];
    // Asked this way round, NaN is never better.
    if (!(greater ? value > record : value < record)) continue;
    best = evaluation;
    record = value;
  }
  return best;
}

/** Evaluations on the evaluation set, in order. */
export function validations(events: readonly RecordedEvent[]): RecordedEvaluation[] {
  return events.filter(
    (event): event is RecordedEvaluation => event.type === "evaluation" && event.split === "validation",
  );
}

/** The evaluation whose weights the run leaves behind: the best where those are loaded at the end, else the last. */
export function reportedEvaluation(
  events: readonly RecordedEvent[],
  choice: BestModelChoice,
): RecordedEvaluation | undefined {
  const all = validations(events);
  return choice.loadBestModelAtEnd ? bestEvaluation(all, choice) : all.at(-1);
}

/** The test set's evaluation: there is one, at the end. */
export function testEvaluation(events: readonly RecordedEvent[]): RecordedEvaluation | undefined {
  return events.findLast(
    (event): event is RecordedEvaluation => event.type === "evaluation" && event.split === "test",
  );
}
