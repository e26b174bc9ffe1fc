import { isNeriumError } from "../errors.js";
import { visible, withoutSecrets } from "../shown.js";
import type { Colours } from "./terminal/colours.js";
import { wrapped } from "./terminal/wrapped.js";

/** What an error message needs to know. */
export interface FailureContext {
  /** The command as typed, without the path of its program. */
  readonly command: string;
  /** Versions and platform, in one line. */
  readonly versions: string;
  /** True with NERIUM_DEBUG=1: the message includes the stack. */
  readonly debug: boolean;
  readonly colours: Colours;
  /** Width that the message must fit. */
  readonly width: number;
}

/**
 * Formats an error for the terminal. A NeriumError says what happened, where, and what to do. Anything else
 * is a bug in Nerium, and the text says how to report it.
 */
export function failureText(error: unknown, context: FailureContext): string {
  const { command, versions, debug, colours, width } = context;
  const label = colours.bold(colours.red("error:"));
  const message = shown(error instanceof Error ? error.message : String(error));
  const remedy = isNeriumError(error) ? error.commandRemedy : undefined;
  const below = isNeriumError(error)
    ? [
        ...(error.where === undefined ? [] : [`at ${error.where}`]),
        ...(remedy === undefined ? [] : remedy.split("\n")),
        colours.dim(`See nerium docs ${error.code}`),
      ]
    : [
        "This is a bug in Nerium. Please report it with these lines:",
        shown(command),
        versions,
        ...(debug ? [] : ["Run the command with NERIUM_DEBUG=1 to see where the error occurred."]),
      ];
  const code = isNeriumError(error) ? ` ${colours.dim(`[${error.code}]`)}` : "";
  const lines = [
    wrapped(`${label} ${message}${code}`, width),
    ...below.map((line) => wrapped(`  ${line}`, width)),
    ...(debug ? stacks(error) : []),
  ];
  return `${lines.join("\n")}\n`;
}

const shown = (text: string): string => visible(withoutSecrets(text));

/** Returns the stack of an error and of its causes. */
function stacks(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = shown(error.stack ?? String(error))
    .split("\n")
    .map((line) => `  ${line}`);
  return error.cause === undefined ? own : [...own, "  caused by", ...stacks(error.cause)];
}
