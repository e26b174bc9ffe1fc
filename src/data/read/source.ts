import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { extname } from "node:path";
import { attemptRead } from "../errors.js";
import { CHUNK, type Line, linesOf } from "./lines.js";

/** A file that is read: from the disk piece by piece, or from bytes in memory. */
export interface Source {
  /** Its name, for messages. */
  readonly file: string;
  /** Its lines, from the first on each time they are gone through. */
  readonly lines: Iterable<Line>;
  /** All of it. */
  bytes(): Uint8Array;
  /** Its first bytes, at most so many. */
  start(length: number): Uint8Array;
  /** The file beside it of the same name with another extension, where there is one. */
  companion(extension: string): Source | undefined;
}

/** Makes what a generator gives an iterable that can be gone through again. */
export const again = <T>(generate: () => Iterator<T>): Iterable<T> => ({ [Symbol.iterator]: generate });

/** A file on the disk; of its lines only a few megabytes are in memory. */
export function fileSource(file: string): Source {
  return {
    file,
    lines: again(() => linesOf(chunksOf(file), file)),
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

/** Files in memory, by their names. */
export function bytesSource(files: Readonly<Record<string, Uint8Array>>, file: string): Source {
  const bytes = files[file]!;
  return {
    file,
    lines: again(() => linesOf([bytes], file)),
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
