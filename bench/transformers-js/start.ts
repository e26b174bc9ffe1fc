import { join } from "node:path";
import { installed } from "../../scripts/npm.mjs";
import { Contestant } from "../python/contestant.js";

/** Installs transformers.js if it is missing. Returns the reason if it cannot be installed, else undefined. */
export const transformersJsInstalled = (): Promise<string | undefined> => installed(import.meta.dirname);

/** Starts transformers.js with an exported folder. */
export async function startTransformersJs(
  folder: string,
  threads: string,
  dtype: string,
): Promise<Contestant> {
  const missing = await transformersJsInstalled();
  if (missing !== undefined) throw new Error(missing);
  return Contestant.node(join(import.meta.dirname, "contestant.mjs"), [folder, threads, dtype]);
}
