import type { RawRecipe } from "../recipe/index.js";
import type { TrainListener } from "../run/driveRun.js";
import { diskTooSmall } from "../train/errors.js";
import { type DryRun, dryRun } from "../train/index.js";

/** Runs of one kind that a command would start. */
export interface PlannedRuns {
  /** What they are, such as "5 folds". */
  readonly title: string;
  /** A recipe that stands for all of them. */
  readonly recipe: RawRecipe;
  readonly runs: number;
  /** Whether the models stay after their runs. */
  readonly keepsModels: boolean;
}

/** What the runs of a command would take, as a dry run measured it. */
export interface DryRuns {
  readonly runs: number;
  /** Seconds of all runs. */
  readonly seconds: number;
  /** Bytes: the peak of this process, and how much it can use. */
  readonly memory: DryRun["memory"];
  /** Bytes: the peak, what is left at the end, and what is free now. */
  readonly disk: Pick<DryRun["disk"], "peak" | "end" | "free">;
  /** Each kind of run: how many there are, and what one of them takes. */
  readonly kinds: readonly { readonly title: string; readonly runs: number; readonly one: DryRun }[];
  /** Seconds that the measurement took. */
  readonly measured: number;
}

/** What measuring needs from outside. */
export interface DryRunsEdge {
  readonly listeners?: readonly TrainListener[];
  readonly signal?: AbortSignal;
}

/**
 * Measures one run of each kind and adds up what all of them would take. Nothing is trained.
 *
 * @param share of the time that all runs would take if none were stopped
 * @throws NeriumError TRAIN_MEMORY_TOO_SMALL, TRAIN_DISK_TOO_SMALL, TRAIN_STOPPED_EARLY, and the errors of training
 */
export async function measuredRuns(
  planned: readonly PlannedRuns[],
  output: string,
  edge: DryRunsEdge,
  share = 1,
): Promise<DryRuns> {
  const kinds: { title: string; runs: number; one: DryRun }[] = [];
  let [seconds, end, peak] = [0, 0, 0];
  for (const { title, recipe, runs, keepsModels } of planned) {
    const one = await dryRun(recipe, edge).result();
    kinds.push({ title, runs, one });
    seconds += share * runs * one.seconds.total;
    const left = keepsModels ? one.disk.model : 0;
    peak = Math.max(peak, end + (runs - 1) * left + one.disk.peak);
    end += runs * left;
  }
  const { memory, disk } = kinds.at(-1)!.one;
  if (peak > disk.free)
    throw diskTooSmall({ folder: output, needed: peak, free: disk.free, setting: undefined });
  return {
    runs: planned.reduce((sum, { runs }) => sum + runs, 0),
    seconds,
    memory: { ...memory, peak: Math.max(...kinds.map(({ one }) => one.memory.peak)) },
    disk: { peak, end, free: disk.free },
    kinds,
    measured: kinds.reduce((sum, { one }) => sum + one.measured.seconds, 0),
  };
}
