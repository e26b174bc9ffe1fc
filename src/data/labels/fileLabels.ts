import { open } from "node:fs/promises";
import { type ClassLabels, classLabelsIn, FEATURES } from "./classLabels.js";

/**
 * Returns the class labels of a Parquet or Arrow file, reading only its metadata. Empty for other files and
 * for files that cannot be read: reading their sentences reports the error.
 */
export async function fileLabels(file: string): Promise<ClassLabels> {
  const read = file.endsWith(".parquet")
    ? parquetFeatures
    : file.endsWith(".arrow")
      ? arrowFeatures
      : undefined;
  return classLabelsIn(await read?.(file).catch(() => undefined));
}

async function parquetFeatures(file: string): Promise<string | undefined> {
  const { metadataOf } = await import("../formats/tables/parquet.js");
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(8);
    await handle.read(tail, 0, 8, size - 8);
    const length = tail.readUInt32LE(0) + 8;
    if (length > size) return undefined;
    const end = new Uint8Array(length);
    await handle.read(end, 0, length, size - length);
    return metadataOf(end.buffer).key_value_metadata?.find(({ key }) => key === FEATURES)?.value;
  } finally {
    await handle.close();
  }
}

/** Most bytes that a schema may have. Real schemas are many thousand times smaller. */
const LONGEST_SCHEMA = 2 ** 26;
const END_OF_STREAM = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/** The first message of a stream is the schema. Followed by an end of stream, it is a table without rows. */
async function arrowFeatures(file: string): Promise<string | undefined> {
  const { tableIn } = await import("../formats/tables/arrow.js");
  const handle = await open(file);
  try {
    const head = Buffer.alloc(8);
    await handle.read(head, 0, 8, 0);
    const length = head.readInt32LE(4);
    if (length <= 0 || length > LONGEST_SCHEMA) return undefined;
    const message = Buffer.alloc(length);
    await handle.read(message, 0, length, 8);
    return tableIn(Buffer.concat([head, message, Buffer.from(END_OF_STREAM)])).schema.metadata?.get(FEATURES);
  } finally {
    await handle.close();
  }
}
