import type { NeriumWarning } from "../../errors.js";
import { type Io, lineWidth } from "../io.js";
import { type Colours, coloursFor } from "./colours.js";
import { printable } from "./entities.js";
import { wrapped } from "./wrapped.js";

/** Formats a warning: something that the user should know and can act on. */
export const warningText = (message: string, { yellow }: Colours, width: number): string =>
  wrapped(`${yellow("warning:")} ${message}`, width);

/** Formats a note: a fact worth a line of output. */
export const noteText = (message: string, { dim }: Colours, width: number): string =>
  wrapped(`${dim("note:")} ${message}`, width);

/** Prints notes to standard error. */
export function printNotes(io: Io, notes: Iterable<string>): void {
  const colours = coloursFor(io.stderr, io.env);
  for (const note of notes) io.stderr.write(`${noteText(printable(note), colours, lineWidth(io.stderr))}\n`);
}

/** Prints a warning to standard error. */
export function printWarning(io: Io, message: string, code?: string): void {
  const colours = coloursFor(io.stderr, io.env);
  const text = printable(message) + (code === undefined ? "" : ` ${colours.dim(`[${code}]`)}`);
  io.stderr.write(`${warningText(text, colours, lineWidth(io.stderr))}\n`);
}

/** Returns a listener that prints warnings. */
export const warningListener =
  (io: Io) =>
  ({ code, message }: NeriumWarning): void =>
    printWarning(io, message, code);
