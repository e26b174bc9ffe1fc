import { accessSync, constants, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Memory where there is a file system of it: tests that write thousands of files do not wait for a disk's fsync. */
function quickest(): string {
  try {
    accessSync("/dev/shm", constants.W_OK);
    return "/dev/shm";
  } catch {
    return tmpdir();
  }
}

/** A new folder that is quick to write to. */
export const quickFolder = (name: string): string => mkdtempSync(join(quickest(), `nerium-${name}-`));
