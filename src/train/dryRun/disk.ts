import type { Recipe } from "../../recipe/index.js";

/** Bytes that a run writes. */
export interface DiskUse {
  /** A checkpoint. */
  readonly checkpoint: number;
  /** The files of the finished model. */
  readonly model: number;
  /** The most that is on the disk at one moment. */
  readonly peak: number;
  /** What is left at the end. */
  readonly end: number;
}

/**
 * Adds up what is on the disk. A checkpoint is removed once the next one is complete, so that there is one more for a
 * moment. The best checkpoint is kept besides the newest ones.
 *
 * @param checkpoints number of checkpoints that the run writes
 */
export function diskUse(
  { saveTotalLimit, evalStrategy }: Pick<Recipe, "saveTotalLimit" | "evalStrategy">,
  checkpoints: number,
  { checkpoint, model }: Pick<DiskUse, "checkpoint" | "model">,
): DiskUse {
  const limit = (saveTotalLimit ?? Number.POSITIVE_INFINITY) + (evalStrategy === "no" ? 0 : 1);
  const kept = Math.min(checkpoints, limit);
  const end = kept * checkpoint + model;
  // A file of the model is written beside the one of an earlier run, but a new folder has none.
  return { checkpoint, model, end, peak: Math.max(end, Math.min(checkpoints, kept + 1) * checkpoint) };
}

/** The same for several runs, one after the other. Each keeps what it leaves. */
export const repeatedUse = (use: DiskUse, runs: number): DiskUse => ({
  ...use,
  end: runs * use.end,
  peak: (runs - 1) * use.end + use.peak,
});

/** A change of the recipe that needs less space on the disk. */
export interface DiskSetting {
  readonly text: "save_total_limit to 1" | "save_strategy to no";
  readonly use: DiskUse;
}

/** Returns the least change with which a run fits on the disk, or `undefined` if there is none. */
export function fittingDisk(
  recipe: Pick<Recipe, "saveTotalLimit" | "evalStrategy">,
  checkpoints: number,
  sizes: Pick<DiskUse, "checkpoint" | "model">,
  { runs, free }: { readonly runs: number; readonly free: number },
): DiskSetting | undefined {
  const settings: DiskSetting[] = [
    { text: "save_total_limit to 1", use: diskUse({ ...recipe, saveTotalLimit: 1 }, checkpoints, sizes) },
    { text: "save_strategy to no", use: diskUse(recipe, 0, sizes) },
  ];
  return settings.find(({ use }) => repeatedUse(use, runs).peak <= free);
}
