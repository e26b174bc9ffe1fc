import { isNeriumError } from "../errors.js";
import type { Io } from "./io.js";

/** What the exit code tells a script. This file alone knows them, and alone ends the process. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** The exit codes as every `--help` ends with them. */
export const exitCodesHelp = `Exit codes:
  0         done
  1         the work failed: data, model or training
  2         the command line or the recipe is wrong
  130, 143  interrupted (SIGINT, SIGTERM)`;

/** The exit code that an error ends the command with: what the user typed or wrote in a recipe is usage. */
export function exitCodeOf(error: unknown): number {
  return isNeriumError(error) && /^(CLI|RECIPE)_/.test(error.code) ? exitCodes.usage : exitCodes.failed;
}

/** Ends the process once everything is written; after an interruption its code stays. */
export function leave(code: number): void {
  process.exitCode ??= code;
}

/** The process as commands see it. */
export function processIo(): Io {
  let leavesUnread = true;
  const unread = (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    // `nerium predict … | head`: the reader has enough, which is no failure.
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
