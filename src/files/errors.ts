import { NeriumError } from "../errors.js";

/** What was tried on which path, and the operating system's error. */
interface Failure {
  readonly path: string;
  /** The verb after "Could not": `write`, `rename` … */
  readonly action: string;
  readonly cause: NodeJS.ErrnoException;
}

const details = ({ path, cause }: Failure, remedy: string) => ({ where: path, remedy, cause });

/** The disk, or the user's share of it, is full. */
const diskFull = (failure: Failure) =>
  new NeriumError(
    "FILES_DISK_FULL",
    `Could not ${failure.action} ${failure.path}: no space left on the disk`,
    details(
      failure,
      "Free some space, or write to another disk. The previous content of this path is unchanged.",
    ),
  );

/** The file is larger than the file system or the limit of the process allows. */
const tooLarge = (failure: Failure) =>
  new NeriumError(
    "FILES_TOO_LARGE",
    `Could not ${failure.action} ${failure.path}: the file is larger than allowed`,
    details(
      failure,
      "Raise the limit (`ulimit -f`), or write to a file system that supports files of this size.",
    ),
  );

/** The user may not read, write or rename at this path. */
const notPermitted = (failure: Failure) =>
  new NeriumError(
    "FILES_NOT_PERMITTED",
    `Could not ${failure.action} ${failure.path}: permission denied`,
    details(failure, "Check the owner and the permissions of the folder, or choose another path."),
  );

/** The file system is mounted read-only. */
const readOnly = (failure: Failure) =>
  new NeriumError(
    "FILES_READ_ONLY",
    `Could not ${failure.action} ${failure.path}: the file system is read-only`,
    details(failure, "Choose a path on a file system that is writable."),
  );

/** A required file or folder does not exist. */
const notFound = (failure: Failure) =>
  new NeriumError(
    "FILES_NOT_FOUND",
    `Could not ${failure.action} ${failure.path}: no such file or folder`,
    details(failure, "Check the spelling, and that the parent folder exists."),
  );

/** There is a file where a folder is required. */
const notAFolder = (failure: Failure) =>
  new NeriumError(
    "FILES_NOT_A_FOLDER",
    `Could not ${failure.action} ${failure.path}: there is a file where a folder is needed`,
    details(failure, "Choose another path, or move this file."),
  );

/** There is a folder where a file is required. */
const isAFolder = (failure: Failure) =>
  new NeriumError(
    "FILES_IS_A_FOLDER",
    `Could not ${failure.action} ${failure.path}: there is a folder with this name`,
    details(failure, "Choose the path of a file, or move this folder."),
  );

/** A rename would cross from one file system to another. */
const acrossDevices = (failure: Failure) =>
  new NeriumError(
    "FILES_ACROSS_DEVICES",
    `Could not ${failure.action} ${failure.path}: it is on another file system than its parent folder`,
    details(failure, "A mount point cannot be replaced. Choose a path inside it."),
  );

/** The process or the machine has no free file handles. */
const tooManyOpen = (failure: Failure) =>
  new NeriumError(
    "FILES_TOO_MANY_OPEN",
    `Could not ${failure.action} ${failure.path}: too many files are open`,
    details(failure, "Raise the limit (`ulimit -n`), or close other programs."),
  );

/** Another program uses the file. */
const busy = (failure: Failure) =>
  new NeriumError(
    "FILES_BUSY",
    `Could not ${failure.action} ${failure.path}: another program is using it`,
    details(failure, "Close the program that is using it, and try again."),
  );

/** The file system cannot store this path. */
const badName = (failure: Failure) =>
  new NeriumError(
    "FILES_BAD_NAME",
    `Could not ${failure.action} ${failure.path}: the file system does not allow this name`,
    details(failure, "Choose a shorter name without special characters."),
  );

/** Any other error of the operating system, such as a device error. */
const inputOutput = (failure: Failure) =>
  new NeriumError(
    "FILES_INPUT_OUTPUT",
    `Could not ${failure.action} ${failure.path}: ${failure.cause.message}`,
    details(failure, "Check the disk, and try again."),
  );

/** The path of the new folder already has a folder that is not empty. */
export const folderNotEmpty = (folder: string) =>
  new NeriumError("FILES_FOLDER_NOT_EMPTY", `The folder ${folder} is not empty`, {
    where: folder,
    remedy: "Choose another folder, or remove this one.",
  });

/** The new folder is in place, but the folder that it replaced could not be removed. */
export const previousNotRemoved = (folder: string, previous: string, cause: unknown) =>
  new NeriumError(
    "FILES_PREVIOUS_NOT_REMOVED",
    `${folder} was written, but the folder that it replaced could not be removed: ${previous}`,
    { where: previous, remedy: "Remove this folder yourself.", cause },
  );

/** A command was told to write to one of the files that it reads. */
export const outputIsInput = (path: string) =>
  new NeriumError("FILES_OUTPUT_IS_INPUT", `The output ${path} is a file that this command reads`, {
    where: path,
    remedy: "Choose another output. A file that is read is never replaced.",
  });

/** The place of an output file is taken by something that the command has not written. */
export const outputNotOurs = (path: string) =>
  new NeriumError("FILES_NOT_OURS", `${path} exists, and this command has not listed it as its own`, {
    where: path,
    remedy: "Move or remove it, or choose another folder.",
  });

/** The output of a command that writes a file is a folder, or is written as one: `x/`. */
export const outputIsFolder = (path: string) =>
  new NeriumError("FILES_IS_A_FOLDER", `The output ${path} is a folder, and this command writes a file`, {
    where: path,
    remedy: "Choose the path of a file, or move this folder.",
  });

/** The output is an empty text, such as a shell variable that is not set. */
export const outputUnnamed = () =>
  new NeriumError("FILES_BAD_NAME", "The path of the output is empty", { remedy: "Give a path." });

/** The output of a command that writes a folder is a file, or a link that leads nowhere. */
export const outputNotFolder = (path: string) =>
  new NeriumError("FILES_NOT_A_FOLDER", `The output ${path} is not a folder, and this command writes one`, {
    where: path,
    remedy: "Choose another path, or move this file.",
  });

/** The output is a device, a pipe or a socket. */
export const notARegularFile = (path: string) =>
  new NeriumError("FILES_NOT_A_REGULAR_FILE", `The output ${path} is not a regular file`, {
    where: path,
    remedy: "Choose the path of a file.",
  });

/** Another process uses the folder. */
export const folderLocked = (folder: string, lock: string, holder: { pid: number; host: string }) =>
  new NeriumError("FILES_FOLDER_LOCKED", `${folder} is in use by process ${holder.pid} on ${holder.host}`, {
    where: lock,
    remedy:
      "Wait, or choose another folder. If this process is certainly not running any more, delete this file.",
  });

/** The folder that this process uses has disappeared, or another process has taken it. */
export const lockLost = (folder: string, lock: string) =>
  new NeriumError("FILES_LOCK_LOST", `This process no longer owns the folder ${folder}`, {
    where: lock,
    remedy:
      "Check whether the folder was moved, removed or unmounted, and whether another process is using it.",
  });

/** The lock file of a folder was not written by Nerium. */
export const lockUnreadable = (lock: string) =>
  new NeriumError(
    "FILES_LOCK_UNREADABLE",
    `The folder is locked, but ${lock} does not say by which process`,
    {
      where: lock,
      remedy: "Make sure that no process is using this folder, then delete the file.",
    },
  );

/** A pipe, a device or a socket is given where a file is read as a whole. */
export const notRegular = (file: string) =>
  new NeriumError("FILES_NOT_REGULAR", "The path is a pipe or a device, not a regular file", {
    where: file,
    remedy: "Save its content to a file, and give the path of that file.",
  });

/** A file that is read as a whole is larger than any such file should be. */
export const overLimit = (file: string, bytes: number, most: number) =>
  new NeriumError("FILES_OVER_LIMIT", `The file has ${bytes} bytes, but at most ${most} are read`, {
    where: file,
    remedy: "Check that it is the right file.",
  });

const byCode: Record<string, (failure: Failure) => NeriumError> = {
  ENOSPC: diskFull,
  EDQUOT: diskFull,
  EFBIG: tooLarge,
  EACCES: notPermitted,
  EPERM: notPermitted,
  EROFS: readOnly,
  ENOENT: notFound,
  // Links that lead to each other.
  ELOOP: notFound,
  ENOTDIR: notAFolder,
  EEXIST: notAFolder,
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
