import { existsSync } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
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
 * Makes a folder and its parent folders. Returns the first folder that was made. Does not use Node's recursive
 * mkdir: it never ends where folders cannot be made, such as below /proc, and hides the error of a read-only
 * file system.
 */
export async function makeFolders(path: string): Promise<string | undefined> {
  const target = resolve(path);
  for (let attempt = 1; ; attempt++) {
    try {
      return await madeFolders(target);
    } catch (error) {
      // Another process may remove a folder in between.
      if (attempt === 5 || (await isThere((error as NodeJS.ErrnoException).path ?? target))) throw error;
    }
  }
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

async function madeFolders(target: string): Promise<string | undefined> {
  const missing = [target];
  for (let above = dirname(target); !existsSync(above) && above !== missing[0]; above = dirname(above))
    missing.unshift(above);
  let first: string | undefined;
  for (const folder of missing)
    try {
      await mkdir(folder);
      first ??= folder;
    } catch (error) {
      const isFolder = (await stat(folder).catch(() => undefined))?.isDirectory() ?? false;
      if (!isFolder) throw error;
    }
  return first;
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
