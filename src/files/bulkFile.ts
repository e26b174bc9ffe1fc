import { createHash, type Hash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Owned } from "../owned.js";
import { BUFFER, BufferPair, type Which } from "./bufferPair.js";
import type { NewFileFacts, OpenFile } from "./port.js";
import { writeAll } from "./writeAll.js";

/**
 * A new file whose large part is written to the device without the system's page cache, if the platform
 * supports it (O_DIRECT; Linux). A checkpoint is not read again soon: copying it into the cache takes as long
 * as the device needs to write it, and pushes other files out of the cache.
 *
 * Bytes are collected in two buffers: one is filled while the other is written and hashed. A file smaller
 * than one buffer, and the end of every larger file, is written the usual way.
 */
export class BulkFile implements OpenFile {
  private readonly pair = BufferPair.take();
  /** The buffer that is being filled. */
  private current: Which = 0;
  private filled = 0;
  /** Bytes of the file that were passed to the system, including those being written. */
  private position = 0;
  private underWay: Promise<unknown> = Promise.resolve();
  private failure: unknown;
  /** The same file opened for direct writes; `undefined` until it is needed. */
  private bulk: FileHandle | undefined;
  /** Computes the sha256 of a file smaller than one buffer. For larger files the pair does. */
  private hash: Hash | undefined;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly onClosed: ((facts: NewFileFacts) => void) | undefined,
  ) {}

  /**
   * Creates the file. Fails if the path exists.
   *
   * @param onClosed called with the size and sha256 of the content once the file is closed
   */
  static async create(path: string, onClosed?: (facts: NewFileFacts) => void): Promise<BulkFile> {
    return new BulkFile(path, await open(path, "wx"), onClosed);
  }

  async write(data: Uint8Array): Promise<number> {
    for (let at = 0; at < data.length; ) {
      const taken = Math.min(data.length - at, BUFFER - this.filled);
      this.pair.buffers[this.current].set(data.subarray(at, at + taken), this.filled);
      this.filled += taken;
      at += taken;
      if (this.filled === BUFFER) await this.flush();
    }
    return data.length;
  }

  /** Starts to write and hash the full buffer, once the other one is free. */
  private async flush(): Promise<void> {
    await this.settled();
    const { current, position } = this;
    this.underWay = Promise.all([
      this.writeBulk(this.pair.buffers[current], position),
      this.hashed(current, BUFFER),
    ]).catch((error: unknown) => {
      this.failure = error;
    });
    this.current = current === 0 ? 1 : 0;
    this.filled = 0;
    this.position += BUFFER;
  }

  private async hashed(buffer: Which, bytes: number): Promise<void> {
    if (this.onClosed === undefined || (bytes === 0 && this.position > 0)) return;
    if (this.position === 0 && bytes < BUFFER) this.hash = createHash("sha256");
    if (this.hash === undefined) return this.pair.hash(buffer, bytes);
    this.hash.update(this.pair.buffers[buffer].subarray(0, bytes));
  }

  private async settled(): Promise<void> {
    await this.underWay;
    if (this.failure !== undefined) throw this.failure;
  }

  private async writeBulk(data: Uint8Array, position: number): Promise<void> {
    this.bulk ??= await this.openBulk();
    try {
      await writeAt(this.bulk, data, position);
    } catch (error) {
      // The device needs another alignment.
      if (this.bulk === this.handle || (error as NodeJS.ErrnoException).code !== "EINVAL") throw error;
      await this.bulk.close();
      this.bulk = this.handle;
      await writeAt(this.bulk, data, position);
    }
  }

  /**
   * In-memory file systems and some network file systems do not support O_DIRECT; other platforms do not know
   * the flag.
   */
  private openBulk(): Promise<FileHandle> {
    const { O_WRONLY, O_DIRECT } = constants as { O_WRONLY: number; O_DIRECT?: number };
    if (O_DIRECT === undefined) return Promise.resolve(this.handle);
    return open(this.path, O_WRONLY | O_DIRECT).catch(() => this.handle);
  }

  private async writeRest(): Promise<void> {
    await this.settled();
    const rest = this.pair.buffers[this.current].subarray(0, this.filled);
    await Promise.all([writeAt(this.handle, rest, this.position), this.hashed(this.current, rest.length)]);
    this.position += rest.length;
    this.filled = 0;
  }

  async sync(): Promise<void> {
    await this.writeRest();
    await this.handle.sync();
  }

  async close(): Promise<void> {
    const sha256 = await Owned.during(async (owned) => {
      owned.own(this.handle, "close");
      try {
        return await this.lastOfIt();
      } finally {
        // The handle may have been opened while the buffers were written.
        if (this.bulk !== undefined && this.bulk !== this.handle) owned.own(this.bulk, "close");
      }
    });
    if (sha256 !== undefined) this.onClosed?.({ size: this.position, sha256 });
  }

  /**
   * Writes what is left and releases the buffers. Returns the sha256 of the whole file if `onClosed` needs
   * it.
   */
  private async lastOfIt(): Promise<string | undefined> {
    try {
      await this.writeRest();
      const sha256 = this.onClosed && (this.hash?.digest("hex") ?? (await this.pair.digest()));
      await this.pair.release();
      return sha256;
    } catch (error) {
      await this.underWay;
      await this.pair.discard();
      throw error;
    }
  }
}

function writeAt(handle: FileHandle, data: Uint8Array, position: number): Promise<void> {
  let at = position;
  const write = async (rest: Uint8Array): Promise<number> => {
    const { bytesWritten } = await handle.write(rest, 0, rest.length, at);
    at += bytesWritten;
    return bytesWritten;
  };
  return writeAll({ write }, data);
}
