import { nodeFs } from "./nodeFs.js";
import type { FsPort } from "./port.js";
import { writeFileAtomically } from "./writeFile.js";

/**
 * Writes JSON in the layout of Python's `json.dumps(indent=2)`, plus a newline. Writes all of it or nothing.
 */
export const writeJson = (path: string, value: unknown, fs: FsPort = nodeFs): Promise<void> =>
  writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`, fs);

/** No file of a model is nested this deeply, and recursive functions can still handle it. */
const DEEPEST = 64;

/** Returns true if JSON values are nested so deeply that writing them again could overflow the stack. */
export function isDeep(value: unknown): boolean {
  const pending: [unknown, number][] = [[value, 0]];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    const [outer, depth] = entry;
    if (typeof outer !== "object" || outer === null) continue;
    if (depth > DEEPEST) return true;
    for (const inner of Object.values(outer))
      if (typeof inner === "object" && inner !== null) pending.push([inner, depth + 1]);
  }
  return false;
}
