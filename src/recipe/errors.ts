import { NeriumError } from "../errors.js";

/** Where a recipe comes from: a call in a program, the command line, or a file. */
type Source = "object" | "flags" | "file";

/** A recipe has a key that is not a field. */
export const unknownField = (where: string, name: string, meant: string | undefined, source: Source) =>
  new NeriumError("RECIPE_UNKNOWN_FIELD", `Unknown field ${name}`, {
    where,
    remedy:
      meant !== undefined
        ? `Did you mean ${meant}?`
        : source === "object"
          ? "The fields are those of the type RecipeInput."
          : "See nerium train --help for all fields.",
  });

/** A field is given under two names, with different values. */
export const fieldTwice = (where: string, name: string, other: string) =>
  new NeriumError(
    "RECIPE_FIELD_TWICE",
    `${name} is given twice, with different values; the other one is at ${other}`,
    {
      where,
      remedy: "Remove one of them.",
    },
  );

/** A required field is missing. */
export const fieldMissing = (where: string, names: readonly string[], source: Source) =>
  new NeriumError("RECIPE_FIELD_MISSING", `${names[0]} is missing`, {
    where,
    remedy:
      source === "object"
        ? `Add ${names.join(" or ")} to the recipe.`
        : `Add ${names.map((name) => `--${name}`).join(" or ")}, or ${names.join(" or ")} to the recipe.`,
  });

/** The value of a field has the wrong type or is out of range. */
export const fieldInvalid = (where: string, what: string, meant?: string) =>
  new NeriumError("RECIPE_FIELD_INVALID", what, {
    where,
    ...(meant !== undefined && { remedy: `Did you mean ${meant}?` }),
  });

/** Two fields are valid on their own but do not go together. */
export const fieldsConflict = (where: string, what: string, remedy: string) =>
  new NeriumError("RECIPE_FIELDS_CONFLICT", what, { where, remedy });

/** An argument of Hugging Face's Trainer requests something that Nerium does not do. */
export const argumentNotSupported = (where: string, name: string, why: string, instead?: string) =>
  new NeriumError("RECIPE_NOT_SUPPORTED", `${name} is not supported: ${why}`, {
    where,
    remedy: instead === undefined ? "Remove it." : `Remove it, and use ${instead}.`,
  });

/** A file has no list of hyperparameters as in Trainer's model cards. */
export const cardUnreadable = (file: string) =>
  new NeriumError(
    "RECIPE_CARD_UNREADABLE",
    "The file has no list under the heading Training hyperparameters",
    {
      where: file,
      remedy: "Give a model card that Hugging Face's Trainer or Nerium wrote.",
    },
  );

/** A recipe is not a map of fields. */
export const notAMap = (where: string) =>
  new NeriumError("RECIPE_NOT_A_MAP", "A recipe must be a map of fields and values", {
    where,
    remedy: "Write one `field: value` per line.",
  });

/** A recipe file is not valid YAML. */
export const yamlInvalid = (where: string, what: string) =>
  new NeriumError("RECIPE_YAML_INVALID", `The recipe is not valid YAML: ${what}`, {
    where,
    remedy: "Check indentation, quotes and colons in this line, and that no field stands twice.",
  });
