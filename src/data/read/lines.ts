import { constants } from "node:buffer";
import { encodingInvalid, fileBinary, lineTooLong } from "../errors.js";

/**
 * How many bytes are read and decoded at once. A whole file could exceed V8's longest string. Besides, lines
 * are views of the decoded string, which stays in memory as long as one of them does.
 */
export const CHUNK = 2 ** 20;
const NEWLINE = 0x0a;

/** One line of a file, without its line break. */
export interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
}

/**
 * Yields the lines of a UTF-8 file. Lines end with `\n` or `\r\n`, which the last line may lack. Nothing else
 * ends a line: U+0085 and U+2028 are parts of words. A byte order mark at the beginning is dropped.
 *
 * @param chunks the file's bytes, in chunks of any length
 * @throws NeriumError DATA_FILE_BINARY, DATA_ENCODING_INVALID, DATA_LINE_TOO_LONG
 */
export function* linesOf(chunks: Iterable<Uint8Array>, file: string): Generator<Line> {
  let number = 1;
  for (const bytes of wholeLines(chunks, file, () => number)) {
    const zero = bytes.indexOf(0);
    const isFirst = number === 1;
    if (zero >= 0)
      throw fileBinary(file, number + newlines(bytes.subarray(0, zero)), isFirst && startsAsUtf16(bytes));
    const text = decoded(isFirst && startsWithMark(bytes) ? bytes.subarray(3) : bytes, file, number);
    if (text === "") continue;
    const texts = text.split("\n");
    if (texts.at(-1) === "") texts.pop();
    for (const line of texts)
      yield { text: line.endsWith("\r") ? line.slice(0, -1) : line, number: number++ };
  }
}

/** Yields the bytes in chunks of about {@link CHUNK} that end at line breaks. */
function* wholeLines(chunks: Iterable<Uint8Array>, file: string, line: () => number): Generator<Uint8Array> {
  let rest: Uint8Array[] = [];
  let length = 0;
  for (const chunk of chunks)
    for (let start = 0; start < chunk.length; ) {
      const last = chunk.subarray(start, start + CHUNK).lastIndexOf(NEWLINE);
      const end = last < 0 ? Math.min(start + CHUNK, chunk.length) : start + last + 1;
      rest.push(chunk.subarray(start, end));
      length += end - start;
      if (length > constants.MAX_STRING_LENGTH) throw lineTooLong(file, line());
      start = end;
      if (last < 0) continue;
      yield joined(rest);
      rest = [];
      length = 0;
    }
  if (length > 0) yield joined(rest);
}

const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  parts.length === 1 ? parts[0]! : Buffer.concat(parts);

/** Returns the position after the first newline at or after `from`, or the end of the bytes. */
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
