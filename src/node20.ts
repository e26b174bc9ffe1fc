/**
 * Everything that Nerium does only to support Node 20. The table says from which Node version each item is no
 * longer needed. Once the `engines` of package.json require that version, remove the item and use the
 * replacement. When no item is left, remove this file.
 *
 * | here | not needed from | instead |
 * |---|---|---|
 * | `asyncDisposal` | Node 20.4 | `[Symbol.asyncDispose]` as a key |
 * | `detach`, `detachNatively` | Node 22.0 | `ArrayBuffer.prototype.transfer` |
 * | `zstdUncompressed`, `ZSTD_MISSING` | Node 22.15 | `zstdDecompressSync` of `node:zlib` |
 * | `zstdStream` | Node 22.15 | `createZstdDecompress` of `node:zlib` |
 *
 * docs/dependencies.md lists the packages that stay at an old version because of Node 20.
 */
import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import * as zlib from "node:zlib";

/**
 * Returns a `Symbol.asyncDispose` method for `await using`, or an empty object if Node does not have that
 * symbol.
 */
export const asyncDisposal = (dispose: () => Promise<void>): Partial<AsyncDisposable> =>
  Symbol.asyncDispose === undefined ? {} : { [Symbol.asyncDispose]: dispose };

const { zstdDecompressSync } = zlib as { readonly zstdDecompressSync?: typeof zlib.gunzipSync };

/**
 * Decompresses Zstandard data to at most `most` bytes. `undefined` if this version of Node does not support
 * Zstandard.
 */
export const zstdUncompressed =
  zstdDecompressSync === undefined
    ? undefined
    : (bytes: Uint8Array, most: number): Uint8Array => zstdDecompressSync(bytes, { maxOutputLength: most });

/** Makes a stream that decompresses Zstandard data. `undefined` if this version of Node does not support Zstandard. */
export const zstdStream = (
  zlib as { readonly createZstdDecompress?: (options: { readonly chunkSize: number }) => zlib.Gunzip }
).createZstdDecompress;

/** The message for a Zstandard file if Node does not support the format. */
export const ZSTD_MISSING = `the compression ZSTD needs Node 22.15 or newer, but this is ${process.version}`;

/**
 * Detaches an ArrayBuffer from its memory, so that views of it have length 0. Returns false if that failed.
 */
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
 * Node 20 has no `ArrayBuffer.prototype.transfer`, and its other ways to transfer a buffer copy external
 * memory. V8's own function is the only one left. The flag must be set while the call is compiled. V8 may
 * compile the call again at any time, so the flag is set for each call.
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
