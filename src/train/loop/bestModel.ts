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

/** How much better some metrics are than others, by the metric that counts: above 0 where they are. */
function gainOver(
  before: number,
  metrics: EvaluationMetrics,
  { metricForBestModel, greaterIsBetter }: Criteria,
): number {
  return (metrics[metricForBestModel] - before) * (greaterIsBetter ? 1 : -1);
}

/** True where the average of the weights is truly better than the weights. */
export function averageIsBetter(
  last: EvaluationMetrics,
  average: EvaluationMetrics,
  criteria: Criteria,
): boolean {
  const before = last[criteria.metricForBestModel];
  return gainOver(before, average, criteria) > 0;
}

/** Takes an evaluation in, by HF's rules of `EarlyStoppingCallback` and the best model: a later one has to be truly better. */
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

/** True when early stopping has waited long enough. */
export const patienceIsOver = (
  { withoutImprovement }: BestModelState,
  { earlyStoppingPatience }: Criteria,
): boolean => earlyStoppingPatience !== undefined && withoutImprovement >= earlyStoppingPatience;
