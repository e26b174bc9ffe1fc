import { z } from "zod";
import { inputFormats } from "./inputFiles.js";

/** A file, as it was when the plan was made. */
export const plannedInputSchema = z.object({
  path: z.string(),
  format: z.enum(inputFormats),
  compression: z.enum(["gzip", "zstd"]).nullable(),
  size: z.number().int().nonnegative(),
  mtime_ms: z.number(),
  sha256: z.string(),
  /** Where the texts are: the key of JSON records, the column of a table; null for plain text. */
  column: z.union([z.string(), z.number()]).nullable(),
  rows: z.number().int().nonnegative(),
});
export type PlannedInput = z.infer<typeof plannedInputSchema>;

/** A part of a file. */
export const shardSchema = z.object({
  /** Number of the file. */
  input: z.number().int().nonnegative(),
  /** Bytes of the file, decompressed; rows of a Parquet file. */
  start: z.number().int().nonnegative(),
  end: z.number().int().nonnegative(),
  /** Line of its first byte, from 1; the number of its first row, from 0, for Parquet. */
  line: z.number().int().nonnegative(),
  rows: z.number().int().nonnegative(),
  /** Of its bytes; null for Parquet. */
  sha256: z.string().nullable(),
});
export type Shard = z.infer<typeof shardSchema>;

/** A shard with its number and its file. */
export interface NumberedShard extends Shard {
  readonly number: number;
  readonly file: PlannedInput;
}
