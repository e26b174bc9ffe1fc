import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own. */
export interface Mounted {
  readonly folder: string;
  /** As of mount(8); throws where the system refuses. */
  remount(options: string): void;
  remove(): void;
}

const succeeds = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;

/** A file system in memory of a given size, as of mount(8); undefined where this process may not mount one. */
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

/** True where this process may mount, which is rare outside of containers and CI. */
export function mayMount(): boolean {
  const mounted = mountedMemory("64k");
  mounted?.remove();
  return mounted !== undefined;
}
