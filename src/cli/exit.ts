import { closeSync, openSync } from "node:fs";
import { isatty } from "node:tty";
import { isNeriumError } from "../errors.js";
import { outputFailed } from "./errors.js";
import type { Io } from "./io.js";

/** What the exit codes mean. They are defined only in this file, and no other file ends the process. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** The exit codes, for the end of every `--help`. */
export const exitCodesHelp = {
  title: "Exit codes:",
  rows: [
    ["0", "Success."],
    ["1", "The command failed, such as on a missing file or bad data."],
    ["2", "The command line, the recipe or a setting is wrong."],
    ["129, 130, 143", "Interrupted (SIGHUP, SIGINT, SIGTERM)."],
  ],
} as const;

/** Errors about a missing file or folder. They have the same exit code in every command. */
const MISSING = ["CLI_NO_TEXT_FILE", "CLI_NO_TEXT_FILES"];

/** Codes of mistakes in the command line, a recipe, a search space, or the settings of MLflow or the server. */
const USAGE = /^(CLI|RECIPE|TRACK)_|^SERVE_(SETTING|FILE|MODEL_NAME)_|^IMPROVE_(SPACE_|FIELD_)/;

/** Returns the exit code for an error. Mistakes in the command line or in a recipe count as usage errors. */
export function exitCodeOf(error: unknown): number {
  const isUsage = isNeriumError(error) && USAGE.test(error.code) && !MISSING.includes(error.code);
  return isUsage ? exitCodes.usage : exitCodes.failed;
}

/**
 * Sets the exit code; the process ends once everything is written. Keeps the exit code of an interruption.
 */
export function leave(code: number): void {
  process.exitCode ??= code;
}

/**
 * Gives commands access to the process. Standard error is for people: what it does not accept is dropped. If
 * standard output fails, a training run and a server continue without it. Any other command ends, because its
 * result is lost.
 */
export function processIo(): Io {
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  let outlives = false;
  let isTold = false;
  process.stderr.on("error", () => leaveTerminals(terminals));
  process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
    leaveTerminals(terminals);
    // `nerium predict … | head`: the reader has read enough, which is not an error.
    if (!outlives && cause.code === "EPIPE") process.exit(exitCodes.done);
    const { code, message, remedy } = outputFailed(cause);
    if (!outlives) {
      process.stderr.write(`error: ${message} [${code}]\n  ${remedy}\n`);
      process.exit(exitCodes.failed);
    }
    if (!isTold) process.stderr.write(`warning: ${message}. The command continues without it.\n`);
    isTold = true;
  });
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    onInterrupt,
    outliveOutput: () => {
      outlives = true;
    },
  };
}

/**
 * Connects the descriptors of terminals that were closed to the null device. Node restores the settings of
 * its terminals when it ends, and aborts if one does not exist any more.
 */
function leaveTerminals(terminals: readonly number[]): void {
  for (const descriptor of terminals) {
    if (isatty(descriptor)) continue;
    try {
      closeSync(descriptor);
      // Gets the lowest free descriptor, which is this one.
      openSync("/dev/null", "r+");
    } catch {}
  }
}

/**
 * A second SIGINT or SIGTERM ends the process at once. SIGHUP never does: a terminal that closes may send it
 * twice, and before SIGTERM.
 */
function onInterrupt(stop: () => void, exitCode?: number): () => void {
  let isAsked = false;
  const interrupted = (signal: "SIGHUP" | "SIGINT" | "SIGTERM") => {
    const isFirst = process.exitCode === undefined;
    if (signal !== "SIGHUP") {
      if (isAsked) process.exit(exitCodes[signal]);
      isAsked = true;
    }
    if (!isFirst) return;
    process.exitCode = exitCode ?? exitCodes[signal];
    stop();
  };
  const signals = ["SIGHUP", "SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, interrupted);
  return () => {
    for (const signal of signals) process.off(signal, interrupted);
  };
}
