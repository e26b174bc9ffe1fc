import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { TRAINER_STATE } from "../../card/index.js";
import { MANIFEST, nodeFs, withScratchFolder } from "../../files/index.js";
import { RUN_STATE } from "../../recipe/index.js";
import { AVERAGE_FILE, OPTIMIZER_FILE } from "../checkpoint/blockFiles.js";
import { writeCheckpoint } from "../checkpoint/write.js";
import { writeModel } from "../finish/modelFolder.js";
import type { Prepared } from "../prepare/prepare.js";
import type { StepEngine } from "../step/stepEngine.js";
import type { DiskUse } from "./disk.js";

/** What it takes to write a checkpoint and the finished model. */
export interface SavingMeasurement extends Pick<DiskUse, "checkpoint" | "model"> {
  /** Seconds that a checkpoint adds to a run. It is written while training goes on. */
  readonly secondsOfCheckpoint: number;
  readonly secondsOfModel: number;
}

/** Bytes that a checkpoint and a model have at least, before anything is written. */
export function leastSizes({ weights }: Pick<Prepared, "weights">, hasAverage: boolean) {
  const model = 4 * weights.parameterCount;
  return { model, checkpoint: model + 4 * weights.layout.length * (hasAverage ? 3 : 2) };
}

/**
 * Writes a checkpoint, or only the model if the run has no checkpoints, to the disk of the output folder, and removes it.
 *
 * @param step runs a step and returns the seconds that such a step takes otherwise
 */
export const measuredSaving = (
  trainer: StepEngine,
  prepared: Prepared,
  { output, checkpoints }: { readonly output: string; readonly checkpoints: boolean },
  step: () => Promise<number>,
  now: () => number,
): Promise<SavingMeasurement> =>
  withScratchFolder(output, async (folder) => {
    const begin = now();
    if (!checkpoints) {
      await writeModel(folder, prepared, { fs: nodeFs });
      const model = sum(await sizesIn(folder));
      const secondsOfModel = (now() - begin) / 1000;
      return { model, checkpoint: 0, secondsOfCheckpoint: 0, secondsOfModel };
    }
    const target = join(folder, "checkpoint");
    const snapshot = trainer.snapshot();
    const vocabulary = prepared.weights.vocabulary === undefined ? [] : [...prepared.weights.vocabulary.ids];
    const content = { step: 0, snapshot, state: JSON.stringify({ vocabulary }), trainerState: "{}" };
    let writes = true;
    let written = begin;
    const writing = writeCheckpoint(target, prepared, content, nodeFs).finally(() => {
      writes = false;
      written = now();
    });
    writing.catch(() => {}); // Awaited below.
    let asUsual = 0;
    try {
      await trainer.yieldToWriter(snapshot);
      while (writes) asUsual += await step();
    } finally {
      // If a step fails, nothing must read the weights any more.
      await Promise.allSettled([writing]);
    }
    await writing;
    const secondsOfCheckpoint = Math.max(0, (now() - begin) / 1000 - asUsual);
    const sizes = await sizesIn(target);
    const checkpoint = sum(sizes);
    const ofRun = new Set([OPTIMIZER_FILE, AVERAGE_FILE, RUN_STATE, TRAINER_STATE, MANIFEST]);
    const model = sum(sizes.filter(({ name }) => !ofRun.has(name)));
    const secondsOfModel = ((written - begin) / 1000) * (model / checkpoint);
    return { model, checkpoint, secondsOfCheckpoint, secondsOfModel };
  });

interface Size {
  readonly name: string;
  readonly bytes: number;
}

const sum = (sizes: readonly Size[]): number => sizes.reduce((total, { bytes }) => total + bytes, 0);

async function sizesIn(folder: string): Promise<Size[]> {
  const sizes: Size[] = [];
  for (const name of await readdir(folder))
    sizes.push({ name, bytes: (await stat(join(folder, name))).size });
  return sizes;
}
