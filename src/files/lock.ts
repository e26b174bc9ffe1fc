import { randomBytes } from "node:crypto";
import { link, readFile, rename, rmdir, stat, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { NeriumError } from "../errors.js";
import { attempt, folderLocked, lockLost, lockUnreadable } from "./errors.js";
import { LOCK, successionName, temporaryName } from "./names.js";
import { makeFolders } from "./nodeFs.js";
import { beating, isAlive, place, SILENT, startOf } from "./processes.js";
import { syncFolder } from "./writeFile.js";

/** The process that holds a lock. The system reuses process ids, but not with the same start time. */
interface Holder {
  readonly pid: number;
  /** When the process started, in the system's own units; null if the system does not say. */
  readonly started: string | null;
  /** Where its id means something; null in a lock of an earlier version. */
  readonly place: string | null;
  readonly host: string;
  /** Unique to this claim. */
  readonly claim: string;
}

/** A process's wish for a lock. */
interface Claim {
  /** The content of the lock. */
  readonly text: string;
  readonly folder: string;
  readonly patience: number;
}

/** A folder that only this process writes to. */
export interface FolderLock {
  /** Throws FILES_LOCK_LOST if the folder has disappeared since, or another process has taken it. */
  check(): Promise<void>;
  /** Releases the folder. Also removes folders that locking created, if they are empty. */
  release(): Promise<void>;
}

/** How long to watch a lock of another place for signs of life, in milliseconds: a dozen of them. */
const PATIENCE = 60_000;

/**
 * Locks a folder for this process. Creates the folder if it does not exist. Takes over the lock of a process
 * that no longer runs. A process on another machine or in another container cannot be asked, so its lock is
 * watched: a living process sets the lock's time every few seconds.
 *
 * @throws NeriumError FILES_FOLDER_LOCKED, FILES_LOCK_UNREADABLE, `FILES_…`
 */
export async function lockFolder(
  folder: string,
  { patience = PATIENCE }: { readonly patience?: number } = {},
): Promise<FolderLock> {
  const target = resolve(folder);
  const path = join(target, LOCK);
  const firstMade = await attempt(target, "create", () => makeFolders(target));
  const claim = randomBytes(4).toString("hex");
  const holder: Holder = { pid: process.pid, started: startOf(process.pid), place, host: hostname(), claim };
  const claimed: Claim = { text: JSON.stringify(holder), folder: target, patience };
  const { text } = claimed;
  try {
    for (const made of foldersUpTo(target, firstMade)) await syncFolder(dirname(made));
    await acquire(path, claimed);
  } catch (error) {
    await removeEmpty(target, firstMade);
    throw error;
  }
  const rest = beating(path);
  const isOurs = async () => (await textAt(path).catch(() => undefined)) === text;
  return {
    async check() {
      if (!(await isOurs())) throw lockLost(target, path);
    },
    async release() {
      rest();
      if (await isOurs()) await unlink(path).catch(() => {});
      await removeEmpty(target, firstMade);
    },
  };
}

/** A process of another place gives a sign of life at least this often (milliseconds), unless it is suspended. */
const LATEST_SIGN = 60_000;

/** Returns true if a process that seems to run has locked a folder. Changes nothing and does not wait. */
export async function isLocked(folder: string): Promise<boolean> {
  const path = join(folder, LOCK);
  try {
    const text = await textAt(path);
    if (text === undefined) return false;
    const holder = holderIn(text, path);
    if (holder.place === place) return await isHeld(path, holder, 0);
    return Date.now() - (await stat(path)).mtimeMs < LATEST_SIGN;
  } catch {
    return false;
  }
}

/** Returns the text of a file, or `undefined` if the file does not exist. */
const textAt = (path: string): Promise<string | undefined> =>
  attempt(path, "read", () =>
    readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    }),
  );

/**
 * Takes a lock, also that of a dead process. If several processes find a dead process's lock, only one of
 * them may replace it: the one that gets the succession lock. This is a lock like any other, and its holder
 * may die as well. `recoverInside` recognises the name of a succession lock that a dead process left.
 */
async function acquire(path: string, claim: Claim): Promise<void> {
  while (!(await createExclusively(path, claim.text))) {
    const standing = await textAt(path);
    if (standing === undefined) continue;
    const holder = holderIn(standing, path);
    if (await isHeld(path, holder, claim.patience)) throw folderLocked(claim.folder, path, holder);
    const succession = successionName(path, holder);
    await acquire(succession, claim);
    try {
      // If the lock has changed, another process was faster, and this succession lock is of no use.
      if ((await textAt(path)) === standing)
        return await attempt(path, "replace", () => rename(succession, path));
    } finally {
      await unlink(succession).catch(() => {});
    }
  }
}

/** Creates a file, all of it or nothing. Returns false if there is another one of this name. */
export async function createExclusively(path: string, text: string): Promise<boolean> {
  const draft = temporaryName(path, "new");
  try {
    await attempt(path, "create", () => writeFile(draft, text, { flag: "wx", flush: true }));
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof NeriumError) throw error;
    if (isTaken(error)) return false;
    // The file system has no hard links, such as FAT.
    return await attempt(path, "create", () => createdUnlinked(path, text));
  } finally {
    await unlink(draft).catch(() => {});
  }
}

async function createdUnlinked(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx", flush: true });
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

const isTaken = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EEXIST";

function holderIn(text: string, path: string): Holder {
  try {
    const { pid, started, place, host, claim } = JSON.parse(text) as Partial<Holder>;
    if (typeof pid === "number" && typeof host === "string" && /^[0-9a-f]{8}$/.test(claim ?? ""))
      return { pid, started: started ?? null, place: place ?? null, host, claim: claim! };
  } catch {}
  throw lockUnreadable(path);
}

/** Returns true if the holder still runs. */
async function isHeld(path: string, holder: Holder, patience: number): Promise<boolean> {
  if (holder.place !== place) return showsLife(path, patience);
  return isAlive(holder.pid) && (holder.started === null || startOf(holder.pid) === holder.started);
}

/** Returns true if the time of a lock changes while it is watched, or if the lock disappears. */
async function showsLife(path: string, patience: number): Promise<boolean> {
  const time = () =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
  const first = await time();
  if (first !== undefined && Date.now() - first > SILENT) return false;
  const end = performance.now() + patience;
  while (performance.now() < end) {
    await wait(Math.min(500, patience / 4));
    if ((await time()) !== first) return true;
  }
  return false;
}

/**
 * Returns a folder and the folders above it, up to `firstMade`, deepest first. Empty if no folder was made.
 */
function foldersUpTo(folder: string, firstMade: string | undefined): string[] {
  const folders: string[] = [];
  if (firstMade !== undefined)
    for (let each = folder; each.length >= firstMade.length; each = dirname(each)) folders.push(each);
  return folders;
}

/** Removes the folders that were made, as long as they are empty. */
async function removeEmpty(folder: string, firstMade: string | undefined): Promise<void> {
  for (const each of foldersUpTo(folder, firstMade))
    try {
      await rmdir(each);
    } catch {
      return;
    }
}
