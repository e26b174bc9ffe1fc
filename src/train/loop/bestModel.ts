import type { Recipe } from "../../recipe/index.js";
import type { EvaluationMetrics, TrainEvent } from "../../run/events.js";
import type { BestModelState } from "../../run/progress.js";

/** Before the first evaluation. */
export const noBestModel: BestModelState = {
  best: undefined,
  lastMetrics: undefined,
  lastOfAverage: false,
  withoutImprovement: 0,
};

type Criteria = Pick<
  Recipe,
  "metricForBestModel" | "greaterIsBetter" | "earlyStoppingThreshold" | "earlyStoppingPatience"
>;

/**
 * How much better the metrics are than `before`, by the metric for the best model: above 0 if they are
 * better.
 */
function gainOver(
  before: number,
  metrics: EvaluationMetrics,
  { metricForBestModel, greaterIsBetter }: Criteria,
): number {
  return (metrics[metricForBestModel] - before) * (greaterIsBetter ? 1 : -1);
}

/** True if the average of the weights is strictly better than the weights. */
export function averageIsBetter(
  last: EvaluationMetrics,
  average: EvaluationMetrics,
  criteria: Criteria,
): boolean {
  const before = last[criteria.metricForBestModel];
  return gainOver(before, average, criteria) > 0;
}

/**
 * Updates the state after an evaluation, by the rules of HF's `EarlyStoppingCallback` and best model: a later
 * evaluation must be strictly better.
 */
export function updatedBestModel(
  before: BestModelState,
  {
    step,
    metrics,
    compared,
  }: Pick<Extract<TrainEvent, { type: "evaluation" }>, "step" | "metrics" | "compared">,
  criteria: Criteria,
): BestModelState & { readonly improved: boolean } {
  const metric = metrics[criteria.metricForBestModel];
  const ofAverage = compared?.better === "average";
  const gain =
    before.best === undefined ? Number.POSITIVE_INFINITY : gainOver(before.best.metric, metrics, criteria);
  const improved = gain > 0 && !Number.isNaN(metric);
  return {
    best: improved ? { step, metric, metrics, ofAverage } : before.best,
    lastMetrics: metrics,
    lastOfAverage: ofAverage,
    withoutImprovement: gain > criteria.earlyStoppingThreshold ? 0 : before.withoutImprovement + 1,
    improved,
  };
}

/** True if early stopping should end the run. */
export const patienceIsOver = (
  { withoutImprovement }: BestModelState,
  { earlyStoppingPatience }: Criteria,
): boolean => earlyStoppingPatience !== undefined && withoutImprovement >= earlyStoppingPatience;
