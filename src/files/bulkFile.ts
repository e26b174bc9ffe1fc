import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { OpenFile } from "./port.js";
import { writeAll } from "./writeAll.js";

/** Bytes that are gathered before they are written; a multiple of every device's block. */
const BUFFER = 4 * 2 ** 20;

/** Pairs of buffers that wait for the next file. */
const freeBuffers: (readonly [Uint8Array, Uint8Array])[] = [];
const MOST_FREE = 2;

/**
 * A new file whose bulk goes to the device past the system's page cache, where the platform can (O_DIRECT; Linux). A
 * checkpoint is not read again soon: a copy of it in the cache costs a processor as long as the device takes, and pushes
 * other files out.
 *
 * Bytes are gathered in two buffers, one of which is filled while the other is written. A file that is smaller than one
 * buffer, and the end of every other, is written as usual.
 */
export class BulkFile implements OpenFile {
  private buffers: readonly [Uint8Array, Uint8Array];
  private filled = 0;
  /** Bytes of the file that have been handed to the system, or are under way. */
  private position = 0;
  private underWay: Promise<void> = Promise.resolve();
  private failure: unknown;
  /** The same file opened for the bulk; `undefined` before it is needed. */
  private bulk: FileHandle | undefined;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
  ) {
    this.buffers = freeBuffers.pop() ?? [pageAligned(BUFFER), pageAligned(BUFFER)];
  }

  /** Creates the file; refuses a path that exists. */
  static async create(path: string): Promise<BulkFile> {
    return new BulkFile(path, await open(path, "wx"));
  }

  async write(data: Uint8Array): Promise<number> {
    for (let at = 0; at < data.length; ) {
      const taken = Math.min(data.length - at, BUFFER - this.filled);
      this.buffers[0].set(data.subarray(at, at + taken), this.filled);
      this.filled += taken;
      at += taken;
      if (this.filled === BUFFER) await this.flush();
    }
    return data.length;
  }

  /** Begins to write the full buffer, once the other one is free. */
  private async flush(): Promise<void> {
    await this.settled();
    const [full, free] = this.buffers;
    const { position } = this;
    this.underWay = this.writeBulk(full, position).catch((error: unknown) => {
      this.failure = error;
    });
    this.buffers = [free, full];
    this.filled = 0;
    this.position += BUFFER;
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
      // The device wants another alignment.
      if (this.bulk === this.handle || (error as NodeJS.ErrnoException).code !== "EINVAL") throw error;
      await this.bulk.close();
      this.bulk = this.handle;
      await writeAt(this.bulk, data, position);
    }
  }

  /** File systems in memory, and some on networks, cannot; other platforms do not know the flag. */
  private openBulk(): Promise<FileHandle> {
    const { O_WRONLY, O_DIRECT } = constants as { O_WRONLY: number; O_DIRECT?: number };
    if (O_DIRECT === undefined) return Promise.resolve(this.handle);
    return open(this.path, O_WRONLY | O_DIRECT).catch(() => this.handle);
  }

  private async writeRest(): Promise<void> {
    await this.settled();
    const rest = this.buffers[0].subarray(0, this.filled);
    await writeAt(this.handle, rest, this.position);
    this.position += rest.length;
    this.filled = 0;
  }

  async sync(): Promise<void> {
    await this.writeRest();
    await this.handle.sync();
  }

  async close(): Promise<void> {
    try {
      await this.writeRest();
    } finally {
      await this.underWay;
      if (freeBuffers.length < MOST_FREE) freeBuffers.push(this.buffers);
      if (this.bulk !== undefined && this.bulk !== this.handle) await this.bulk.close();
      await this.handle.close();
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

/** The part of the standard that is used here; TypeScript has it only among the types of browsers. */
declare const WebAssembly: {
  Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
};

/** Memory that begins at a page, as direct writes need it: WebAssembly's does, other memory of Node need not. */
function pageAligned(bytes: number): Uint8Array {
  const pages = bytes / 2 ** 16;
  return new Uint8Array(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer);
}
