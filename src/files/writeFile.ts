import { dirname, resolve } from "node:path";
import { attempt } from "./errors.js";
import { temporaryName } from "./names.js";
import { nodeFs } from "./nodeFs.js";
import type { FsPort } from "./port.js";
import { writeAll } from "./writeAll.js";

export type FileContent = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

async function writeAndSync(
  fs: FsPort,
  temporary: string,
  path: string,
  content: FileContent,
): Promise<void> {
  const file = await attempt(path, "create", () => fs.open(temporary, "create"));
  try {
    const chunks =
      typeof content === "string"
        ? [Buffer.from(content)]
        : content instanceof Uint8Array
          ? [content]
          : content;
    for await (const chunk of chunks) await attempt(path, "write", () => writeAll(file, chunk));
    await attempt(path, "write", () => file.sync());
  } catch (error) {
    // The first error is the one to report.
    await file.close().catch(() => {});
    throw error;
  }
  await attempt(path, "write", () => file.close());
}

/**
 * fsync of a folder: makes a rename inside it durable. Does nothing if the platform or the file system cannot
 * do it.
 */
export async function syncFolder(folder: string, fs: FsPort = nodeFs): Promise<void> {
  if (!fs.syncsFolders) return;
  await attempt(folder, "write to", async () => {
    const handle = await fs.open(folder, "sync");
    try {
      await handle.sync();
    } catch (error) {
      // Some network and FUSE file systems do not support fsync for folders.
      if (!["EINVAL", "ENOTSUP"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    } finally {
      await handle.close();
    }
  });
}

/**
 * Writes a file so that its path holds either the old content or all of the new content, even after a crash
 * or a power cut. A temporary file next to it is written, fsynced and renamed, then the folder is fsynced.
 * The temporary file is removed on any failure. A symbolic link at `path` is replaced, not followed.
 *
 * @param content text (UTF-8), bytes, or chunks of bytes; a chunk may be reused once the next one is
 *   requested
 * @throws NeriumError `FILES_…` with the path; errors thrown while iterating `content` are passed on
 *   unchanged
 */
export async function writeFileAtomically(
  path: string,
  content: FileContent,
  fs: FsPort = nodeFs,
): Promise<void> {
  const target = resolve(path);
  const temporary = temporaryName(target, "new");
  try {
    await writeAndSync(fs, temporary, target, content);
    await attempt(target, "replace", () => fs.rename(temporary, target));
  } catch (error) {
    await fs.remove(temporary).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(target), fs);
}
