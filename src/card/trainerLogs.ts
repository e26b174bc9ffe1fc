import { fixed } from "../evaluate/fixed.js";
import type { RecordedEvaluation, RecordedEvent } from "../run/history.js";

/** Figures by HF's names. */
export type LogEntry = Record<string, number>;

type Log = Extract<RecordedEvent, { type: "log" }>;

/** Returns what Trainer logs at a log event, with epoch and step. */
export const lossLog = ({ loss, gradNorm, learningRate, epoch, step }: Log): LogEntry => ({
  loss,
  grad_norm: gradNorm,
  learning_rate: learningRate,
  epoch,
  step,
});

/** Returns what Trainer logs after an evaluation on the validation data, with epoch and step. */
export const evaluationLog = (event: RecordedEvaluation, evalBatchSize: number): LogEntry => ({
  ...evaluationMetrics("eval", event, evalBatchSize),
  ...comparedMetrics(event),
  epoch: event.epoch,
  step: event.step,
});

/** Returns metrics and speed of an evaluation, named with a prefix as Trainer's are. */
export function evaluationMetrics(
  prefix: "eval" | "predict" | "test",
  { metrics, seconds, sentences }: RecordedEvaluation,
  evalBatchSize: number,
): LogEntry {
  const named = Object.entries(metrics).map(([name, value]) => [`${prefix}_${name}`, value]);
  const batches = Math.ceil(sentences / evalBatchSize);
  return { ...Object.fromEntries(named), ...speed(prefix, seconds, sentences, batches) };
}

/** `eval_last_f1`, `eval_average_f1` and so on, if an average of the weights was evaluated as well. */
const comparedMetrics = ({ compared }: RecordedEvaluation): LogEntry =>
  Object.fromEntries(
    (["last", "average"] as const).flatMap((weights) =>
      Object.entries(compared?.[weights] ?? {}).map(([name, value]) => [`eval_${weights}_${name}`, value]),
    ),
  );

/** `speed_metrics` of trainer_utils.py: seconds with four digits, samples and steps per second with three. */
export function speed(split: string, seconds: number, samples: number, steps: number): LogEntry {
  return {
    [`${split}_runtime`]: Number(fixed(seconds, 4)),
    ...(seconds > 0 && {
      [`${split}_samples_per_second`]: Number(fixed(samples / seconds, 3)),
      [`${split}_steps_per_second`]: Number(fixed(steps / seconds, 3)),
    }),
  };
}
