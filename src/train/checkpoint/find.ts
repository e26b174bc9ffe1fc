import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { folderDamage } from "../../files/index.js";
import { RUN_STATE } from "../../recipe/index.js";
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
 * The folders `checkpoint-STEP` in an output folder, sorted by step. Checkpoints of HF Trainer are ignored.
 */
export async function checkpointFolders(output: string): Promise<CheckpointFolder[]> {
  const names = await readdir(output).catch(() => []);
  const found: CheckpointFolder[] = [];
  for (const name of names) {
    const [, digits] = /^checkpoint-(\d+)$/.exec(name) ?? [];
    const folder = join(output, name);
    if (digits !== undefined && (await isOurs(folder))) found.push({ step: Number(digits), folder });
  }
  return found.sort((a, b) => a.step - b.step);
}

/**
 * HF Trainer keeps the optimizer's state in `optimizer.pt`. Nerium's checkpoints never contain that file,
 * even if damaged.
 */
async function isOurs(folder: string): Promise<boolean> {
  const has = (name: string) =>
    access(join(folder, name)).then(
      () => true,
      () => false,
    );
  return (await has(RUN_STATE)) || !(await has("optimizer.pt"));
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
