import type { RawRecipe } from "../recipe/index.js";
import type { TrainListener } from "../run/driveRun.js";
import { diskTooSmall } from "../train/errors.js";
import { type DryRun, dryRun } from "../train/index.js";
import { type Halving, type MeasuredRuns, plannedCost } from "./plannedCost.js";
import { foundWork } from "./workFolder.js";

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

/** A command whose runs are measured. */
export interface MeasuredCommand {
  /** Its name, such as "nerium sweep". */
  readonly command: string;
  readonly output: string;
  /** How runs are stopped early, if so. */
  readonly halving?: Halving | undefined;
}

/**
 * Measures one run of each kind and adds up what all of them would take. Nothing is trained.
 *
 * @throws NeriumError TRAIN_MEMORY_TOO_SMALL, TRAIN_DISK_TOO_SMALL, TRAIN_STOPPED_EARLY, and the errors of training
 */
export async function measuredRuns(
  planned: readonly PlannedRuns[],
  { command, output, halving }: MeasuredCommand,
  edge: DryRunsEdge,
): Promise<DryRuns> {
  const warning = await foundWork(output, command);
  for (const tell of edge.listeners ?? [])
    if (warning !== undefined) await tell({ type: "warning", ...warning });
  const kinds: (MeasuredRuns & { readonly title: string })[] = [];
  for (const { recipe, ...kind } of planned)
    kinds.push({ ...kind, one: await dryRun(recipe, edge).result() });
  const { seconds, peak, end } = plannedCost(kinds, halving);
  const { memory, disk } = kinds.at(-1)!.one;
  if (peak > disk.free)
    throw diskTooSmall({ folder: output, needed: peak, free: disk.free, setting: undefined });
  return {
    runs: planned.reduce((sum, { runs }) => sum + runs, 0),
    seconds,
    memory: { ...memory, peak: Math.max(...kinds.map(({ one }) => one.memory.peak)) },
    disk: { peak, end, free: disk.free },
    kinds: kinds.map(({ title, runs, one }) => ({ title, runs, one })),
    measured: kinds.reduce((sum, { one }) => sum + one.measured.seconds, 0),
  };
}
