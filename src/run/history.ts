import type { TrainEvent } from "./events.js";

type Event<T extends TrainEvent["type"]> = Extract<TrainEvent, { type: T }>;

/** Events that are kept for the card and HF's files. Steps are only summed up. */
export type HistoryEvent = Event<"log" | "evaluation" | "save" | "end">;

/** Sums over steps. `step` and `epoch` are those of the last one. */
export interface StepTotals {
  readonly count: number;
  readonly loss: number;
  readonly tokens: number;
  readonly step: number;
  readonly epoch: number;
}

export type RecordedEvaluation = Event<"evaluation">;

/**
 * The events of a run as far as cards and HF's files need them: every `TrainEvent`, or a reduced form of it.
 * Sums over steps (`steps`) can replace the single events of these steps.
 */
export type RecordedEvent =
  | Pick<Event<"start">, "type" | "trainSentences" | "totalSteps" | "epochs">
  | Pick<Event<"step">, "type" | "step" | "epoch" | "loss" | "tokens">
  | ({ readonly type: "steps" } & StepTotals)
  | Event<"log">
  | RecordedEvaluation
  | Event<"save">
  | Omit<Event<"end">, "folder">
  | Pick<Exclude<TrainEvent, HistoryEvent | Event<"start" | "step">>, "type">;

/** Sums over all steps. */
export function stepTotals(events: readonly RecordedEvent[]): StepTotals {
  let { count, loss, tokens, step, epoch } = { count: 0, loss: 0, tokens: 0, step: 0, epoch: 0 };
  for (const event of events)
    if (event.type === "step" || event.type === "steps") {
      count += event.type === "step" ? 1 : event.count;
      loss += event.loss;
      tokens += event.tokens;
      ({ step, epoch } = event);
    }
  return { count, loss, tokens, step, epoch };
}

/** Returns the `end` event, or `undefined` if the run has not ended. */
export function endOf(events: readonly RecordedEvent[]): Extract<RecordedEvent, { type: "end" }> | undefined {
  return events.findLast((event) => event.type === "end");
}
