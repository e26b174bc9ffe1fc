import type { LogEntry } from "../card/index.js";
import type { NeriumWarning } from "../errors.js";
import type { TrainEvent, TrainResult } from "../run/index.js";

/** The start of a training run. */
export type Start = Extract<TrainEvent, { type: "start" }>;

/** Figures of one step by the names that Trainer logs: `loss`, `eval_f1`, `train_loss`. */
export interface Figures {
  readonly step: number;
  readonly values: LogEntry;
}

/** How a run ended. */
export type Outcome = TrainResult["reason"] | "failed";

/**
 * Passes the figures of a run on to a place where people keep them. It takes them at once and works in the
 * background, so that it never slows down the run. What goes wrong becomes a warning.
 */
export interface Tracker {
  begin(start: Start): void;
  take(figures: Figures): void;
  /** Passes on the rest. Resolves after some seconds at most. */
  end(outcome: Outcome): Promise<void>;
  /** Returns what went wrong since the last call. */
  warnings(): NeriumWarning[];
}
