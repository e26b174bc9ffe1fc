import { readFile } from "node:fs/promises";
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, stringify } from "yaml";
import { attempt } from "../../files/index.js";
import { yamlInvalid } from "./errors.js";
import { type RawRecipe, rawRecipe } from "./raw.js";
import type { Recipe } from "./resolve.js";
import { snakeCase } from "./spelling.js";

/** Character at which a key or an item stands. */
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
 * A recipe from the text of a YAML (or JSON) file. Paths in it are relative to the working directory, as HF's are, not to
 * the file.
 *
 * @param file name of the file, for errors
 * @throws NeriumError `RECIPE_YAML_INVALID`, and those of {@link rawRecipe}, at file:line
 */
export function recipeFromYaml(text: string, file: string): RawRecipe {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) throw yamlInvalid(`${file}:${lines.linePos(error.pos[0]).line}`, error.message);
  let values: unknown;
  try {
    values = document.toJS();
  } catch (cause) {
    // Aliases that would grow without bound.
    throw yamlInvalid(file, String(cause));
  }
  const lineOf = (path: readonly PropertyKey[]) => {
    const offset = offsetOf(document.contents, path);
    return offset === undefined ? undefined : lines.linePos(offset).line;
  };
  return rawRecipe(values ?? {}, { kind: "file", file, lineOf });
}

/** Reads a recipe file; see {@link recipeFromYaml}. */
export async function readRecipeFile(file: string): Promise<RawRecipe> {
  return recipeFromYaml(await attempt(file, "read", () => readFile(file, "utf8")), file);
}

/** A recipe as YAML with every field that has a value, defaults included: it gives the same recipe again. */
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
