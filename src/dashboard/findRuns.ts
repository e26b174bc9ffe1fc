import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { TRAINER_STATE } from "../card/index.js";
import { LOCK } from "../files/index.js";
import { RUN_NOTES, TRAINING_ARGS } from "../recipe/index.js";

/** A folder with a run. */
export interface FoundRun {
  readonly name: string;
  readonly folder: string;
}

/** How far below a folder runs are searched: `nerium sweep` has them two folders down. */
const DEPTH = 3;
/** Folders of one folder that are searched. */
const MOST = 500;

/** Returns the runs in folders: the folder itself if it has one, otherwise those below it. */
export async function findRuns(folders: readonly string[]): Promise<FoundRun[]> {
  const found: FoundRun[] = [];
  for (const given of folders) {
    const folder = resolve(given);
    const name = basename(folder) || folder;
    found.push(...(await runsIn(folder, name, DEPTH)));
  }
  return found.filter(({ folder }, index) => found.findIndex((each) => each.folder === folder) === index);
}

async function runsIn(folder: string, name: string, depth: number): Promise<FoundRun[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const has = (file: string) => entries.some((entry) => entry.name === file);
  if ([RUN_NOTES, TRAINING_ARGS, TRAINER_STATE, LOCK].some(has) || entries.some(isCheckpoint))
    return [{ name, folder }];
  if (depth === 0) return [];
  const below = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules")
    .map((entry) => entry.name)
    .sort(new Intl.Collator("en", { numeric: true }).compare)
    .slice(0, MOST);
  const runs: FoundRun[] = [];
  for (const child of below) runs.push(...(await runsIn(join(folder, child), `${name}/${child}`, depth - 1)));
  return runs;
}

const isCheckpoint = (entry: { readonly name: string; isDirectory(): boolean }): boolean =>
  /^checkpoint-\d+$/.test(entry.name) && entry.isDirectory();
