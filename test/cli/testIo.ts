import type { Io, Output } from "../../src/cli/io.js";

/** An output that keeps what is written to it. */
export interface Recorder extends Output {
  readonly text: string;
}

export function recorder(terminal?: { readonly columns: number }): Recorder {
  let text = "";
  return {
    write(part, done) {
      text += part;
      done?.();
      return true;
    },
    get text() {
      return text;
    },
    ...(terminal === undefined ? {} : { isTTY: true, columns: terminal.columns }),
  };
}

/** A process of a test: a log where no terminal is asked for. */
export function testIo(
  options: { columns?: number; stdin?: readonly (string | Buffer)[]; env?: Io["env"] } = {},
) {
  const { columns, stdin = [], env = {} } = options;
  const terminal = columns === undefined ? undefined : { columns };
  const stdout = recorder(terminal);
  const stderr = recorder(terminal);
  let interrupt: (() => void) | undefined;
  const io: Io = {
    stdin: (async function* () {
      yield* stdin;
    })(),
    stdout,
    stderr,
    env,
    onInterrupt: (stop) => {
      interrupt = stop;
      return () => {
        interrupt = undefined;
      };
    },
    outliveOutput: () => {},
  };
  return { io, stdout, stderr, interrupt: () => interrupt?.() };
}

/** What a terminal shows after all the carriage returns and erasures of a text, and with no colours. */
export function shownBy(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  const plain = text.replace(/\u001b\[[\d;]*m/g, "");
  return plain.split("\n").map((line) => line.split("\r\u001b[2K").at(-1)!);
}
