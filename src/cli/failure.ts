import { isNeriumError } from "../errors.js";
import type { Colours } from "./terminal/colours.js";

/** What a failure is told with. */
export interface FailureContext {
  /** The command as typed, less the path of its program. */
  readonly command: string;
  /** Versions and machine, in one line. */
  readonly versions: string;
  /** NERIUM_DEBUG=1: with the stack. */
  readonly debug: boolean;
  readonly colours: Colours;
}

/**
 * An error as the command line tells it: what, where and what to do, for an error of Nerium's catalogue. Anything else is
 * a defect, and the text says how to report it.
 */
export function failureText(error: unknown, { command, versions, debug, colours }: FailureContext): string {
  const label = colours.bold(colours.red("error:"));
  const message = error instanceof Error ? error.message : String(error);
  const lines = isNeriumError(error)
    ? [
        `${label} ${message} ${colours.dim(`[${error.code}]`)}`,
        ...(error.where === undefined ? [] : [`  at ${error.where}`]),
        ...(error.remedy === undefined ? [] : error.remedy.split("\n").map((line) => `  ${line}`)),
      ]
    : [
        `${label} ${message}`,
        "  This is a defect of Nerium. Please report it with these lines:",
        `  ${command}`,
        `  ${versions}`,
        ...(debug ? [] : ["  NERIUM_DEBUG=1 before the command shows where it happened."]),
      ];
  if (debug) lines.push(...stacks(error));
  return `${lines.join("\n")}\n`;
}

/** The stack of an error and of what caused it. */
function stacks(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = (error.stack ?? String(error)).split("\n").map((line) => `  ${line}`);
  return error.cause === undefined ? own : [...own, "  caused by", ...stacks(error.cause)];
}
