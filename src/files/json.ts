import { nodeFs } from "./nodeFs.js";
import type { FsPort } from "./port.js";
import { writeFileAtomically } from "./writeFile.js";

/** Writes JSON as Python's `json.dumps(indent=2)` lays it out, with a newline at the end; whole or not at all. */
export const writeJson = (path: string, value: unknown, fs: FsPort = nodeFs): Promise<void> =>
  writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`, fs);

/** Nesting that no file of a model has, and that functions which call themselves survive. */
const DEEPEST = 64;

/** True where values of a JSON text are nested so deeply that writing it again would overflow the stack. */
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
