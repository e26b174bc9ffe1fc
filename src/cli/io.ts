import { escaped } from "../shown.js";

/** A stream for text output: `process.stdout`, or a replacement in tests. */
export interface Output {
  write(text: string, done?: () => void): boolean;
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal in cells. */
  readonly columns?: number | undefined;
}

/** The parts of the process that commands use. */
export interface Io {
  readonly stdin: AsyncIterable<Buffer | string> & { readonly isTTY?: boolean | undefined };
  readonly stdout: Output;
  readonly stderr: Output;
  /**
   * Standard output for whole documents, which files and pipes get as they are, with every character. Defaults to
   * `stdout`, which shows control characters instead of sending them.
   */
  readonly documents?: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Calls `stop` on the first SIGHUP, SIGINT or SIGTERM, and exits immediately on a second SIGINT or SIGTERM.
   * Returns a function that removes the handlers.
   *
   * @param exitCode with which the process ends after the first signal; defaults to that of the signal
   */
  readonly onInterrupt: (stop: () => void, exitCode?: number) => () => void;
  /**
   * From now on, continue even if an output fails: a training run and a server should outlive their log and their
   * terminal.
   */
  readonly outliveOutput: () => void;
}

/** Writes a text. Resolves when the stream has accepted it, so that a slow reader slows the writer down. */
export function writeText(output: Output, text: string): Promise<void> {
  return new Promise((resolve) => {
    output.write(text, () => resolve());
  });
}

/** Writes the result of a command as one JSON object. */
export const writeJson = (output: Output, result: object): Promise<void> =>
  writeText(output, `${escaped(JSON.stringify(result))}\n`);

/** Returns the width for the layout of text: the terminal's width, or 80 cells if there is no terminal. */
export function widthOf(output: Output): number {
  return output.isTTY && output.columns ? output.columns : 80;
}

/** Returns the width that lines must fit. Lines of a file or a pipe are never broken: their width is infinite. */
export const lineWidth = (output: Output): number =>
  output.isTTY ? widthOf(output) : Number.POSITIVE_INFINITY;
