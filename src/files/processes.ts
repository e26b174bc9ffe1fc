import { createHash } from "node:crypto";
import { readFileSync, readlinkSync, utimes } from "node:fs";
import { hostname } from "node:os";

/** Milliseconds between two signs of life of a lock, or of a file or folder that is being written. */
const BEAT = 5000;

/**
 * Without a sign of life for this long (milliseconds), a process of another place counts as dead. Larger than
 * the difference between the clocks of two machines.
 */
export const SILENT = 10 * 60_000;

function fromSystem(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/**
 * Where this process runs: process ids mean something only in the same boot of the same machine and in the
 * same namespace. Containers may share a host name, and a machine may change it. If the system does not say,
 * the host name must do.
 */
export const place: string =
  fromSystem(
    () =>
      `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${readlinkSync("/proc/self/ns/pid")}`,
  ) ?? hostname();

/** When a process of this place started, in clock ticks since boot (`/proc/PID/stat`, field 22). */
export const startOf = (pid: number): string | null =>
  fromSystem(() => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "");
    return fields.split(" ")[19]!;
  });

/** Returns true if a process with this id runs at this place. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const short = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 6);

/** This place, and the start of a process, short enough for the name of a file. */
export const placeTag: string = short(place);
export const startTag = (pid: number): string => short(startOf(pid) ?? "");

/**
 * Gives signs of life: sets the time of a file or folder every few seconds, until the returned function is
 * called.
 */
export function beating(path: string): () => void {
  const timer = setInterval(() => {
    const now = new Date();
    utimes(path, now, now, () => {});
  }, BEAT).unref();
  return () => clearInterval(timer);
}
