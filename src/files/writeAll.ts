import type { OpenFile } from "./port.js";

/** Node refuses writes of 2 GiB and more. Smaller writes also let the event loop do other work. */
const LARGEST_WRITE = 64 * 2 ** 20;

/** Writes all bytes at the current position. */
export async function writeAll(file: Pick<OpenFile, "write">, data: Uint8Array): Promise<void> {
  let rest = data;
  while (rest.length > 0) {
    const taken = await file.write(rest.subarray(0, LARGEST_WRITE));
    // Without this check, a file that accepts no bytes would cause an endless loop.
    if (taken <= 0) throw Object.assign(new Error("no more bytes could be written"), { code: "ENOSPC" });
    rest = rest.subarray(taken);
  }
}
