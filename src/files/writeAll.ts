import type { OpenFile } from "./port.js";

/** Node refuses single calls of 2 GiB and more; smaller ones also keep the event loop's other work flowing. */
const LARGEST_WRITE = 64 * 2 ** 20;

/** Writes all of some bytes at the current position. */
export async function writeAll(file: Pick<OpenFile, "write">, data: Uint8Array): Promise<void> {
  let rest = data;
  while (rest.length > 0) {
    const taken = await file.write(rest.subarray(0, LARGEST_WRITE));
    // A regular file that takes nothing would make this loop endless.
    if (taken <= 0) throw Object.assign(new Error("the file took no more bytes"), { code: "ENOSPC" });
    rest = rest.subarray(taken);
  }
}
