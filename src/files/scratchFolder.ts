import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { attempt } from "./errors.js";
import { temporaryName } from "./names.js";
import { nodeFs } from "./nodeFs.js";
import { tidy, whileBeating } from "./writeFolder.js";

/** The folder of a path, or the nearest one above it that exists. */
function existingAbove(path: string): string {
  let folder = dirname(resolve(path));
  while (!existsSync(folder)) folder = dirname(folder);
  return folder;
}

/**
 * Runs some work with an empty folder on the disk that `path` is on or will be, and removes it at the end. If the process is
 * killed, the next command that writes there removes it.
 *
 * @throws NeriumError `FILES_…`
 */
export async function withScratchFolder<T>(path: string, use: (folder: string) => Promise<T>): Promise<T> {
  const above = existingAbove(path);
  await tidy(above);
  const folder = temporaryName(join(above, ".nerium-scratch"), "new");
  try {
    await attempt(folder, "create", () => nodeFs.makeFolder(folder));
    return await whileBeating(folder, () => use(folder));
  } finally {
    await nodeFs.remove(folder).catch(() => {});
  }
}

/**
 * Returns how many bytes this user can write to the disk that `path` is on or will be.
 *
 * @throws NeriumError `FILES_…`
 */
export async function freeSpace(path: string): Promise<number> {
  const folder = existingAbove(path);
  const { bavail, bsize } = await attempt(folder, "access", () => statfs(folder));
  return bavail * bsize;
}
