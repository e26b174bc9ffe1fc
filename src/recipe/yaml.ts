import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  stringify,
  type YAMLMap,
} from "yaml";
import { isNeriumError } from "../errors.js";
import { attempt, isDeep, readWholeFile } from "../files/index.js";
import { yamlInvalid } from "./errors.js";
import { type RawRecipe, rawRecipe } from "./raw.js";
import type { Recipe } from "./resolve.js";
import { snakeCase } from "./spelling.js";

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
 * Far more than any recipe has. The time that YAML parsing takes grows faster than the length of the text.
 */
const LONGEST = 32_768;
const DEEPEST = 16;
const TOO_DEEP = "values are nested too deeply";

/** Makes an error for a problem at a character. */
type Refuse = (what: string, offset: number) => Error;

/**
 * Refuses YAML that no recipe needs and that is not safe to convert to values: keys that are not plain
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

/** Parses a text. Returns its document and its values. */
function parsed(text: string, file: string, lines: LineCounter) {
  const refuse: Refuse = (what, offset) => yamlInvalid(`${file}:${lines.linePos(offset).line}`, what);
  if (text.length > LONGEST)
    throw yamlInvalid(file, `it has ${text.length} characters, but at most ${LONGEST} are allowed`);
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
    if (isDeep(values)) throw yamlInvalid(file, TOO_DEEP);
    return { document, values };
  } catch (cause) {
    if (isNeriumError(cause)) throw cause;
    // Aliases that would expand without limit end here too.
    throw yamlInvalid(file, plainMessage((cause as Error).message));
  }
}

/**
 * Reads a recipe from the text of a YAML (or JSON) file. Paths in it are relative to the working directory,
 * as in HF, not to the file.
 *
 * @param file name of the file, for errors
 * @throws NeriumError `RECIPE_YAML_INVALID` and the errors of {@link rawRecipe}, with file:line
 */
export function recipeFromYaml(text: string, file: string): RawRecipe {
  const lines = new LineCounter();
  const { document, values } = parsed(text, file, lines);
  const lineOf = (path: readonly PropertyKey[]) => {
    const offset = offsetOf(document.contents, path);
    return offset === undefined ? undefined : lines.linePos(offset).line;
  };
  return rawRecipe(values ?? {}, { kind: "file", file, lineOf });
}

/** Reads a recipe file; see {@link recipeFromYaml}. */
export async function readRecipeFile(file: string): Promise<RawRecipe> {
  const bytes = await attempt(file, "read", () => readWholeFile(file));
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw yamlInvalid(file, `it is not encoded in UTF-8 (${(cause as Error).message})`);
  }
  return recipeFromYaml(text, file);
}

/**
 * Formats a recipe as YAML with every field that has a value, including defaults. Reading it gives the same
 * recipe again.
 */
export function recipeToYaml(recipe: Recipe): string {
  const { evalSteps, saveSteps, saveTotalLimit, card, ...rest } = recipe;
  const written = {
    ...rest,
    ...(recipe.evalStrategy === "steps" && { evalSteps }),
    ...(recipe.saveStrategy === "steps" && { saveSteps }),
    saveTotalLimit: saveTotalLimit ?? 0,
    ...(Object.keys(card).length > 0 && { card: inSnakeCase(card) }),
  };
  return stringify(inSnakeCase(written), { lineWidth: 0 });
}

const inSnakeCase = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [snakeCase(key), value]),
  );
