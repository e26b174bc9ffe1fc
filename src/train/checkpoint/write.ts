import { join } from "node:path";
import { TRAINER_STATE } from "../../card/trainerState.js";
import { writeCrfState } from "../../crf/index.js";
import { type FsPort, writeFileAtomically, writeFolderWithManifest } from "../../files/index.js";
import { RUN_STATE } from "../../recipe/index.js";
import { writeModel } from "../finish/modelFolder.js";
import type { Prepared } from "../prepare/prepare.js";
import { writeAverage, writeOptimizerState } from "./blockFiles.js";
import type { Snapshot } from "./snapshot.js";

/** The contents of a checkpoint, as they were at one moment. */
export interface CheckpointContent {
  readonly step: number;
  readonly snapshot: Snapshot;
  /** Text of `run_state.json`. */
  readonly state: string;
  /** Text of HF Trainer's `trainer_state.json`. */
  readonly trainerState: string;
}

/**
 * Writes a checkpoint: a model folder like that of `Trainer.save_model`, the optimizer's state, the average
 * of the weights if the run keeps one, the state of the run, and finally the manifest. The folder appears
 * complete or not at all.
 *
 * @throws NeriumError TRAIN_WEIGHTS_NOT_FINITE, `FILES_…`; then nothing is left on the disk
 */
export function writeCheckpoint(
  folder: string,
  prepared: Prepared,
  content: CheckpointContent,
  port: FsPort,
): Promise<void> {
  const { snapshot, state, trainerState } = content;
  const build = async (temporary: string, fs: FsPort) => {
    // In parallel: one writes while another waits for the disk. If one fails, the others end before the error
    // is thrown.
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
