import { lstat, readFile, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { pathsUnder } from "./pathsUnder.js";

/** Not uploaded: checkpoints, hidden files, unfinished files of other processes, and training_args.json. */
const STAYS = /^\.|^checkpoint-\d+(\D|$)|\.(new|old|gone)-\d+-[0-9a-f]+$|^training_args\.json$/;

const stays = (path: string): boolean => path.split(/[\\/]/).some((name) => STAYS.test(name));

/** The files of a model folder. Paths have `/` between their parts. */
export interface FolderFiles {
  readonly uploaded: readonly string[];
  /** Links that lead outside of the folder, to a folder, or to what is not uploaded; pipes and devices. */
  readonly leftOut: readonly string[];
}

/** Returns the files that are uploaded. What is not inside the folder stays on this machine. */
export async function filesToUpload(folder: string): Promise<FolderFiles> {
  const root = await realpath(folder);
  const uploaded: string[] = [];
  const leftOut: string[] = [];
  for (const path of await pathsUnder(folder, (name) => !stays(name)))
    ((await isOwn(root, path)) ? uploaded : leftOut).push(path);
  return { uploaded, leftOut };
}

async function isOwn(root: string, path: string): Promise<boolean> {
  const file = join(root, ...path.split("/"));
  const entry = await lstat(file);
  if (!entry.isSymbolicLink()) return entry.isFile();
  const target = await realpath(file).catch(() => undefined);
  if (target === undefined || !(await stat(target)).isFile()) return false;
  if (target.startsWith(root + sep)) return !stays(relative(root, target));
  // In the cache of the hub, the files of a snapshot are links to the blobs of their repository.
  const isSnapshot = /[\\/]snapshots[\\/][0-9a-f]{40}$/.test(root);
  return isSnapshot && target.startsWith(join(root, "..", "..", "blobs") + sep);
}

/** Returns what is uploaded of a file: the file itself, or `trainer_state.json` without this machine's paths. */
export async function contentToUpload(folder: string, path: string): Promise<URL | Blob> {
  const file = join(folder, ...path.split("/"));
  if (path !== "trainer_state.json") return pathToFileURL(file);
  const text = await readFile(file, "utf8");
  return new Blob([text.replace(/("best_model_checkpoint":\s*)"(?:[^"\n]*[\\/])?([^"\\/\n]+)"/, '$1"$2"')]);
}
