import { visible, withoutSecrets } from "../../shown.js";
import type { Io, Output } from "../io.js";
import { hasColours } from "./colours.js";

/** What Nerium itself sends to a terminal: weights, colours, and the erasure of the status line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const OWN = /(\r\u001b\[2K|\u001b\[(?:[12]|22|3[1-69])m)/;

/**
 * Returns streams that let no text from a file, a model or a server control the terminal, and that show no
 * secret in messages. Everything that a command writes passes here. Files and pipes get no control character
 * at all, except in documents; a terminal gets Nerium's own sequences.
 */
export function cleanedIo(io: Io): Io {
  const stdout = cleanedOutput(io.stdout, io.env, visible);
  return {
    ...io,
    stdout,
    documents: io.stdout.isTTY ? stdout : io.stdout,
    stderr: cleanedOutput(io.stderr, io.env, (text) => visible(withoutSecrets(text))),
  };
}

function cleanedOutput(output: Output, env: Io["env"], clean: (text: string) => string): Output {
  const cleaned = (text: string): string =>
    output.isTTY || hasColours(output, env)
      ? text
          .split(OWN)
          .map((part, index) => (index % 2 === 1 ? part : clean(part)))
          .join("")
      : clean(text);
  return {
    write: (text, done) => output.write(cleaned(text), done),
    get isTTY() {
      return output.isTTY;
    },
    get columns() {
      return output.columns;
    },
  };
}
