import { NeriumError } from "../errors.js";

/** What was tried on which path, and the operating system's error. */
interface Failure {
  readonly path: string;
  /** As it is worded after "could not": `write`, `rename` … */
  readonly action: string;
  readonly cause: NodeJS.ErrnoException;
}

const details = ({ path, cause }: Failure, remedy: string) => ({ where: path, remedy, cause });

/** The disk, or the user's share of it, is full. */
const diskFull = (failure: Failure) =>
  new NeriumError(
    "FILES_DISK_FULL",
    `could not ${failure.action} ${failure.path}: no space is left on the disk`,
    details(
      failure,
      "free space there or write to another disk; what stood at this path before is unchanged",
    ),
  );

/** The file is larger than the file system or the limit of the process allows. */
const tooLarge = (failure: Failure) =>
  new NeriumError(
    "FILES_TOO_LARGE",
    `could not ${failure.action} ${failure.path}: the file gets larger than is allowed here`,
    details(failure, "raise the limit (`ulimit -f`) or write to a file system that takes files of this size"),
  );

/** The user may not read, write or rename at this path. */
const notPermitted = (failure: Failure) =>
  new NeriumError(
    "FILES_NOT_PERMITTED",
    `could not ${failure.action} ${failure.path}: permission denied`,
    details(failure, "check who owns the folder and whether you may write in it, or choose another path"),
  );

/** The file system is mounted read-only. */
const readOnly = (failure: Failure) =>
  new NeriumError(
    "FILES_READ_ONLY",
    `could not ${failure.action} ${failure.path}: the file system is read-only`,
    details(failure, "choose a path on a file system that may be written"),
  );

/** A required file or folder does not exist. */
const notFound = (failure: Failure) =>
  new NeriumError(
    "FILES_NOT_FOUND",
    `could not ${failure.action} ${failure.path}: there is no such file or folder`,
    details(failure, "check the spelling, and that the folder it stands in exists"),
  );

/** There is a file where a folder is required. */
const notAFolder = (failure: Failure) =>
  new NeriumError(
    "FILES_NOT_A_FOLDER",
    `could not ${failure.action} ${failure.path}: a file stands where a folder is needed`,
    details(failure, "choose another path, or move that file away"),
  );

/** There is a folder where a file is required. */
const isAFolder = (failure: Failure) =>
  new NeriumError(
    "FILES_IS_A_FOLDER",
    `could not ${failure.action} ${failure.path}: a folder stands there`,
    details(failure, "choose a path of a file, or move that folder away"),
  );

/** A rename would cross from one file system to another. */
const acrossDevices = (failure: Failure) =>
  new NeriumError(
    "FILES_ACROSS_DEVICES",
    `could not ${failure.action} ${failure.path}: it lies on another file system than its folder`,
    details(failure, "a mount point cannot be replaced by renaming: choose a path inside it"),
  );

/** The process or the machine has no free file handles. */
const tooManyOpen = (failure: Failure) =>
  new NeriumError(
    "FILES_TOO_MANY_OPEN",
    `could not ${failure.action} ${failure.path}: too many files are open`,
    details(failure, "raise the limit (`ulimit -n`) or close other programs"),
  );

/** Another program uses the file. */
const busy = (failure: Failure) =>
  new NeriumError(
    "FILES_BUSY",
    `could not ${failure.action} ${failure.path}: another program uses it`,
    details(failure, "close the program that has it open and try again"),
  );

/** The file system cannot store this path. */
const badName = (failure: Failure) =>
  new NeriumError(
    "FILES_BAD_NAME",
    `could not ${failure.action} ${failure.path}: the file system takes no such name`,
    details(failure, "choose a shorter name without special characters"),
  );

/** Any other error of the operating system, such as a device error. */
const inputOutput = (failure: Failure) =>
  new NeriumError(
    "FILES_INPUT_OUTPUT",
    `could not ${failure.action} ${failure.path}: ${failure.cause.message}`,
    details(failure, "check the disk and try again"),
  );

/** The path of the new folder already has a folder that is not empty. */
export const folderNotEmpty = (folder: string) =>
  new NeriumError("FILES_FOLDER_NOT_EMPTY", `${folder} exists and is not empty`, {
    where: folder,
    remedy: "choose another folder, or ask for it to be replaced",
  });

/** The new folder is in place, but the folder that it replaced could not be removed. */
export const previousNotRemoved = (folder: string, previous: string, cause: unknown) =>
  new NeriumError(
    "FILES_PREVIOUS_NOT_REMOVED",
    `${folder} is written, but the folder it replaces could not be removed from ${previous}`,
    { where: previous, remedy: "remove that folder by hand", cause },
  );

/** Another process uses the folder. */
export const folderLocked = (folder: string, lock: string, holder: { pid: number; host: string }) =>
  new NeriumError("FILES_FOLDER_LOCKED", `process ${holder.pid} on ${holder.host} is working in ${folder}`, {
    where: lock,
    remedy: "wait for it or choose another folder; where it surely does not run any more, delete this file",
  });

/** The folder that this process uses has disappeared, or another process has taken it. */
export const lockLost = (folder: string, lock: string) =>
  new NeriumError("FILES_LOCK_LOST", `${folder} is no longer this process's to write in`, {
    where: lock,
    remedy:
      "look whether the folder was moved, removed or unmounted, and whether another process works in it",
  });

/** The lock file of a folder was not written by Nerium. */
export const lockUnreadable = (lock: string) =>
  new NeriumError("FILES_LOCK_UNREADABLE", `${lock} says that the folder is in use, but not by whom`, {
    where: lock,
    remedy: "make sure that nothing works in this folder, and delete the file",
  });

const byCode: Record<string, (failure: Failure) => NeriumError> = {
  ENOSPC: diskFull,
  EDQUOT: diskFull,
  EFBIG: tooLarge,
  EACCES: notPermitted,
  EPERM: notPermitted,
  EROFS: readOnly,
  ENOENT: notFound,
  ENOTDIR: notAFolder,
  EISDIR: isAFolder,
  EXDEV: acrossDevices,
  EMFILE: tooManyOpen,
  ENFILE: tooManyOpen,
  EBUSY: busy,
  ETXTBSY: busy,
  ENAMETOOLONG: badName,
  EILSEQ: badName,
  ERR_INVALID_ARG_VALUE: badName,
};

/** Turns an error of the operating system into a {@link NeriumError}. Returns any other error unchanged. */
export function fileError(path: string, action: string, cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
  if (code === undefined || cause instanceof NeriumError) return cause;
  return (byCode[code] ?? inputOutput)({ path, action, cause: cause as NodeJS.ErrnoException });
}

/** Runs one file system call. If it fails, throws a {@link NeriumError} that names the path. */
export async function attempt<T>(path: string, action: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw fileError(path, action, cause);
  }
}
