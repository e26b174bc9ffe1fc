import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { folderDamage, MANIFEST } from "../../files/index.js";
import { RUN_STATE } from "../../recipe/index.js";
import { OPTIMIZER_FILE } from "./blockFiles.js";
import { type RunState, readState } from "./state.js";

/** A folder `checkpoint-STEP`. It may be damaged. */
export interface CheckpointFolder {
  readonly step: number;
  readonly folder: string;
}

/** A checkpoint that was checked and is not damaged. */
export interface Checkpoint extends CheckpointFolder {
  readonly state: RunState;
}

export const checkpointFolder = (output: string, step: number): string => join(output, `checkpoint-${step}`);

/**
 * The folders `checkpoint-STEP` in an output folder, sorted by step. Those of HF Trainer and of the user are
 * ignored.
 */
export async function checkpointFolders(output: string): Promise<CheckpointFolder[]> {
  const { own } = await foundIn(output);
  return own.sort((a, b) => a.step - b.step);
}

/** What is named `checkpoint-STEP` and was not written by Nerium. */
export const foreignCheckpoints = async (output: string): Promise<readonly string[]> =>
  (await foundIn(output)).foreign;

async function foundIn(output: string): Promise<{ own: CheckpointFolder[]; foreign: string[] }> {
  const names = await readdir(output).catch(() => []);
  const own: CheckpointFolder[] = [];
  const foreign: string[] = [];
  for (const name of names) {
    const [, digits] = /^checkpoint-(\d+)$/.exec(name) ?? [];
    if (digits === undefined) continue;
    const folder = join(output, name);
    if (await isOwnCheckpoint(folder)) own.push({ step: Number(digits), folder });
    else foreign.push(folder);
  }
  return { own, foreign };
}

/**
 * Nerium's checkpoints have files that no other program writes. Any one of them is enough, because a checkpoint
 * may be damaged.
 */
export async function isOwnCheckpoint(folder: string): Promise<boolean> {
  const names: string[] = await readdir(folder).catch(() => []);
  return [RUN_STATE, MANIFEST, OPTIMIZER_FILE].some((name) => names.includes(name));
}

/**
 * The newest undamaged checkpoint, and the damage of newer ones. Reads all bytes of the checkpoints that it
 * checks.
 */
export async function newestWhole(
  output: string,
): Promise<{ checkpoint: Checkpoint | undefined; damaged: (CheckpointFolder & { damage: string })[] }> {
  const damaged: (CheckpointFolder & { damage: string })[] = [];
  for (const each of (await checkpointFolders(output)).reverse()) {
    const damage = await folderDamage(each.folder);
    const state = damage ?? (await readState(each.folder));
    if (typeof state !== "string") return { checkpoint: { ...each, state }, damaged };
    damaged.push({ ...each, damage: state });
  }
  return { checkpoint: undefined, damaged };
}
