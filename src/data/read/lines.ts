import { constants } from "node:buffer";
import { lineTooLong } from "../errors.js";
import { checkedText, Utf8Bytes } from "./encoding.js";

/**
 * How many bytes are read and decoded at once. A whole file could exceed V8's longest string. Besides, lines
 * are views of the decoded string, which stays in memory as long as one of them does.
 */
export const CHUNK = 2 ** 16;
const NEWLINE = 0x0a;

/** One line of a file, without its line break. */
export interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
}

/** Whole lines of a file with their line breaks, as one text. */
export interface LineBlock {
  readonly text: string;
  /** The lines without `\n`, but with a `\r` that stands before it. */
  readonly lines: readonly string[];
  /** Number of the first line, counted from 1. */
  readonly line: number;
}

/**
 * Yields the lines of a text file in UTF-8, or in UTF-16 with a byte order mark. Lines end with `\n` or
 * `\r\n`, which the last line may lack. Nothing else ends a line: U+0085 and U+2028 are parts of words. A
 * byte order mark at the beginning is dropped.
 *
 * @param chunks the file's bytes, in chunks of any length
 * @throws NeriumError DATA_FILE_BINARY, DATA_ENCODING_INVALID, DATA_LINE_TOO_LONG
 */
export function* linesOf(chunks: Iterable<Uint8Array>, file: string): Generator<Line> {
  for (const { lines, line } of blocksOf(chunks, file)) {
    let number = line;
    for (const each of lines) yield { text: withoutReturn(each), number: number++ };
  }
}

/** Like {@link linesOf}, for lines that arrive one block after the other. */
export async function* linesIn(blocks: AsyncIterable<LineBlock>): AsyncGenerator<Line, void, undefined> {
  for await (const { lines, line } of blocks) {
    let number = line;
    for (const each of lines) yield { text: withoutReturn(each), number: number++ };
  }
}

/** Yields the text of a file in whole lines, some at a time. Line breaks stay as they are. */
export function* blocksOf(chunks: Iterable<Uint8Array>, file: string): Generator<LineBlock> {
  const blocks = new LineBlocks(file);
  for (const chunk of chunks) yield* blocks.add(chunk);
  yield* blocks.end();
}

/** Like {@link blocksOf}, for bytes that arrive one chunk after the other. */
export async function* blocksFrom(
  chunks: AsyncIterable<Uint8Array | string>,
  file: string,
): AsyncGenerator<LineBlock, void, undefined> {
  const blocks = new LineBlocks(file);
  for await (const chunk of chunks) yield* blocks.add(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  yield* blocks.end();
}

/** A line of a block without the `\r` that stands before its line break. */
export const withoutReturn = (line: string): string => (line.endsWith("\r") ? line.slice(0, -1) : line);

/** Collects bytes until they end at a line break, about {@link CHUNK} at a time, and decodes them. */
class LineBlocks {
  readonly #utf8: Utf8Bytes;
  #rest: Uint8Array[] = [];
  #length = 0;
  #line = 1;

  constructor(private readonly file: string) {
    this.#utf8 = new Utf8Bytes(file);
  }

  add(bytes: Uint8Array): Generator<LineBlock> {
    return this.#blocks(this.#utf8.add(bytes));
  }

  *end(): Generator<LineBlock> {
    yield* this.#blocks(this.#utf8.end());
    if (this.#length > 0) yield* this.#block();
  }

  *#blocks(chunk: Uint8Array): Generator<LineBlock> {
    for (let start = 0; start < chunk.length; ) {
      const last = chunk.subarray(start, start + CHUNK).lastIndexOf(NEWLINE);
      const end = last < 0 ? Math.min(start + CHUNK, chunk.length) : start + last + 1;
      this.#rest.push(chunk.subarray(start, end));
      this.#length += end - start;
      if (this.#length > constants.MAX_STRING_LENGTH) throw lineTooLong(this.file, this.#line);
      start = end;
      if (last >= 0) yield* this.#block();
    }
  }

  *#block(): Generator<LineBlock> {
    const line = this.#line;
    const text = checkedText(joined(this.#rest), this.file, line);
    this.#rest = [];
    this.#length = 0;
    if (text === "") return;
    const lines = text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    this.#line += lines.length;
    yield { text, lines, line };
  }
}

const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  parts.length === 1 ? parts[0]! : Buffer.concat(parts);
