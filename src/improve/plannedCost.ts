import type { DryRun } from "../train/index.js";

/** Runs of one kind, and what one of them takes. */
export interface MeasuredRuns {
  readonly runs: number;
  /** Whether the models stay after their runs. */
  readonly keepsModels: boolean;
  readonly one: DryRun;
}

/** Shares of a run's steps after which the worse half of the runs ends. */
export interface Halving {
  readonly pauses: readonly number[];
  /** Runs that end or go on together, because they differ by their seed only. */
  readonly seeds: number;
}

/** What several runs take together: seconds, and bytes on the disk, at most and at the end. */
export interface PlannedCost {
  readonly seconds: number;
  readonly peak: number;
  readonly end: number;
}

/**
 * Adds up what runs take that are trained one after another, with halving first all to the first pause and so on. A run that ends
 * at a pause keeps its checkpoints and its model; a finished one keeps its model at most.
 */
export function plannedCost(
  kinds: readonly MeasuredRuns[],
  { pauses, seeds }: Halving = { pauses: [], seeds: 1 },
): PlannedCost {
  let [seconds, peak, held] = [0, 0, 0];
  let left = kinds
    .flatMap(({ runs, ...kind }) =>
      Array.from({ length: runs }, (_, at) => ({ ...kind, place: at / runs, done: 0, bytes: 0 })),
    )
    // Which half is better is not known, so each half has its part of each kind.
    .sort((a, b) => a.place - b.place);
  for (const until of [...pauses, 1]) {
    for (const run of left) {
      const { one, keepsModels } = run;
      const done = pausedAt(until, one);
      seconds += (done - run.done) * one.seconds.total;
      peak = Math.max(peak, held - run.bytes + one.disk.peak);
      const bytes = done < 1 ? pausedBytes(done, one) : keepsModels ? one.disk.model : 0;
      held += bytes - run.bytes;
      Object.assign(run, { done, bytes });
    }
    left = left.slice(0, Math.ceil(left.length / seeds / 2) * seeds);
  }
  return { seconds, peak, end: held };
}

/** The share of its steps at which a run pauses: that of the first evaluation from there on, or its end. */
const pausedAt = (share: number, { evaluations }: DryRun): number =>
  evaluations === 0 ? 1 : Math.ceil(share * evaluations) / evaluations;

function pausedBytes(share: number, { checkpoints, disk }: DryRun): number {
  const most = disk.checkpoint === 0 ? 0 : Math.round((disk.end - disk.model) / disk.checkpoint);
  return Math.min(Math.ceil(share * checkpoints), most) * disk.checkpoint + disk.model;
}
