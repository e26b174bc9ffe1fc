import { realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { exportTaken } from "../errors.js";
import { LOG } from "../review/reviewLog.js";
import { PLAN } from "../workFolder.js";

/** The file of the result in the output folder. */
export const SUSPECTS = "suspects.json";

/** Whether a file or folder in the output folder has results of folds. */
export const isOfFold = (name: string): boolean => /^fold-\d+(\.safetensors)?$/.test(name);

const isOfSearch = (name: string): boolean =>
  [SUSPECTS, PLAN, LOG].includes(name) || /^(fold-\d|\.nerium)/.test(name);

/**
 * Checks that a file to write is none of those that a search and its review keep in the output folder.
 *
 * @throws NeriumError IMPROVE_EXPORT_TAKEN
 */
export async function requireNotOfSearch(file: string, output: string): Promise<void> {
  const folder = await realPlace(output);
  for (const path of [resolve(file), await realPlace(file)]) {
    const parent = await realPlace(dirname(path));
    const [first] = relative(folder, join(parent, basename(path))).split(sep);
    if (isOfSearch(first!)) throw exportTaken(file);
  }
}

/** Where a path leads, also if there is nothing yet. */
const realPlace = (path: string): Promise<string> =>
  realpath(path).catch(async () => {
    const parent = dirname(resolve(path));
    return parent === resolve(path) ? parent : join(await realPlace(parent), basename(path));
  });
