import { existsSync } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { BulkFile } from "./bulkFile.js";
import type { EntryKind, FsPort } from "./port.js";

const windows = process.platform === "win32";

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): EntryKind {
  return entry.isFile() ? "file" : entry.isDirectory() ? "folder" : "other";
}

/**
 * Virus scanners on Windows briefly keep new files open, so renaming is tried again there. Elsewhere an error
 * is final.
 */
async function renamePatiently(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      if (!windows || attempt === 10 || !["EPERM", "EBUSY", "EACCES"].includes(code)) throw error;
      await wait(10 * 2 ** Math.min(attempt, 6));
    }
  }
}

/**
 * Makes a folder and its parent folders. Returns the first folder that was made. On a read-only file system
 * Node reports that the path does not exist, so the first missing folder is tried on its own to get the real
 * error.
 */
export async function makeFolders(path: string): Promise<string | undefined> {
  try {
    return await mkdir(path, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    let missing = resolve(path);
    while (!existsSync(dirname(missing))) missing = dirname(missing);
    await mkdir(missing);
    await mkdir(path, { recursive: true });
    return missing;
  }
}

/** Node's file system. */
export const nodeFs: FsPort = {
  async open(path, purpose, onClosed) {
    if (purpose === "create") return BulkFile.create(path, onClosed);
    // FlushFileBuffers of Windows wants a handle that may write.
    const handle = await open(path, windows ? "r+" : "r");
    return {
      write: async (data) => (await handle.write(data)).bytesWritten,
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  rename: renamePatiently,
  remove: (path) => rm(path, { recursive: true, force: true, maxRetries: windows ? 5 : 0 }),
  async makeFolder(path) {
    await makeFolders(path);
  },
  async list(path) {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
  },
  async kind(path) {
    try {
      return kindOf(await lstat(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  },
  syncsFolders: !windows,
};
