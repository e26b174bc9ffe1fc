import { join } from "node:path";
import { writeCrfState } from "../../crf/index.js";
import { type FsPort, writeFileAtomically, writeFolderWithManifest } from "../../files/index.js";
import { TRAINER_STATE, writeModel } from "../finish/modelFolder.js";
import type { Prepared } from "../prepare/prepare.js";
import { writeAverage, writeOptimizerState } from "./blockFiles.js";
import type { Snapshot } from "./snapshot.js";
import { RUN_STATE } from "./state.js";

/** What a checkpoint holds, as it was at one moment. */
export interface CheckpointContent {
  readonly step: number;
  readonly snapshot: Snapshot;
  /** Text of `run_state.json`. */
  readonly state: string;
  /** Text of HF's `trainer_state.json`. */
  readonly trainerState: string;
}

/**
 * Writes a checkpoint: a model folder as `Trainer.save_model` leaves it, the optimizer's state, the average of the weights
 * where the run keeps one, where the run stands, and last the manifest. The folder appears whole or not at all.
 *
 * @throws NeriumError TRAIN_WEIGHTS_NOT_FINITE, `FILES_…`; nothing is left behind then
 */
export function writeCheckpoint(
  folder: string,
  prepared: Prepared,
  content: CheckpointContent,
  port: FsPort,
): Promise<void> {
  const { snapshot, state, trainerState } = content;
  const build = async (temporary: string, fs: FsPort) => {
    // Side by side: one goes on while the other waits for the disk. Nothing is left writing when one fails.
    const written = await Promise.allSettled([
      writeModel(temporary, prepared, { moment: snapshot, fs }),
      writeOptimizerState(temporary, snapshot, fs),
      writeAverage(temporary, snapshot, fs),
    ]);
    for (const each of written) if (each.status === "rejected") throw each.reason;
    snapshot.end();
    const { crfState } = snapshot;
    if (crfState !== undefined) await writeCrfState(temporary, crfState, prepared.labels.length, fs);
    await writeFileAtomically(join(temporary, TRAINER_STATE), trainerState, fs);
    await writeFileAtomically(join(temporary, RUN_STATE), state, fs);
  };
  return writeFolderWithManifest(folder, build, { replace: true }, port).finally(() => snapshot.end());
}
