import { randomBytes } from "node:crypto";
import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileError } from "../../files/index.js";

/** A power of two. With this many parts, each part of a hundred gigabytes of text fits in memory. */
const PARTS = 256;
/** About how many bytes of a part stay in memory while records are added. The rest goes to the file. */
const CHUNK = 2 ** 17;
const SMALLEST = 2 ** 10;

interface Part {
  /** Records that are still in memory, and how many bytes of the buffer they fill. */
  bytes: Buffer;
  length: number;
  /** Where the earlier records are in the file. */
  readonly chunks: { readonly position: number; readonly length: number }[];
}

/**
 * Records divided into parts by a hash. Records with the same hash are in the same part, in the order in
 * which they were added, so each part can be processed on its own. If there are many records, most of them go
 * to a temporary file. It is unlinked at once, so it disappears with the process.
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
   * @param length of the record, in bytes
   * @param write writes the record into a buffer at a position
   * @throws NeriumError `FILES_…`
   */
  add(hash: number, length: number, write: (into: Buffer, at: number) => void): void {
    const part = this.#parts[hash % PARTS]!;
    if (part.length + length > part.bytes.length) this.#makeRoom(part, length);
    write(part.bytes, part.length);
    part.length += length;
  }

  /** Yields the records of each part, one part after the other. */
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
      if (taken === 0) throw new RangeError(`${path} became shorter while it was used`);
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
