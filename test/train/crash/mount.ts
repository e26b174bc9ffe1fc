import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A separate mounted file system. */
export interface Mounted {
  readonly folder: string;
  /** Takes options of mount(8). Throws if mounting fails. */
  remount(options: string): void;
  remove(): void;
}

const succeeds = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;

/**
 * Mounts a file system in memory. The size is in the format of mount(8). Returns `undefined` if this process
 * may not mount.
 */
export function mountedMemory(size: string): Mounted | undefined {
  const folder = mkdtempSync(join(tmpdir(), "nerium-mount-"));
  if (!succeeds("mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder)) {
    rmdirSync(folder);
    return undefined;
  }
  return {
    folder,
    remount(options) {
      const { status, stderr } = spawnSync("mount", ["-o", `remount,${options}`, folder]);
      if (status !== 0) throw new Error(String(stderr));
    },
    remove() {
      succeeds("umount", "-l", folder);
      rmdirSync(folder);
    },
  };
}

/** True if this process may mount. This is rare outside of containers and CI. */
export function mayMount(): boolean {
  const mounted = mountedMemory("64k");
  mounted?.remove();
  return mounted !== undefined;
}
