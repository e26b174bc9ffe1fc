import { readdir } from "node:fs/promises";
import { type FolderLock, firstInside, LOCK, lockFolder, recoverInside } from "../../files/index.js";
import { Owned } from "../../owned.js";
import { type Recipe, RUN_NOTES } from "../../recipe/index.js";
import type { TrainResult } from "../../run/driveRun.js";
import type { TrainEvent } from "../../run/events.js";
import { changedFields } from "../checkpoint/changes.js";
import {
  type Checkpoint,
  type CheckpointFolder,
  checkpointFolders,
  newestWhole,
} from "../checkpoint/find.js";
import {
  checkpointsDamaged,
  noCheckpoint,
  resumeChanged,
  runOutputExists,
  runOutputIsFile,
  runOutputIsInput,
} from "../errors.js";
import { checkCard, readTrainingArgs } from "./finish.js";
import { refuseForeign } from "./ownFiles.js";

type Warning = Extract<TrainEvent, { type: "warning" }>;

/** The output folder of a run, locked by this process, and what it already contains. */
export class OutputFolder {
  private constructor(
    private readonly lock: FolderLock,
    /** The checkpoint to continue from. */
    readonly checkpoint: Checkpoint | undefined,
    /** The checkpoints up to and including that one. */
    readonly kept: readonly CheckpointFolder[],
    /**
     * Checkpoints to remove once this run has written one: damaged ones, and those of a run that is
     * overwritten.
     */
    readonly obsolete: readonly CheckpointFolder[],
    readonly warnings: readonly Warning[],
    /** The result of the run in this folder if it has finished; then there is nothing to continue. */
    readonly finished: TrainResult | undefined,
  ) {}

  /**
   * Locks the folder and reads what it contains. Changes nothing, except that it cleans up after processes
   * that ended in the middle of a change.
   *
   * @throws NeriumError FILES_FOLDER_LOCKED, TRAIN_OUTPUT_EXISTS, TRAIN_OUTPUT_IS_INPUT, FILES_NOT_OURS and TRAIN_CARD_EDITED; with `resume` also
   *   TRAIN_NO_CHECKPOINT, TRAIN_CHECKPOINTS_DAMAGED and TRAIN_RESUME_CHANGED
   */
  static async open(recipe: Recipe, { resume }: { readonly resume: boolean }): Promise<OutputFolder> {
    if (!recipe.overwriteOutputDir && !resume) await entriesOf(recipe.output);
    if (recipe.overwriteOutputDir || resume) await refuseInputs(recipe);
    return Owned.making(async (owned) => {
      const lock = owned.own(await lockFolder(recipe.output), "release");
      await recoverInside(recipe.output, { isOwn: true });
      await checkCard(recipe);
      return resume ? OutputFolder.toResume(recipe, lock) : OutputFolder.fresh(recipe, lock);
    });
  }

  private static async fresh(recipe: Recipe, lock: FolderLock): Promise<OutputFolder> {
    const obsolete = await checkpointFolders(recipe.output);
    await refuseTaken(recipe);
    await refuseForeignFiles(recipe);
    return new OutputFolder(lock, undefined, [], obsolete, [], undefined);
  }

  private static async toResume(recipe: Recipe, lock: FolderLock): Promise<OutputFolder> {
    const finished = await finishedRun(recipe);
    if (finished !== undefined) return new OutputFolder(lock, undefined, [], [], [], finished);
    const { checkpoint, damaged } = await newestWhole(recipe.output);
    if (checkpoint === undefined)
      throw damaged.length === 0 ? noCheckpoint(recipe.output) : checkpointsDamaged(recipe.output, damaged);
    const changed = changedFields(checkpoint.state.recipe, recipe);
    if (changed.length > 0 && !recipe.force) throw resumeChanged(checkpoint.folder, changed);
    await refuseForeignFiles(recipe);
    const kept = (await checkpointFolders(recipe.output)).filter(({ step }) => step <= checkpoint.step);
    const warnings = damaged.map(({ folder, damage }): Warning => {
      const message = `${folder} is damaged (${damage}). Continuing from ${checkpoint.folder} instead.`;
      return { type: "warning", code: "CHECKPOINT_DAMAGED", message };
    });
    return new OutputFolder(lock, checkpoint, kept, damaged, warnings, undefined);
  }

  /** Throws FILES_LOCK_LOST if the folder has disappeared since. */
  check(): Promise<void> {
    return this.lock.check();
  }

  release(): Promise<void> {
    return this.lock.release();
  }
}

/**
 * Throws if a new run cannot have its output folder.
 *
 * @throws NeriumError TRAIN_OUTPUT_EXISTS
 */
export async function refuseTaken({ output, overwriteOutputDir }: Recipe): Promise<void> {
  if (overwriteOutputDir) return;
  const names = await entriesOf(output);
  if (!names.some((name) => name !== LOCK && name !== RUN_NOTES)) return;
  throw runOutputExists(output, { hasCheckpoints: (await checkpointFolders(output)).length > 0 });
}

/** The names in the folder, if it can be read. A file instead of a folder is a mistake in the recipe, not of the file system. */
async function entriesOf(output: string): Promise<readonly string[]> {
  try {
    return await readdir(output);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") throw runOutputIsFile(output);
    return [];
  }
}

/** Nothing that the run reads may be in the folder that it writes, where files are replaced and removed. */
async function refuseInputs(recipe: Recipe): Promise<void> {
  for (const field of ["model", "tokenizer", "train", "validation", "test"] as const) {
    const input = recipe[field];
    if (input !== undefined && (await firstInside(recipe.output, [input])) !== undefined)
      throw runOutputIsInput(field, input, recipe.output);
  }
}

const refuseForeignFiles = async ({ output }: Recipe): Promise<void> =>
  refuseForeign(output, (await readTrainingArgs(output))?.files ?? []);

/**
 * The result of a finished run of this recipe. Returns `undefined` if there is none, or if the recipe has
 * changed and sets `force`.
 */
async function finishedRun(recipe: Recipe): Promise<TrainResult | undefined> {
  const written = await readTrainingArgs(recipe.output);
  if (written?.result === undefined || written.result.reason === "stopped") return undefined;
  const changed = changedFields(written.recipe, recipe);
  if (changed.length === 0) return { ...written.result, folder: recipe.output };
  if (!recipe.force) throw resumeChanged(recipe.output, changed);
  return undefined;
}
