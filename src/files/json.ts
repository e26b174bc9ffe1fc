import { limits } from "../limits.js";
import { nodeFs } from "./nodeFs.js";
import type { FsPort } from "./port.js";
import { writeFileAtomically } from "./writeFile.js";

/**
 * Writes JSON in the layout of Python's `json.dumps(indent=2)`, plus a newline. Writes all of it or nothing.
 */
export const writeJson = (path: string, value: unknown, fs: FsPort = nodeFs): Promise<void> =>
  writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`, fs);

/** Shorter texts cannot be nested so deeply that they exhaust the memory. */
const LONG_TEXT = 2 ** 22;

/**
 * Like `JSON.parse`, but refuses a long text that is nested deeply: each level would take some forty bytes, so
 * that a file of brackets would exhaust the memory.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  if (isDeepText(text)) throw new SyntaxError(TOO_DEEP);
  return JSON.parse(text);
}

/** The message about JSON that is nested more deeply than it may be. */
export const TOO_DEEP = `it has more than ${limits.jsonDepth} lists or objects inside each other`;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Returns true for a long text of JSON that has more lists or objects inside each other than may be. */
export function isDeepText(text: string): boolean {
  if (text.length <= LONG_TEXT) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      for (at++; at < text.length && text.charCodeAt(at) !== QUOTE; at++)
        if (text.charCodeAt(at) === BACKSLASH) at++;
    } else if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
      if (++depth > limits.jsonDepth) return true;
    } else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) depth--;
  }
  return false;
}

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
