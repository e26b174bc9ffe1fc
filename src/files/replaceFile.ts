import { chmod, chown, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { attempt } from "./errors.js";
import { temporaryName } from "./names.js";
import { syncFolder } from "./writeFile.js";

/**
 * Replaces a file of the user's, behind a link too, so that its path holds either the old or the new content, and keeps its rights
 * and, as far as this process may, its owner. At no time can others read the new content who could not read the old one.
 *
 * @throws NeriumError `FILES_…`
 */
export async function replaceFile(path: string, content: Uint8Array): Promise<void> {
  const target = await attempt(path, "read", () => realpath(path));
  const { mode, uid, gid } = await attempt(target, "read", () => stat(target));
  const temporary = temporaryName(target, "new");
  try {
    const file = await attempt(target, "create", () => open(temporary, "wx", 0o600));
    try {
      await attempt(target, "write", () => file.writeFile(content));
      await attempt(target, "write", () => file.sync());
    } finally {
      await file.close();
    }
    // Only the system's administrator can give files away.
    await chown(temporary, uid, gid).catch(() => {});
    await attempt(target, "replace", () => chmod(temporary, mode & 0o7777));
    await attempt(target, "replace", () => rename(temporary, target));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(target));
}
