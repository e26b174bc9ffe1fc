/** An open file, with the methods needed for writing. */
export interface OpenFile {
  /**
   * Writes at the current position and returns the number of bytes written, which may be fewer than given.
   */
  write(data: Uint8Array): Promise<number>;
  /** fsync: returns once the bytes are on the device. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The content of a new file. */
export interface NewFileFacts {
  /** In bytes. */
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

export type EntryKind = "file" | "folder" | "other";

/**
 * The file system calls that durable writing makes. They are injected, so that a test can make the n-th call
 * fail. Tests follow SQLite: fail at call 1, 2, 3 … until the operation succeeds, and check what is left each
 * time.
 */
export interface FsPort {
  /**
   * `create` fails if the path exists. `sync` opens a file or folder for fsync only.
   *
   * @param onClosed called with the facts of a new file once it is closed
   */
  open(path: string, purpose: "create" | "sync", onClosed?: (facts: NewFileFacts) => void): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a whole folder. Not an error if the path does not exist. */
  remove(path: string): Promise<void>;
  /** Makes a folder and its parent folders. */
  makeFolder(path: string): Promise<void>;
  /** Entries of a folder, in any order. */
  list(path: string): Promise<{ name: string; kind: EntryKind }[]>;
  /** Returns what is at a path (a link counts as `other`), or `undefined` if there is nothing. */
  kind(path: string): Promise<EntryKind | undefined>;
  /** False if folders cannot be fsynced (Windows). */
  readonly syncsFolders: boolean;
}
