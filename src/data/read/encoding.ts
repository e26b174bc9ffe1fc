import { encodingInvalid, fileBinary } from "../errors.js";

const NEWLINE = 0x0a;

/** The encoding that a byte order mark at the beginning of a file stands for. */
function markedUtf16(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : undefined;
}

const markLength = (bytes: Uint8Array): number =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;

/**
 * Decodes the beginning of a text file, without its byte order mark. Bytes that are not valid become U+FFFD.
 */
export const startText = (bytes: Uint8Array): string =>
  new TextDecoder(markedUtf16(bytes) ?? "utf-8").decode(bytes);

/**
 * Passes on the bytes of a text file as UTF-8. A file that begins with a byte order mark of UTF-16 is
 * converted; all others stay as they are.
 */
export class Utf8Bytes {
  #start: Uint8Array = new Uint8Array();
  #encoding: "unknown" | "utf-8" | "utf-16" = "unknown";
  #decoder: InstanceType<typeof TextDecoder> | undefined;
  #line = 1;

  constructor(private readonly file: string) {}

  /** @throws NeriumError DATA_ENCODING_INVALID */
  add(bytes: Uint8Array): Uint8Array {
    if (this.#encoding === "utf-8") return bytes;
    if (this.#encoding === "utf-16") return this.#converted(bytes, true);
    const start = this.#start.length === 0 ? bytes : Buffer.concat([this.#start, bytes]);
    if (start.length < 2) {
      this.#start = start;
      return new Uint8Array();
    }
    const marked = markedUtf16(start);
    this.#encoding = marked === undefined ? "utf-8" : "utf-16";
    if (marked === undefined) return start;
    this.#decoder = new TextDecoder(marked, { fatal: true });
    return this.#converted(start, true);
  }

  /** Returns the bytes that are left. */
  end(): Uint8Array {
    if (this.#encoding === "utf-16") return this.#converted(new Uint8Array(), false);
    return this.#encoding === "unknown" ? this.#start : new Uint8Array();
  }

  #converted(bytes: Uint8Array, stream: boolean): Uint8Array {
    const decoder = this.#decoder!;
    let text: string;
    try {
      text = decoder.decode(bytes, { stream });
    } catch {
      const before = new TextDecoder(decoder.encoding).decode(bytes).split("\ufffd", 1)[0]!;
      throw encodingInvalid(this.file, this.#line + before.split("\n").length - 1, "UTF-16");
    }
    const utf8 = Buffer.from(text);
    this.#line += newlines(utf8);
    return utf8;
  }
}

/**
 * Decodes whole lines of UTF-8. A byte order mark at the beginning of the file is dropped.
 *
 * @param line number of the first line
 * @throws NeriumError DATA_FILE_BINARY, DATA_ENCODING_INVALID
 */
export function checkedText(bytes: Uint8Array, file: string, line: number): string {
  const zero = bytes.indexOf(0);
  if (zero >= 0)
    throw fileBinary(file, line + newlines(bytes.subarray(0, zero)), line === 1 && alternates(bytes, zero));
  return decoded(line === 1 ? bytes.subarray(markLength(bytes)) : bytes, file, line);
}

/** True if every second byte at the beginning is zero, as in UTF-16 without a byte order mark. */
const alternates = (bytes: Uint8Array, zero: number): boolean =>
  zero < 2 && bytes[zero + 1] !== 0 && bytes[zero + 2] === 0;

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
    throw encodingInvalid(file, number, "UTF-8");
  }
}

/** Returns the position after the first newline at or after `from`, or the end of the bytes. */
function endOfLine(bytes: Uint8Array, from: number): number {
  const newline = bytes.indexOf(NEWLINE, from);
  return newline < 0 ? bytes.length : newline + 1;
}

function newlines(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === NEWLINE) count++;
  return count;
}
