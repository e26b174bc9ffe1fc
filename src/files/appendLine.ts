import { open } from "node:fs/promises";
import { attempt } from "./errors.js";
import type { OpenFile } from "./port.js";
import { writeAll } from "./writeAll.js";

/** A file that is open at its end. */
export interface AppendedFile extends OpenFile {
  /** Bytes of the file. */
  size(): Promise<number>;
  /** The last byte of the file, if it has one. */
  lastByte(): Promise<number | undefined>;
  /** Cuts the file. */
  truncate(size: number): Promise<void>;
}

/** Opens a file, which is created if there is none. */
export async function openAtEnd(path: string): Promise<AppendedFile> {
  const handle = await open(path, "a+");
  const size = async () => (await handle.stat()).size;
  return {
    size,
    async lastByte() {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, (await size()) - 1));
      return bytesRead === 1 ? buffer[0] : undefined;
    },
    write: async (data) => (await handle.write(data)).bytesWritten,
    truncate: (length) => handle.truncate(length),
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

const NEWLINE = 0x0a;

/**
 * Appends a line to a file, which is created if there is none, and flushes it to the disk. A line never continues
 * half a line that another process left. If it cannot be written completely, what was written of it is removed.
 *
 * @param line without its line break
 * @throws NeriumError `FILES_…`
 */
export async function appendLine(
  path: string,
  line: string,
  opened: (path: string) => Promise<AppendedFile> = openAtEnd,
): Promise<void> {
  const file = await attempt(path, "write", () => opened(path));
  try {
    await attempt(path, "write", () => append(file, line));
  } finally {
    await attempt(path, "write", () => file.close());
  }
}

async function append(file: AppendedFile, line: string): Promise<void> {
  const before = await file.size();
  const last = await file.lastByte();
  const begin = last === undefined || last === NEWLINE ? "" : "\n";
  let written = 0;
  const counting = {
    write: async (data: Uint8Array) => {
      const taken = await file.write(data);
      written += taken;
      return taken;
    },
  };
  try {
    await writeAll(counting, Buffer.from(`${begin}${line}\n`));
    await file.sync();
  } catch (error) {
    // Unless another process has appended something since.
    const size = await file.size().catch(() => undefined);
    if (size === before + written) await file.truncate(before).catch(() => {});
    throw error;
  }
}
