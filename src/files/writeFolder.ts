import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { attempt, fileError, folderNotEmpty, previousNotRemoved } from "./errors.js";
import { LOCK, parseTemporaryName, type TemporaryName, temporaryName } from "./names.js";
import { nodeFs } from "./nodeFs.js";
import type { FsPort } from "./port.js";
import { beating, SILENT } from "./processes.js";
import { syncFolder } from "./writeFile.js";

export interface WriteFolderOptions {
  /** Replaces a folder that is not empty, with everything in it. Defaults to false: such a folder is an error. */
  readonly replace?: boolean;
}

/** Gives signs of life at a path while something is written there. */
export async function whileBeating<T>(path: string, write: () => Promise<T>): Promise<T> {
  const rest = beating(path);
  try {
    return await write();
  } finally {
    rest();
  }
}

/** fsync of every file and folder below a folder, deepest first. */
export async function syncTree(folder: string, fs: FsPort): Promise<void> {
  for (const { name, kind } of await attempt(folder, "read", () => fs.list(folder))) {
    const path = join(folder, name);
    if (kind === "folder") await syncTree(path, fs);
    if (kind !== "file") continue;
    await attempt(path, "write", async () => {
      const file = await fs.open(path, "sync");
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    });
  }
  await syncFolder(folder, fs);
}

/**
 * Returns true if there is a folder at `target` that may be replaced, and false if there is nothing. Throws
 * if there is something else, or a folder that is not empty and must not be replaced.
 */
async function standsFolder(target: string, replace: boolean, fs: FsPort): Promise<boolean> {
  const kind = await attempt(target, "access", () => fs.kind(target));
  if (kind === undefined) return false;
  if (kind !== "folder")
    throw fileError(
      target,
      "write the folder",
      Object.assign(new Error("not a folder"), { code: "ENOTDIR" }),
    );
  const entries = await attempt(target, "read", () => fs.list(target));
  if (entries.length > 0 && !replace) throw folderNotEmpty(target);
  return true;
}

/**
 * Renames `temporary` to `target`, which was free when it was checked. Another process may have taken it
 * since.
 */
async function take(target: string, temporary: string, fs: FsPort): Promise<void> {
  await attempt(target, "create", () =>
    fs.rename(temporary, target).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === "ENOTEMPTY" || cause.code === "EEXIST" ? folderNotEmpty(target) : cause;
    }),
  );
}

/**
 * Renames the folder at `target` aside and `temporary` into its place. Returns the new name of the old
 * folder.
 */
async function swap(temporary: string, target: string, fs: FsPort): Promise<string> {
  const previous = temporaryName(target, "old");
  await attempt(target, "replace", () => fs.rename(target, previous));
  try {
    await attempt(target, "replace", () => fs.rename(temporary, target));
  } catch (error) {
    await attempt(target, `restore ${previous} as`, () => fs.rename(previous, target));
    throw error;
  }
  return previous;
}

/**
 * Cleans up after processes that died while they wrote to a folder. A folder that was renamed aside is moved
 * back if its place is free. What is unfinished, replaced or half removed is deleted. Files of running
 * processes are not touched. For a process on another machine or in another container, the file's time says
 * whether it runs.
 *
 * @param isOwn true if this process has locked the folder, and all that write to it lock it: what bears its
 *   process id, or was made in another container, is then of a dead process
 */
export async function recoverInside(
  folder: string,
  { isOwn = false }: { readonly isOwn?: boolean } = {},
  fs: FsPort = nodeFs,
): Promise<void> {
  for (const entry of await temporariesIn(folder, fs)) await recover(folder, entry, isOwn, fs);
}

interface Temporary extends TemporaryName {
  readonly name: string;
}

async function temporariesIn(folder: string, fs: FsPort): Promise<Temporary[]> {
  if ((await attempt(folder, "access", () => fs.kind(folder))) !== "folder") return [];
  return (await attempt(folder, "read", () => fs.list(folder))).flatMap(({ name }) => {
    const parsed = parseTemporaryName(name);
    return parsed === undefined ? [] : [{ ...parsed, name }];
  });
}

async function recover(
  folder: string,
  { name, base, role, pid, maker }: Temporary,
  isOwn: boolean,
  fs: FsPort,
): Promise<void> {
  const path = join(folder, name);
  const is = maker();
  if (is === "alive" && !(isOwn && pid === process.pid)) return;
  // Those that wait for a lock write beside it without having it.
  const isDead = isOwn && !base.startsWith(LOCK);
  if (is === "unknown" && !isDead && (await isRecent(path))) return;
  const target = join(folder, base);
  const vacant = (await attempt(target, "access", () => fs.kind(target))) === undefined;
  if (role === "old" && vacant) await attempt(target, "restore", () => moved(path, target, fs));
  else await attempt(path, "remove", () => fs.remove(path));
}

/** Returns true if a file or folder has changed in the last minutes. */
const isRecent = (path: string): Promise<boolean> =>
  stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs <= SILENT,
    () => false,
  );

/**
 * Like {@link recoverInside}, for a folder of the user that a command writes to. What cannot be removed, such
 * as files of another user, stays.
 */
export async function tidy(folder: string): Promise<void> {
  const entries = await temporariesIn(folder, nodeFs).catch(() => []);
  for (const entry of entries) await recover(folder, entry, false, nodeFs).catch(() => {});
}

/**
 * Removes a folder so that its path never holds half of it: it is renamed first. If a crash leaves the
 * renamed folder, {@link recoverInside} removes it.
 */
export async function removeFolder(folder: string, fs: FsPort = nodeFs): Promise<void> {
  const target = resolve(folder);
  const gone = temporaryName(target, "gone");
  if (!(await attempt(target, "remove", () => moved(target, gone, fs)))) return;
  await attempt(target, "remove", () => fs.remove(gone));
}

/** Renames a file or folder. Returns false if it does not exist, as when another process was quicker. */
const moved = (from: string, to: string, fs: FsPort): Promise<boolean> =>
  fs.rename(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );

/**
 * Writes a folder so that its path never holds half of it. `build` fills a temporary folder next to it, every
 * file is fsynced, the temporary folder is renamed into place, and the parent folder is fsynced. An existing
 * folder is renamed aside first, moved back if the rename fails, and removed at the end. {@link
 * recoverInside} repairs what a crash between the renames leaves. Parent folders are created.
 *
 * @param build gets the path of the temporary folder, which exists and is empty
 * @throws NeriumError `FILES_…`; errors of `build` are passed on unchanged, and the temporary folder is
 *   removed
 */
export async function writeFolderAtomically<T>(
  folder: string,
  build: (temporary: string) => Promise<T>,
  options: WriteFolderOptions = {},
  fs: FsPort = nodeFs,
): Promise<T> {
  const target = resolve(folder);
  const replace = options.replace ?? false;
  // Checked before hours of work, not only after them.
  await standsFolder(target, replace, fs);
  const temporary = temporaryName(target, "new");
  let result: T;
  let previous: string | undefined;
  try {
    await attempt(target, "create", () => fs.makeFolder(temporary));
    result = await whileBeating(temporary, () => build(temporary));
    await syncTree(temporary, fs);
    if (await standsFolder(target, replace, fs)) previous = await swap(temporary, target, fs);
    else await take(target, temporary, fs);
  } catch (error) {
    await fs.remove(temporary).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(target), fs);
  if (previous !== undefined) {
    const old = previous;
    await fs.remove(old).catch((cause) => {
      throw previousNotRemoved(target, old, cause);
    });
  }
  return result;
}
