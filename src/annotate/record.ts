import { join } from "node:path";
import { z } from "zod";
import { attempt, readWholeText, writeFileAtomically } from "../files/index.js";

const recordSchema = z.object({
  schema_version: z.literal(1),
  rows: z.number().int(),
  /** Rows with an error. */
  errors: z.number().int(),
  /** Of the file with the results. */
  size: z.number().int(),
  sha256: z.string(),
  seconds: z.number(),
  host: z.string(),
  pid: z.number().int(),
  /** In milliseconds since 1970. */
  finished: z.number(),
});

/** What is known about a finished shard. It is written after the results, and can be missing. */
export type ShardRecord = z.infer<typeof recordSchema>;

export const writeRecord = (folder: string, name: string, record: ShardRecord): Promise<void> =>
  writeFileAtomically(join(folder, name), `${JSON.stringify(record)}\n`);

/** Returns undefined if there is no record, or one that cannot be read. */
export async function readRecord(folder: string, name: string): Promise<ShardRecord | undefined> {
  const path = join(folder, name);
  const text = await attempt(path, "read", () =>
    readWholeText(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    }),
  );
  if (text === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
