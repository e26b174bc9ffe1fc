import { randomBytes } from "node:crypto";
import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileError } from "../../files/index.js";

/** A power of two. With as many parts, those of a hundred gigabytes of text fit in memory one by one. */
const PARTS = 256;
/** Bytes of a part that are in memory at most while records are added. */
const CHUNK = 2 ** 17;
const SMALLEST = 2 ** 10;

interface Part {
  /** Records that are in memory yet, and how many bytes of it they fill. */
  bytes: Buffer;
  length: number;
  /** Where in the file the earlier ones lie. */
  readonly chunks: { readonly position: number; readonly length: number }[];
}

/**
 * Records divided by a hash: those of one hash are in one part, in the order in which they came, so that each part can be
 * looked at alone. Many of them lie in a temporary file, which bears no name and is gone with the process.
 */
export class SpilledParts {
  readonly #parts: Part[] = Array.from({ length: PARTS }, () => ({
    bytes: Buffer.alloc(0),
    length: 0,
    chunks: [],
  }));
  #file: { readonly descriptor: number; readonly path: string } | undefined;
  #end = 0;

  /**
   * @param length bytes of the record
   * @param write puts it into a buffer at a place
   * @throws NeriumError `FILES_…`
   */
  add(hash: number, length: number, write: (into: Buffer, at: number) => void): void {
    const part = this.#parts[hash % PARTS]!;
    if (part.length + length > part.bytes.length) this.#makeRoom(part, length);
    write(part.bytes, part.length);
    part.length += length;
  }

  /** The records of each part, one after the other. */
  *[Symbol.iterator](): Generator<Buffer> {
    for (const { bytes, length, chunks } of this.#parts) {
      const early = chunks.map((chunk) => this.#read(chunk));
      const all = Buffer.concat([...early, bytes.subarray(0, length)]);
      if (all.length > 0) yield all;
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.descriptor);
    this.#file = undefined;
  }

  #makeRoom(part: Part, length: number): void {
    const wanted = Math.max(SMALLEST, 2 * part.bytes.length, part.length + length);
    if (wanted > CHUNK && part.length > 0) {
      part.chunks.push({ position: this.#end, length: part.length });
      this.#write(part.bytes.subarray(0, part.length));
      part.length = 0;
    }
    if (part.bytes.length >= length && part.length === 0) return;
    const larger = Buffer.allocUnsafe(wanted);
    part.bytes.copy(larger, 0, 0, part.length);
    part.bytes = larger;
  }

  #write(bytes: Buffer): void {
    this.#file ??= temporaryFile();
    const { descriptor, path } = this.#file;
    for (let done = 0; done < bytes.length; )
      done += attempted(path, "write", () =>
        writeSync(descriptor, bytes, done, bytes.length - done, this.#end + done),
      );
    this.#end += bytes.length;
  }

  #read({ position, length }: Part["chunks"][number]): Buffer {
    const { descriptor, path } = this.#file!;
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const taken = attempted(path, "read", () =>
        readSync(descriptor, bytes, done, length - done, position + done),
      );
      if (taken === 0) throw new RangeError(`${path} is shorter than what was written`);
      done += taken;
    }
    return bytes;
  }
}

function temporaryFile() {
  const path = join(tmpdir(), `nerium-${randomBytes(8).toString("hex")}`);
  const descriptor = attempted(path, "create", () => openSync(path, "wx+", 0o600));
  attempted(path, "remove", () => unlinkSync(path));
  return { descriptor, path };
}

function attempted<T>(path: string, action: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw fileError(path, action, error);
  }
}
