import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";
import { isNeriumError } from "./errors.js";
import { isDeep } from "./files/index.js";

/** Returns the character offset of a key or a list item. */
function offsetOf(root: Node | null, path: readonly PropertyKey[]): number | undefined {
  let node: unknown = root;
  let offset: number | undefined;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => (isScalar(key) ? key.value : key) === step);
      if (pair && isScalar(pair.key)) offset = pair.key.range?.[0];
      node = pair?.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    }
  }
  return offset;
}

/**
 * Far more than any file of settings has. The time that YAML parsing takes grows faster than the length of the text.
 */
const LONGEST = 32_768;
const DEEPEST = 16;
const TOO_DEEP = "values are nested too deeply";

/** Makes an error for a problem at a character. */
type Refuse = (what: string, offset: number) => Error;

/**
 * Refuses YAML that no settings need and that is not safe to convert to values: keys that are not plain
 * values, duplicate keys, deep nesting.
 */
function requirePlain(root: Node | null, refuse: Refuse): void {
  const pending: [node: unknown, depth: number][] = [[root, 0]];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    const [node, depth] = entry;
    if (!isMap(node) && !isSeq(node)) continue;
    if (depth > DEEPEST) throw refuse(TOO_DEEP, node.range?.[0] ?? 0);
    for (const item of node.items) pending.push([isPair(item) ? item.value : item, depth + 1]);
    if (isMap(node)) requirePlainKeys(node, refuse);
  }
}

function requirePlainKeys(map: YAMLMap, refuse: Refuse): void {
  const keys = new Set<unknown>();
  for (const { key } of map.items) {
    const offset = (key as Node | null)?.range?.[0] ?? map.range?.[0] ?? 0;
    if (!isScalar(key)) throw refuse("a key must be plain text", offset);
    if (keys.has(key.value)) throw refuse(`the key ${String(key.value)} appears twice`, offset);
    keys.add(key.value);
  }
}

/**
 * Returns the library's message. The library recurses for each level of nesting and may overflow the stack.
 */
const plainMessage = (message: string) => (message.includes("call stack") ? TOO_DEEP : message);

/** The values of a YAML text. */
export interface PlainYaml {
  readonly values: unknown;
  /** Returns the line of a key or a list item; `undefined` if there is none. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

/**
 * Reads YAML (or JSON) that someone wrote: plain values, no duplicate keys, no deep nesting, at most 32,768 characters.
 *
 * @param invalid makes the error, from the line, if it is known, and what is wrong
 */
export function plainYaml(
  text: string,
  invalid: (line: number | undefined, what: string) => Error,
): PlainYaml {
  const lines = new LineCounter();
  const refuse: Refuse = (what, offset) => invalid(lines.linePos(offset).line, what);
  if (text.length > LONGEST)
    throw invalid(undefined, `it has ${text.length} characters, but at most ${LONGEST} are allowed`);
  try {
    // The library's own check for duplicate keys compares every key with every other one.
    const options = {
      lineCounter: lines,
      prettyErrors: false,
      logLevel: "error",
      uniqueKeys: false,
    } as const;
    const document = parseDocument(text, options);
    const [error] = document.errors;
    if (error) throw refuse(plainMessage(error.message), error.pos[0]);
    requirePlain(document.contents, refuse);
    const values: unknown = document.toJS();
    // Aliases can nest values more deeply than the text does.
    if (isDeep(values)) throw invalid(undefined, TOO_DEEP);
    return {
      values,
      lineOf(path) {
        const offset = offsetOf(document.contents, path);
        return offset === undefined ? undefined : lines.linePos(offset).line;
      },
    };
  } catch (cause) {
    if (isNeriumError(cause)) throw cause;
    // Aliases that would expand without limit end here too.
    throw invalid(undefined, plainMessage((cause as Error).message));
  }
}
