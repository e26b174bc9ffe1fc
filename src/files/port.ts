import { existsSync } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { BulkFile } from "./bulkFile.js";

/** An open file, as far as writing needs it. */
export interface OpenFile {
  /** Writes at the current position and gives the number of bytes that were taken, which may be fewer. */
  write(data: Uint8Array): Promise<number>;
  /** fsync: returns when the bytes are on the device. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What was written to a new file. */
export interface NewFileFacts {
  /** Bytes. */
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

export type EntryKind = "file" | "folder" | "other";

/**
 * The calls to the file system that durable writing makes. Injected, so that a test can let the n-th of them fail
 * (SQLite's way: fail at call 1, 2, 3 … until the operation succeeds, and look at what is left each time).
 */
export interface FsPort {
  /**
   * `create` refuses a path that exists; `sync` opens a file or folder for nothing but fsync.
   *
   * @param onClosed is told what a new file holds, once it is closed
   */
  open(path: string, purpose: "create" | "sync", onClosed?: (facts: NewFileFacts) => void): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a whole folder; nothing there is no error. */
  remove(path: string): Promise<void>;
  /** Makes a folder and the folders above it. */
  makeFolder(path: string): Promise<void>;
  /** Entries of a folder, in any order. */
  list(path: string): Promise<{ name: string; kind: EntryKind }[]>;
  /** What stands at a path (a link counts as `other`), or undefined. */
  kind(path: string): Promise<EntryKind | undefined>;
  /** False where folders cannot be fsynced (Windows). */
  readonly syncsFolders: boolean;
}

const windows = process.platform === "win32";

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): EntryKind {
  return entry.isFile() ? "file" : entry.isDirectory() ? "folder" : "other";
}

/** Virus scanners hold new files open for moments on Windows; everywhere else a refusal is final. */
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
 * Makes a folder and those above it; gives the first that was made. Node calls a folder that can't be made on a read-only
 * file system one that does not exist, so the system is asked once more.
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

/** The file system of Node. */
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
