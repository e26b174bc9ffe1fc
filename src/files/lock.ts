import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, mkdir, readFile, rename, rmdir, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { attempt, folderLocked, lockLost, lockUnreadable } from "./errors.js";
import { temporaryName } from "./names.js";

/** The file that says which process works in a folder. */
export const LOCK = ".nerium.lock";

/** Who holds a lock. A number of a process is given again after its end, together with its start it is not. */
interface Holder {
  readonly pid: number;
  /** When the process was started, in the system's own units; null where the system does not tell. */
  readonly started: string | null;
  readonly host: string;
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
  const firstMade = await attempt(target, "create", () => mkdir(target, { recursive: true }));
  const holder: Holder = { pid: process.pid, started: startOf(process.pid), host: hostname() };
  const text = JSON.stringify({ ...holder, claim: randomBytes(8).toString("hex") });
  try {
    while (!(await claim(path, text))) await removeStale(path, target);
  } catch (error) {
    await removeEmpty(target, firstMade);
    throw error;
  }
  const isOurs = async () => (await readFile(path, "utf8").catch(() => undefined)) === text;
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

/** Puts the lock there, whole or not at all; false where another stands there. */
async function claim(path: string, text: string): Promise<boolean> {
  const draft = temporaryName(path, "new");
  await attempt(path, "create", () => writeFile(draft, text, { flag: "wx" }));
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    // File systems without hard links, such as FAT.
    return await attempt(path, "create", () => writtenAlone(path, text));
  } finally {
    await unlink(draft).catch(() => {});
  }
}

async function writtenAlone(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Takes the lock of a dead process away; throws where its holder lives. */
async function removeStale(path: string, folder: string): Promise<void> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return;
  if (isHeld(holderIn(text, path))) throw folderLocked(folder, path, holderIn(text, path));
  // Aside first: of two processes that see the same stale lock, one moves it, and a fresh one is put back.
  const aside = temporaryName(path, "gone");
  await rename(path, aside).catch(() => {});
  const moved = await readFile(aside, "utf8").catch(() => undefined);
  if (moved !== undefined && moved !== text) await link(aside, path).catch(() => {});
  await unlink(aside).catch(() => {});
}

function holderIn(text: string, path: string): Holder {
  try {
    const { pid, started, host } = JSON.parse(text) as Partial<Holder>;
    if (typeof pid === "number" && typeof host === "string") return { pid, started: started ?? null, host };
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

/** Removes a folder, and those above it up to `firstMade`, as far as they are empty. */
async function removeEmpty(folder: string, firstMade: string | undefined): Promise<void> {
  if (firstMade === undefined) return;
  for (let each = folder; each.length >= firstMade.length; each = dirname(each))
    try {
      await rmdir(each);
    } catch {
      return;
    }
}
