import { readFile, stat } from "node:fs/promises";
import { limits } from "../limits.js";
import { notRegular, overLimit } from "./errors.js";

/**
 * Reads a file as a whole: a regular file of limited size. A pipe would block, and a device may have no end.
 *
 * @throws NeriumError FILES_NOT_REGULAR, FILES_OVER_LIMIT; errors of the operating system as they are
 */
export async function readWholeFile(file: string): Promise<Buffer> {
  await requireRegularFile(file);
  const { size } = await stat(file);
  if (size > limits.wholeFileBytes) throw overLimit(file, size, limits.wholeFileBytes);
  return readFile(file);
}

/** As {@link readWholeFile}, as text in UTF-8. */
export const readWholeText = async (file: string): Promise<string> =>
  (await readWholeFile(file)).toString("utf8");

/** Throws FILES_NOT_REGULAR for a pipe, a device or a socket, before it is opened. Follows links. */
export async function requireRegularFile(file: string): Promise<void> {
  const facts = await stat(file);
  if (!facts.isFile() && !facts.isDirectory()) throw notRegular(file);
}
