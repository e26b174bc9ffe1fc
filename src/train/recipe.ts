export { type CheckedRecipe, parseRecipe, type RecipeWarning } from "./recipe/check.js";
export type { FieldGroup, FieldType } from "./recipe/field.js";
export { cardFields, type RecipeField, recipeFields } from "./recipe/list.js";
export { mergeRecipes, type RawRecipe, type RecipeSource, rawRecipe } from "./recipe/raw.js";
export type { Recipe, RecipeInput } from "./recipe/resolve.js";
export { readRecipeFile, recipeFromYaml, recipeToYaml } from "./recipe/yaml.js";
