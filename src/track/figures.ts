import { evaluationLog, evaluationMetrics, type LogEntry, lossLog } from "../card/index.js";
import type { TrainEvent } from "../run/index.js";
import type { Figures } from "./tracker.js";

type EvaluationEvent = Extract<TrainEvent, { type: "evaluation" }>;

/**
 * Returns the figures that Trainer logs at an event, and the scores of each entity type by the names of
 * run_ner's `return_entity_level_metrics`. `undefined` for events without such figures.
 */
export function figuresOf(event: TrainEvent, evalBatchSize: number): Figures | undefined {
  if (event.type === "log") return figuresIn(lossLog(event));
  if (event.type !== "evaluation") return undefined;
  if (event.split === "validation")
    return figuresIn({ ...evaluationLog(event, evalBatchSize), ...typeScores("eval", event) });
  const values = { ...evaluationMetrics("test", event, evalBatchSize), ...typeScores("test", event) };
  return { step: event.step, values };
}

/** Takes the step out of a log entry. */
export function figuresIn({ step, ...values }: LogEntry): Figures {
  return { step: step!, values };
}

const typeScores = (prefix: string, { scores }: EvaluationEvent): LogEntry =>
  Object.fromEntries(
    Object.entries(scores.types).flatMap(([type, { precision, recall, f1, support }]) => [
      [`${prefix}_${type}_precision`, precision],
      [`${prefix}_${type}_recall`, recall],
      [`${prefix}_${type}_f1`, f1],
      [`${prefix}_${type}_number`, support],
    ]),
  );
