import type { Judgement } from "./checkpoint/state.js";
import type { EvaluationMetrics } from "./events.js";
import type { Recipe } from "./recipe.js";

/** Before the first evaluation. */
export const unjudged: Judgement = { best: undefined, lastMetrics: undefined, withoutImprovement: 0 };

type Criteria = Pick<
  Recipe,
  "metricForBestModel" | "greaterIsBetter" | "earlyStoppingThreshold" | "earlyStoppingPatience"
>;

/** Takes an evaluation in, by HF's rules of `EarlyStoppingCallback` and the best model: a later one has to be truly better. */
export function judge(
  before: Judgement,
  step: number,
  metrics: EvaluationMetrics,
  criteria: Criteria,
): Judgement & { readonly improved: boolean } {
  const { metricForBestModel, greaterIsBetter, earlyStoppingThreshold } = criteria;
  const metric = metrics[metricForBestModel.replace(/^eval_/, "") as keyof EvaluationMetrics];
  const gain =
    before.best === undefined
      ? Number.POSITIVE_INFINITY
      : (metric - before.best.metric) * (greaterIsBetter ? 1 : -1);
  const improved = gain > 0 && !Number.isNaN(metric);
  return {
    best: improved ? { step, metric, metrics } : before.best,
    lastMetrics: metrics,
    withoutImprovement: gain > earlyStoppingThreshold ? 0 : before.withoutImprovement + 1,
    improved,
  };
}

/** True when early stopping has waited long enough. */
export const patienceIsOver = (
  { withoutImprovement }: Judgement,
  { earlyStoppingPatience }: Criteria,
): boolean => earlyStoppingPatience !== undefined && withoutImprovement >= earlyStoppingPatience;
