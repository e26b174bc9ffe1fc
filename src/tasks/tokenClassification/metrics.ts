import type { SeqevalScores } from "../../evaluate/seqeval.js";
import type { Metric } from "../task.js";

/** The loss, then seqeval's scores in default mode over all types, in HF's order. */
export const metrics = [
  { name: "loss", title: "Loss", greaterIsBetter: false },
  { name: "precision", title: "Precision", greaterIsBetter: true },
  { name: "recall", title: "Recall", greaterIsBetter: true },
  { name: "f1", title: "F1", greaterIsBetter: true },
  { name: "accuracy", title: "Accuracy", greaterIsBetter: true },
] as const satisfies readonly Metric[];

export type MetricName = (typeof metrics)[number]["name"];

export const metricNames = metrics.map(({ name }) => name) as [MetricName, ...MetricName[]];

export const metricNamed = (name: MetricName): Metric<MetricName> =>
  metrics.find((metric) => metric.name === name)!;

/** Metrics of one evaluation, under the names that HF Trainer logs, without the `eval_` prefix. */
export type EvaluationMetrics = { readonly [Name in MetricName]: number };

export function metricsOf(loss: number, { micro, accuracy }: SeqevalScores): EvaluationMetrics {
  const { precision, recall, f1 } = micro;
  return { loss, precision, recall, f1, accuracy };
}
