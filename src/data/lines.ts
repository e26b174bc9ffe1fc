import { encodingInvalid, fileBinary } from "./errors.js";

/** Bytes that are decoded at once: a whole file could exceed the longest string that V8 makes. */
const CHUNK = 16 * 2 ** 20;
const NEWLINE = 0x0a;

/** One line of a file, without its end. */
export interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
}

/**
 * The lines of a UTF-8 file. They end with `\n` or `\r\n`, the last one also without; nothing else ends a line, U+0085
 * and U+2028 are characters of words. A byte order mark at the beginning is dropped.
 *
 * @throws NeriumError DATA_FILE_BINARY, DATA_ENCODING_INVALID
 */
export function* linesOf(bytes: Uint8Array, file: string): Generator<Line> {
  const zero = bytes.indexOf(0);
  if (zero >= 0) throw fileBinary(file, newlines(bytes.subarray(0, zero)) + 1, startsAsUtf16(bytes));
  let number = 1;
  for (let start = startsWithMark(bytes) ? 3 : 0; start < bytes.length; ) {
    const end = endOfLine(bytes, start + CHUNK);
    const chunk = bytes.subarray(start, end);
    const texts = decoded(chunk, file, number).split("\n");
    if (texts.at(-1) === "") texts.pop();
    for (const text of texts)
      yield { text: text.endsWith("\r") ? text.slice(0, -1) : text, number: number++ };
    start = end;
  }
}

/** The place after the first newline at or behind `from`, or the end of the bytes. */
function endOfLine(bytes: Uint8Array, from: number): number {
  const newline = bytes.indexOf(NEWLINE, from);
  return newline < 0 ? bytes.length : newline + 1;
}

function decoded(chunk: Uint8Array, file: string, firstLine: number): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(chunk);
  } catch {
    let number = firstLine;
    for (let start = 0; start < chunk.length; number++) {
      const end = endOfLine(chunk, start);
      try {
        decoder.decode(chunk.subarray(start, end));
      } catch {
        break;
      }
      start = end;
    }
    throw encodingInvalid(file, number);
  }
}

const startsWithMark = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

const startsAsUtf16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

function newlines(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === NEWLINE) count++;
  return count;
}
