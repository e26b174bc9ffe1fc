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
