import type { FsPort } from "../../files/index.js";
import { attempt, outputNotOurs, removeFolder } from "../../files/index.js";
import type { Recipe } from "../../recipe/index.js";
import type { TrainEvent } from "../../run/events.js";
import { withdrawResult } from "../finish/finish.js";
import type { OutputFolder } from "../finish/outputFolder.js";
import type { Prepared } from "../prepare/prepare.js";
import { type CheckpointFolder, checkpointFolder, isOwnCheckpoint } from "./find.js";
import { type CheckpointContent, writeCheckpoint } from "./write.js";

type SaveEvent = Extract<TrainEvent, { type: "save" }>;

/** A save in progress. */
interface Pending {
  /** Never rejects. */
  readonly end: Promise<void>;
  outcome: readonly TrainEvent[] | { readonly failure: unknown } | undefined;
}

/** A folder that the user has put there since the run began is not replaced. */
async function requireOwn(folder: string, fs: FsPort): Promise<void> {
  const isThere = (await attempt(folder, "access", () => fs.kind(folder))) !== undefined;
  if (isThere && !(await isOwnCheckpoint(folder))) throw outputNotOurs(folder);
}

/**
 * Writes checkpoints while training goes on, one at a time. Keeps the newest `save_total_limit` checkpoints
 * and the best one. A checkpoint is removed only after a newer one has been written to disk.
 */
export class Saver {
  private pending: Pending | undefined;
  private kept: readonly CheckpointFolder[];
  private obsolete: readonly CheckpointFolder[];

  constructor(
    private readonly recipe: Recipe,
    private readonly prepared: Prepared,
    private readonly output: Pick<OutputFolder, "kept" | "obsolete" | "check">,
    private readonly fs: FsPort,
  ) {
    this.kept = output.kept;
    this.obsolete = output.obsolete;
  }

  /** The folder of a checkpoint that was written; `undefined` if there is none for this step. */
  folderOf(step: number): string | undefined {
    return this.kept.find((each) => each.step === step)?.folder;
  }

  /** The folder of the last checkpoint, if there is one. */
  get newest(): string | undefined {
    return this.kept.toSorted((a, b) => a.step - b.step).at(-1)?.folder;
  }

  /** Starts to write a checkpoint. Call it only after the previous save has been settled. */
  begin(content: CheckpointContent, reason: SaveEvent["reason"], best: number | undefined): void {
    const { step } = content;
    const folder = checkpointFolder(this.recipe.output, step);
    const save = async (): Promise<readonly TrainEvent[]> => {
      await this.output.check();
      await requireOwn(folder, this.fs);
      await withdrawResult(this.recipe.output, this.fs);
      await writeCheckpoint(folder, this.prepared, content, this.fs);
      this.kept = [...this.kept.filter((each) => each.step !== step), { step, folder }];
      return [{ type: "save", step, folder, reason }, ...(await this.prune(best))];
    };
    const pending: Pending = {
      outcome: undefined,
      end: save()
        // After a failed write, the optimizer must not wait for the writer any longer.
        .finally(() => content.snapshot.end())
        .then(
          (events) => {
            pending.outcome = events;
          },
          (failure: unknown) => {
            pending.outcome = { failure };
          },
        ),
    };
    this.pending = pending;
  }

  private async prune(best: number | undefined): Promise<TrainEvent[]> {
    const limit = this.recipe.saveTotalLimit;
    const firstRecent = limit === undefined ? 0 : this.kept.length - limit;
    const keeps = ({ step }: CheckpointFolder, index: number) => index >= firstRecent || step === best;
    const written = new Set(this.kept.map(({ folder }) => folder));
    const old = this.obsolete.filter(({ folder }) => !written.has(folder));
    const surplus = [...old, ...this.kept.filter((each, index) => !keeps(each, index))];
    this.kept = this.kept.filter(keeps);
    this.obsolete = [];
    const warnings: TrainEvent[] = [];
    for (const { folder } of surplus)
      await removeFolder(folder, this.fs).catch((error: Error) => {
        const message = `An old checkpoint was not removed: ${error.message}.`;
        warnings.push({ type: "warning", code: "CHECKPOINT_NOT_REMOVED", message });
      });
    return warnings;
  }

  /** The events of a save that has ended since the last call. Throws if the save failed. */
  ended(): readonly TrainEvent[] {
    const outcome = this.pending?.outcome;
    if (outcome === undefined) return [];
    this.pending = undefined;
    if ("failure" in outcome) throw outcome.failure;
    return outcome;
  }

  /** Waits for the save in progress, then does the same as {@link ended}. */
  async settled(): Promise<readonly TrainEvent[]> {
    await this.pending?.end;
    return this.ended();
  }

  /** Waits until nothing reads the weights any more. Does not throw if the save fails. */
  async quiet(): Promise<void> {
    await this.pending?.end;
  }
}
