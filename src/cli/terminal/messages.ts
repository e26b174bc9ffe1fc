import type { NeriumWarning } from "../../errors.js";
import { visible, withoutSecrets } from "../../shown.js";
import { type Io, lineWidth } from "../io.js";
import { type Colours, coloursFor } from "./colours.js";
import { wrapped } from "./wrapped.js";

/** Formats a warning: something that the user should know and can act on. */
export const warningText = (
  { code, message }: { readonly code?: string | undefined; readonly message: string },
  { yellow, dim }: Colours,
  width: number,
): string =>
  wrapped(
    `${yellow("warning:")} ${shown(message)}${code === undefined ? "" : ` ${dim(`[${code}]`)}`}`,
    width,
  );

/** Formats a note: a fact worth a line of output. */
export const noteText = (message: string, { dim }: Colours, width: number): string =>
  wrapped(`${dim("note:")} ${shown(inFlags(message))}`, width);

/** The library calls an option by its name, `option tagColumn`. Here it is a flag. */
export const inFlags = (message: string): string =>
  message.replace(
    /\boption ([a-z]+(?:[A-Z][a-z]+)+)\b/g,
    (_, name: string) => `--${name.replace(/[A-Z]/g, "-$&").toLowerCase()}`,
  );

const shown = (message: string): string => visible(withoutSecrets(message));

/** Prints notes to standard error. */
export function printNotes(io: Io, notes: Iterable<string>): void {
  const colours = coloursFor(io.stderr, io.env);
  for (const note of notes) io.stderr.write(`${noteText(note, colours, lineWidth(io.stderr))}\n`);
}

/** Prints a warning to standard error. */
export function printWarning(io: Io, message: string, code?: string): void {
  const colours = coloursFor(io.stderr, io.env);
  io.stderr.write(`${warningText({ code, message }, colours, lineWidth(io.stderr))}\n`);
}

/** Returns a listener that prints warnings. */
export const warningListener =
  (io: Io) =>
  ({ code, message }: NeriumWarning): void =>
    printWarning(io, message, code);
