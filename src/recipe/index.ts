export { type CheckedRecipe, parseRecipe, type RecipeWarning } from "./check.js";
export type { FieldGroup, FieldType } from "./field.js";
export { SWEEP } from "./hfArguments.js";
export { cardFields, type RecipeField, recipeFields } from "./list.js";
export { mergeRecipes, RawRecipe, type RecipeSource, rawRecipe, withoutFields } from "./raw.js";
export type { CardInput, RecipeInput } from "./recipeInput.js";
export { RUN_NOTES, RUN_STATE, recordedRecipe, TRAINING_ARGS } from "./recorded.js";
export type { Recipe } from "./resolve.js";
export { readRecipeFile, recipeFromYaml, recipeToYaml } from "./yaml.js";
