/** The documented type of recipes follows the schema. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { recipeInputSource } from "../../scripts/recipe-types.js";

const words = (text: string) =>
  text
    .replaceAll(/[\s;,|]+|\/\*\*|\*\/|^\s*\*/gm, " ")
    .replaceAll(/\s\*\s/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();

it("src/recipe/recipeInput.ts is what scripts/recipe-types.ts writes", () => {
  const file = join(import.meta.dirname, "../../src/recipe/recipeInput.ts");
  expect(words(readFileSync(file, "utf8"))).toBe(words(recipeInputSource()));
});
