import type { EvaluationMetrics } from "./events.js";
import type { HistoryEvent } from "./history.js";

/** The best evaluation so far. */
export interface Best {
  readonly step: number;
  readonly metric: number;
  readonly metrics: EvaluationMetrics;
  /** True where it is the average of the weights that was evaluated so. */
  readonly ofAverage: boolean;
}

/** What is known about a run's evaluations. */
export interface BestModelState {
  readonly best: Best | undefined;
  readonly lastMetrics: EvaluationMetrics | undefined;
  /** True where these are the average's. */
  readonly lastOfAverage: boolean;
  /** Evaluations since the last one that was better. */
  readonly withoutImprovement: number;
}

/** Where a run stands, all of it: what a run that goes on from here does follows from this, the recipe and the data. */
export interface Progress {
  /** Steps done. Order and dropout of every later step follow from its number and the seed. */
  readonly step: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Seconds of work until here, in all runs. */
  readonly seconds: number;
  /** Sums over all steps. */
  readonly totals: { readonly count: number; readonly loss: number; readonly tokens: number };
  /** Sum of the losses since the last log, and number of its steps. */
  readonly sinceLog: { readonly loss: number; readonly steps: number };
  /** Steps without an update, because their gradient was not finite: of the whole run, and the last ones in a row. */
  readonly skipped: { readonly total: number; readonly inARow: number };
  /** Step of the last evaluation and of the last checkpoint that was due; −1 before the first. */
  readonly evaluatedAt: number;
  readonly savedAt: number;
  readonly judgement: BestModelState;
  /** Of a run under way, it grows: who needs it as it is now, such as a checkpoint, makes text of it at once. */
  readonly history: readonly HistoryEvent[];
}
