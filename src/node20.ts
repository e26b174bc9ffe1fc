/**
 * All that Nerium does only because Node 20 is supported. Each says which Node makes it needless: once that is the oldest
 * one that package.json's `engines` allow, it goes, and what is named takes its place. With the last of them this file goes.
 *
 * | here | needless from | instead |
 * |---|---|---|
 * | `asyncDisposal` | Node 20.4 | `[Symbol.asyncDispose]` as a key |
 * | `detach`, `detachNatively` | Node 22.0 | `ArrayBuffer.prototype.transfer` |
 * | `zstdUncompressed`, `ZSTD_MISSING` | Node 22.15 | `zstdDecompressSync` of `node:zlib` |
 *
 * Packages held at an old version for Node 20's sake stand in docs/dependencies.md.
 */
import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import * as zlib from "node:zlib";

/** A method under `Symbol.asyncDispose`, for `await using`; nothing where there is no such symbol. */
export const asyncDisposal = (dispose: () => Promise<void>): Partial<AsyncDisposable> =>
  Symbol.asyncDispose === undefined ? {} : { [Symbol.asyncDispose]: dispose };

const { zstdDecompressSync } = zlib as { readonly zstdDecompressSync?: typeof zlib.gunzipSync };

/** The bytes, at most so many, that others stand for in Zstandard; undefined where Node can't tell. */
export const zstdUncompressed =
  zstdDecompressSync === undefined
    ? undefined
    : (bytes: Uint8Array, most: number): Uint8Array => zstdDecompressSync(bytes, { maxOutputLength: most });

/** What is said of a file in Zstandard where Node can't. */
export const ZSTD_MISSING = `its compression ZSTD needs Node 22.15 or newer, and this is ${process.version}`;

/** Detaches an ArrayBuffer from its memory, so that views of it have length 0; false where it could not. */
export function detach(buffer: ArrayBuffer): boolean {
  if (buffer.byteLength === 0) return true;
  const standard = buffer as ArrayBuffer & { transfer?: () => ArrayBuffer };
  try {
    if (typeof standard.transfer === "function") standard.transfer();
    else detachNatively(buffer);
  } catch {
    return false;
  }
  return buffer.byteLength === 0;
}

/**
 * Node 20 has no `ArrayBuffer.prototype.transfer`, and copies external memory where it should transfer it; V8's own
 * function is left. The flag must be set while the call is compiled, which V8 may do again any time, so: each time.
 */
function detachNatively(buffer: ArrayBuffer): void {
  setFlagsFromString("--allow-natives-syntax");
  try {
    const call = runInThisContext("(buffer) => { %ArrayBufferDetach(buffer); }") as (
      buffer: ArrayBuffer,
    ) => void;
    call(buffer);
  } finally {
    setFlagsFromString("--no-allow-natives-syntax");
  }
}
