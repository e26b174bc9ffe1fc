import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, readFile, rename, rmdir, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { NeriumError } from "../errors.js";
import { attempt, folderLocked, lockLost, lockUnreadable } from "./errors.js";
import { temporaryName } from "./names.js";
import { makeFolders } from "./nodeFs.js";
import { syncFolder } from "./writeFile.js";

/** The file that says which process works in a folder. */
export const LOCK = ".nerium.lock";

/** Who holds a lock. A number of a process is given again after its end, together with its start it is not. */
interface Holder {
  readonly pid: number;
  /** When the process was started, in the system's own units; null where the system does not tell. */
  readonly started: string | null;
  readonly host: string;
  /** Of this claim alone. */
  readonly claim: string;
}

/** A folder that this process alone writes in. */
export interface FolderLock {
  /** Throws FILES_LOCK_LOST where the folder has vanished since, or another process has taken it. */
  check(): Promise<void>;
  /** Lets others in. Folders that locking made go too where nothing was put into them. */
  release(): Promise<void>;
}

/**
 * Claims a folder for this process; it is made where it is not there. The lock of a process that no longer runs is
 * taken over.
 *
 * @throws NeriumError FILES_FOLDER_LOCKED, FILES_LOCK_UNREADABLE, `FILES_…`
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const target = resolve(folder);
  const path = join(target, LOCK);
  const firstMade = await attempt(target, "create", () => makeFolders(target));
  const claim = randomBytes(4).toString("hex");
  const holder: Holder = { pid: process.pid, started: startOf(process.pid), host: hostname(), claim };
  const text = JSON.stringify(holder);
  try {
    for (const made of foldersUpTo(target, firstMade)) await syncFolder(dirname(made));
    await acquire(path, text, target);
  } catch (error) {
    await removeEmpty(target, firstMade);
    throw error;
  }
  const isOurs = async () => (await textAt(path).catch(() => undefined)) === text;
  return {
    async check() {
      if (!(await isOurs())) throw lockLost(target, path);
    },
    async release() {
      if (await isOurs()) await unlink(path).catch(() => {});
      await removeEmpty(target, firstMade);
    },
  };
}

/** The text of a file; undefined where there is none. */
const textAt = (path: string): Promise<string | undefined> =>
  attempt(path, "read", () =>
    readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    }),
  );

/**
 * Takes a lock, of a dead process too. Of many that find a dead process's lock, only one may replace it: who first takes
 * the lock on its succession, a lock like any other, whose holder may die as well. What a dead successor leaves bears a
 * name that `recoverInside` knows.
 */
async function acquire(path: string, text: string, folder: string): Promise<void> {
  while (!(await placed(path, text))) {
    const standing = await textAt(path);
    if (standing === undefined) continue;
    const holder = holderIn(standing, path);
    if (isHeld(holder)) throw folderLocked(folder, path, holder);
    const succession = `${path}.new-${holder.pid}-${holder.claim}`;
    await acquire(succession, text, folder);
    try {
      // Who comes late finds that the succession is over, and that it holds a lock on nothing.
      if ((await textAt(path)) === standing)
        return await attempt(path, "replace", () => rename(succession, path));
    } finally {
      await unlink(succession).catch(() => {});
    }
  }
}

/** Puts a lock there, whole or not at all; false where another stands there. */
async function placed(path: string, text: string): Promise<boolean> {
  const draft = temporaryName(path, "new");
  try {
    await attempt(path, "create", () => writeFile(draft, text, { flag: "wx", flush: true }));
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof NeriumError) throw error;
    if (isTaken(error)) return false;
    // File systems without hard links, such as FAT.
    return await attempt(path, "create", () => placedUnlinked(path, text));
  } finally {
    await unlink(draft).catch(() => {});
  }
}

async function placedUnlinked(path: string, text: string): Promise<boolean> {
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
    const { pid, started, host, claim } = JSON.parse(text) as Partial<Holder>;
    if (typeof pid === "number" && typeof host === "string" && /^[0-9a-f]{8}$/.test(claim ?? ""))
      return { pid, started: started ?? null, host, claim: claim! };
  } catch {}
  throw lockUnreadable(path);
}

/** True where the holder still runs, or runs on another machine, which can't be asked. */
function isHeld({ pid, started, host }: Holder): boolean {
  if (host !== hostname()) return true;
  if (!isAlive(pid)) return false;
  return started === null || startOf(pid) === started;
}

/** True where a process of this number runs on this machine. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** When a process was started, in clock ticks since the machine's start (`/proc/PID/stat`, field 22), with the start's name. */
function startOf(pid: number): string | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${fields[19]}`;
  } catch {
    return null;
  }
}

/** A folder and those above it up to `firstMade`, from below; none where none was made. */
function foldersUpTo(folder: string, firstMade: string | undefined): string[] {
  const folders: string[] = [];
  if (firstMade !== undefined)
    for (let each = folder; each.length >= firstMade.length; each = dirname(each)) folders.push(each);
  return folders;
}

/** Removes folders that were made, as far as they are empty. */
async function removeEmpty(folder: string, firstMade: string | undefined): Promise<void> {
  for (const each of foldersUpTo(folder, firstMade))
    try {
      await rmdir(each);
    } catch {
      return;
    }
}
