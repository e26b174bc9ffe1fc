import { extname } from "node:path";
import { NeriumError } from "../errors.js";

/** The parser refuses the command line: an unknown flag, too many arguments, a missing value. */
export function badUsage(facts: { what: string; hint: string | undefined; command: string }): NeriumError {
  const help = `Run ${facts.command} --help to see all options.`;
  return new NeriumError("CLI_USAGE", facts.what, {
    remedy: facts.hint === undefined ? help : `${facts.hint} ${help}`,
  });
}

/** A flag has a value that it does not accept. */
export function badValue(flag: string, value: string, expected: string): NeriumError {
  return new NeriumError("CLI_BAD_VALUE", `${flag} must be ${expected}, not "${value}"`);
}

/** A command got no text: there is no argument, and nothing is piped in. */
export function noText(command: string): NeriumError {
  return new NeriumError("CLI_NO_TEXT", "No text given", {
    remedy: `Give a text (${command} "…"), a file, a folder, or - for standard input.`,
  });
}

/** What a path names, as far as it shows. */
const kindOf = (path: string): string =>
  path.endsWith("/") ? "Folder" : extname(path) === "" ? "File or folder" : "File";

/** A text that is given to a command looks like a path, but there is no such file or folder. */
export function noTextFile(path: string, command = "nerium predict MODEL"): NeriumError {
  return new NeriumError("CLI_NO_TEXT_FILE", `${kindOf(path)} not found`, {
    where: path,
    remedy: `Check the path. If this is the text itself, pipe it in: echo TEXT | ${command} -`,
  });
}

/** The folder given to `nerium predict` has no text files. */
export function emptyTextFolder(folder: string): NeriumError {
  return new NeriumError("CLI_NO_TEXT_FILES", "The folder contains no .txt or data files", {
    where: folder,
    remedy: "Give the files themselves, or a folder that contains .txt files or data files such as .conll.",
  });
}

/** The folder given to `nerium redact` or `nerium restore` has no files that these read. */
export function emptyDocumentFolder(folder: string, extensions: readonly string[]): NeriumError {
  return new NeriumError("CLI_NO_DOCUMENTS", "The folder contains no files to read", {
    where: folder,
    remedy: `Give the files themselves, or a folder with files that end in ${extensions.join(", ")}.`,
  });
}

/** A file that a command would write already exists. */
export function outputIsThere(path: string): NeriumError {
  return new NeriumError("CLI_OUTPUT_EXISTS", "The output already exists", {
    where: path,
    remedy: "Choose another name, or overwrite it with --force.",
  });
}

/** Standard output does not accept the result of a command. */
export function outputFailed(cause: NodeJS.ErrnoException): NeriumError {
  const why: Readonly<Record<string, string>> = {
    ENOSPC: "no space left on the disk",
    EPIPE: "its reader has ended",
    EIO: "its terminal was closed",
  };
  const message = `Could not write to standard output: ${why[cause.code ?? ""] ?? cause.message}`;
  const details = { remedy: "The output is not complete. Send it to another file or program.", cause };
  return cause.code === "ENOSPC"
    ? new NeriumError("FILES_DISK_FULL", message, details)
    : new NeriumError("FILES_INPUT_OUTPUT", message, details);
}
