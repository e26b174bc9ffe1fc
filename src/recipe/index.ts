export { type CheckedRecipe, parseRecipe, type RecipeWarning } from "./check.js";
export type { FieldGroup, FieldType } from "./field.js";
export { cardFields, type RecipeField, recipeFields } from "./list.js";
export { mergeRecipes, type RawRecipe, type RecipeSource, rawRecipe } from "./raw.js";
export type { Recipe, RecipeInput } from "./resolve.js";
export { readRecipeFile, recipeFromYaml, recipeToYaml } from "./yaml.js";
