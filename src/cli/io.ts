/** A stream that text goes to: `process.stdout`, or what a test puts in its place. */
export interface Output {
  write(text: string, done?: () => void): boolean;
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal in cells. */
  readonly columns?: number | undefined;
}

/** What a command sees of the process. */
export interface Io {
  readonly stdin: AsyncIterable<Buffer | string> & { readonly isTTY?: boolean | undefined };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls `stop` at the first SIGINT or SIGTERM, and leaves at once at the second; gives back what ends that. */
  readonly onInterrupt: (stop: () => void) => () => void;
  /** From here on work goes on where nobody reads the output any more: a training run outlives its log. */
  readonly keepGoingUnread: () => void;
}

/** Writes a text; fulfilled when the stream has taken it, so that a slow reader slows the writer down. */
export function writeText(output: Output, text: string): Promise<void> {
  return new Promise((resolve) => {
    output.write(text, () => resolve());
  });
}

/** The width to lay text out for: the terminal's, and 80 cells where there is none. */
export function widthOf(output: Output): number {
  return output.isTTY && output.columns ? output.columns : 80;
}
