import type { EvaluationMetrics } from "./events.js";
import type { HistoryEvent } from "./history.js";

/** The best evaluation so far. */
export interface Best {
  readonly step: number;
  readonly metric: number;
  readonly metrics: EvaluationMetrics;
  /** True if the metrics are those of the averaged weights. */
  readonly ofAverage: boolean;
}

/** What is known about a run's evaluations. */
export interface BestModelState {
  readonly best: Best | undefined;
  readonly lastMetrics: EvaluationMetrics | undefined;
  /** True if `lastMetrics` are those of the averaged weights. */
  readonly lastOfAverage: boolean;
  /** Number of evaluations since the last improvement. */
  readonly withoutImprovement: number;
}

/**
 * The complete progress of a run. Together with the recipe and the data, it determines everything that a run
 * continuing from here does.
 */
export interface Progress {
  /** Steps done. The order and dropout of every later step follow from its number and the seed. */
  readonly step: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Seconds of work so far, in all runs that this one continues. */
  readonly seconds: number;
  /** Sums over all steps. */
  readonly totals: { readonly count: number; readonly loss: number; readonly tokens: number };
  /** Sum of the losses since the last log, and the number of steps since then. */
  readonly sinceLog: { readonly loss: number; readonly steps: number };
  /**
   * Steps without an update because the gradient was not finite: in the whole run, and in a row at the end.
   */
  readonly skipped: { readonly total: number; readonly inARow: number };
  /** Step of the last evaluation, and of the last checkpoint that was due; −1 before the first. */
  readonly evaluatedAt: number;
  readonly savedAt: number;
  readonly judgement: BestModelState;
  /**
   * Grows while the run is in progress. Code that needs its current state, such as a checkpoint, must
   * serialise it at once.
   */
  readonly history: readonly HistoryEvent[];
}
