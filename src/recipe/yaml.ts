import { stringify } from "yaml";
import { attempt, readWholeFile } from "../files/index.js";
import { plainYaml } from "../plainYaml.js";
import { yamlInvalid } from "./errors.js";
import { type RawRecipe, rawRecipe } from "./raw.js";
import type { Recipe } from "./resolve.js";
import { snakeCase } from "./spelling.js";

/**
 * Reads a recipe from the text of a YAML (or JSON) file. Paths in it are relative to the working directory,
 * as in HF, not to the file.
 *
 * @param file name of the file, for errors
 * @throws NeriumError `RECIPE_YAML_INVALID` and the errors of {@link rawRecipe}, with file:line
 */
export function recipeFromYaml(text: string, file: string): RawRecipe {
  const { values, lineOf } = plainYaml(text, (line, what) =>
    yamlInvalid(line === undefined ? file : `${file}:${line}`, what),
  );
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
