import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { extname } from "node:path";
import { attemptRead, fileNotRegular } from "../errors.js";
import { blocksOf, CHUNK, type Line, type LineBlock, linesOf } from "./lines.js";

/** A file to read, either in chunks from the disk or from bytes in memory. */
export interface Source {
  /** Name of the file, for messages. */
  readonly file: string;
  /** Lines of the file. Each iteration starts at the first line. */
  readonly lines: Iterable<Line>;
  /** The text of the file with its line breaks, in whole lines, some at a time. */
  readonly blocks: Iterable<LineBlock>;
  /** Returns all bytes. */
  bytes(): Uint8Array;
  /** Returns at most `length` bytes from the beginning. */
  start(length: number): Uint8Array;
  /** Returns the file of the same name with another extension, if it exists. */
  companion(extension: string): Source | undefined;
}

/** Makes an iterable that calls the generator anew for each iteration. */
export const again = <T>(generate: () => Iterator<T>): Iterable<T> => ({ [Symbol.iterator]: generate });

/** Returns a file on the disk. Only a few megabytes of its lines are in memory at a time. */
export function fileSource(file: string): Source {
  const facts = attemptRead(file, () => statSync(file));
  if (!facts.isFile() && !facts.isDirectory()) throw fileNotRegular(file);
  return {
    file,
    lines: again(() => linesOf(chunksOf(file), file)),
    blocks: again(() => blocksOf(chunksOf(file), file)),
    bytes: () => attemptRead(file, () => readFileSync(file)),
    start(length) {
      for (const chunk of chunksOf(file, length)) return chunk;
      return new Uint8Array();
    },
    companion(extension) {
      const other = withExtension(file, extension);
      return existsSync(other) ? fileSource(other) : undefined;
    },
  };
}

/** Returns one of several files in memory; `files` has their bytes by name. */
export function bytesSource(files: Readonly<Record<string, Uint8Array>>, file: string): Source {
  const bytes = files[file]!;
  return {
    file,
    lines: again(() => linesOf([bytes], file)),
    blocks: again(() => blocksOf([bytes], file)),
    bytes: () => bytes,
    start: (length) => bytes.subarray(0, length),
    companion(extension) {
      const other = withExtension(file, extension);
      return Object.hasOwn(files, other) ? bytesSource(files, other) : undefined;
    },
  };
}

const withExtension = (file: string, extension: string): string =>
  `${file.slice(0, file.length - extname(file).length)}${extension}`;

function* chunksOf(file: string, length = CHUNK): Generator<Uint8Array> {
  const descriptor = attemptRead(file, () => openSync(file, "r"));
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(length);
      const taken = attemptRead(file, () => readSync(descriptor, chunk, 0, length, null));
      if (taken === 0) return;
      yield chunk.subarray(0, taken);
    }
  } finally {
    closeSync(descriptor);
  }
}
