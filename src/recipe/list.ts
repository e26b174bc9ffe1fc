import type { z } from "zod";
import { type FieldGroup, type FieldType, fieldFacts } from "./field.js";
import { cardSchema, recipeSchema } from "./fields.js";
import { ALIASES, kebabCase, snakeCase } from "./spelling.js";

/** One field, for help texts and tables. */
export interface RecipeField {
  /** The name in recipe files and in Hugging Face: `learning_rate`. */
  readonly name: string;
  /** The name as a flag, without leading dashes: `learning-rate`. */
  readonly kebab: string;
  /** The name in TypeScript: `learningRate`. */
  readonly key: string;
  /** Other accepted names, in snake_case. */
  readonly aliases: readonly string[];
  readonly description: string;
  /** `undefined` if there is no default, or if it depends on other fields; the description then says so. */
  readonly default: unknown;
  readonly type: FieldType;
  readonly choices: readonly string[];
  readonly group: FieldGroup;
}

function listOf(shape: Readonly<Record<string, z.ZodType>>): RecipeField[] {
  return Object.entries(shape).map(([key, schema]) => {
    const { choices = [], ...facts } = fieldFacts.get(schema)!;
    const aliases = [...ALIASES].filter(([, field]) => field === key).map(([alias]) => snakeCase(alias));
    const standard = schema.safeParse(undefined);
    return {
      name: snakeCase(key),
      kebab: kebabCase(key),
      key,
      aliases,
      ...facts,
      choices,
      default: standard.data,
    };
  });
}

/** All fields of a recipe, in the order of the schema. */
export const recipeFields: readonly RecipeField[] = listOf(recipeSchema.shape);

/** All fields of the section `card`. */
export const cardFields: readonly RecipeField[] = listOf(cardSchema.shape);
