import { cLibrary, type ForeignFunction, foreignFunction } from "./foreign.js";

/** Least milliseconds between two calls, which take some milliseconds each. */
const EVERY = 5000;

type Trim = (keep: number) => number;
let loadedTrim: ForeignFunction<Trim> | undefined;
let last = Number.NEGATIVE_INFINITY;

/**
 * Gives the memory that native code has freed back to the system, unless that was done a moment ago. glibc has a heap for each thread,
 * and keeps what is free in one between blocks in use, which the other threads cannot use. Elsewhere it does nothing.
 *
 * @param now milliseconds of a monotonic clock
 */
export function trimHeap(now = performance.now()): void {
  if (process.platform !== "linux" || now - last < EVERY) return;
  last = now;
  loadedTrim ??= foreignFunction<Trim>(cLibrary().symbol("malloc_trim") as bigint, "int", ["size_t"]);
  loadedTrim(0);
}
