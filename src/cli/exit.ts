import { isNeriumError } from "../errors.js";
import type { Io } from "./io.js";

/** What the exit codes mean. They are defined only in this file, and no other file ends the process. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** The exit codes, for the end of every `--help`. */
export const exitCodesHelp = {
  title: "Exit codes:",
  rows: [
    ["0", "Success."],
    ["1", "The command failed, such as on a missing file or bad data."],
    ["2", "The command line or the recipe is wrong."],
    ["130, 143", "Interrupted (SIGINT, SIGTERM)."],
  ],
} as const;

/** Errors about a missing file or folder. They have the same exit code in every command. */
const MISSING = ["CLI_NO_TEXT_FILE", "CLI_NO_TEXT_FILES"];

/** Returns the exit code for an error. Mistakes in the command line or in a recipe count as usage errors. */
export function exitCodeOf(error: unknown): number {
  const isUsage = isNeriumError(error) && /^(CLI|RECIPE)_/.test(error.code) && !MISSING.includes(error.code);
  return isUsage ? exitCodes.usage : exitCodes.failed;
}

/**
 * Sets the exit code; the process ends once everything is written. Keeps the exit code of an interruption.
 */
export function leave(code: number): void {
  process.exitCode ??= code;
}

/** Gives commands access to the process. */
export function processIo(): Io {
  let leavesUnread = true;
  const unread = (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    // `nerium predict … | head`: the reader has read enough, which is not an error.
    if (leavesUnread) process.exit(exitCodes.done);
  };
  process.stdout.on("error", unread);
  process.stderr.on("error", unread);
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    onInterrupt,
    keepGoingUnread: () => {
      leavesUnread = false;
    },
  };
}

function onInterrupt(stop: () => void): () => void {
  const interrupted = (signal: "SIGINT" | "SIGTERM") => {
    if (process.exitCode !== undefined) process.exit(exitCodes[signal]);
    process.exitCode = exitCodes[signal];
    stop();
  };
  process.on("SIGINT", interrupted);
  process.on("SIGTERM", interrupted);
  return () => {
    process.off("SIGINT", interrupted);
    process.off("SIGTERM", interrupted);
  };
}
