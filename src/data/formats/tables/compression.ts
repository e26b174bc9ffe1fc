import * as zlib from "node:zlib";
import type { CompressionCodec } from "hyparquet";
import { ZSTD_MISSING, zstdUncompressed } from "../../../node20.js";
import { snappyUncompressed } from "./snappy.js";

/** Returns the decompressed bytes; `length` is how many there must be. */
type Uncompress = (bytes: Uint8Array, length: number) => Uint8Array;

/** Decompression functions for Parquet pages, by Parquet's names for the codecs. */
export const COMPRESSORS: Readonly<Partial<Record<CompressionCodec, Uncompress>>> = {
  SNAPPY: snappyUncompressed,
  GZIP: ofLength((bytes, most) => zlib.gunzipSync(bytes, { maxOutputLength: most })),
  ...(zstdUncompressed === undefined ? {} : { ZSTD: ofLength(zstdUncompressed) }),
};

function ofLength(uncompress: (bytes: Uint8Array, most: number) => Uint8Array): Uncompress {
  return (bytes, length) => {
    let result: Uint8Array;
    try {
      result = uncompress(bytes, Math.max(1, length));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw error;
      throw new Error(`a block has more than ${length} bytes when uncompressed`);
    }
    if (result.length !== length)
      throw new Error(`a block has ${result.length} bytes instead of ${length} when uncompressed`);
    return result;
  };
}

/** The error for a codec that is not in {@link COMPRESSORS}. */
export const compressionUnsupported = (codec: string): Error =>
  new Error(codec === "ZSTD" ? ZSTD_MISSING : `the compression ${codec} is not supported`);
