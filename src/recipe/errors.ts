import { NeriumError } from "../errors.js";

/** A recipe has a key that is not a field. */
export const unknownField = (where: string, name: string, meant: string | undefined) =>
  new NeriumError("RECIPE_UNKNOWN_FIELD", `there is no field ${name}`, {
    where,
    remedy: meant === undefined ? "see the list of fields: nerium train --help" : `did you mean ${meant}?`,
  });

/** A field is given under two names, with different values. */
export const fieldTwice = (where: string, name: string, other: string) =>
  new NeriumError("RECIPE_FIELD_TWICE", `${name} is given twice, the other time at ${other}`, {
    where,
    remedy: "keep one of them",
  });

/** A required field is missing. */
export const fieldMissing = (where: string, name: string, flag: string) =>
  new NeriumError("RECIPE_FIELD_MISSING", `${name} is missing`, {
    where,
    remedy: `give ${flag}, or ${name} in the recipe`,
  });

/** The value of a field has the wrong type or is out of range. */
export const fieldInvalid = (where: string, what: string, meant?: string) =>
  new NeriumError("RECIPE_FIELD_INVALID", what, {
    where,
    ...(meant !== undefined && { remedy: `did you mean ${meant}?` }),
  });

/** Two fields are valid on their own but do not go together. */
export const fieldsConflict = (where: string, what: string, remedy: string) =>
  new NeriumError("RECIPE_FIELDS_CONFLICT", what, { where, remedy });

/** An argument of Hugging Face's Trainer requests something that Nerium does not do. */
export const argumentNotSupported = (where: string, name: string, why: string) =>
  new NeriumError("RECIPE_NOT_SUPPORTED", `${name} is not supported: ${why}`, { where, remedy: "remove it" });

/** A file has no list of hyperparameters as in Trainer's model cards. */
export const cardUnreadable = (file: string) =>
  new NeriumError("RECIPE_CARD_UNREADABLE", "there is no list under a heading Training hyperparameters", {
    where: file,
    remedy: "give a model card that Hugging Face's Trainer, or Nerium, wrote",
  });

/** A recipe is not a map of fields. */
export const notAMap = (where: string) =>
  new NeriumError("RECIPE_NOT_A_MAP", "a recipe is a map of fields and values", {
    where,
    remedy: "write one `field: value` a line",
  });

/** A recipe file is not valid YAML. */
export const yamlInvalid = (where: string, what: string) =>
  new NeriumError("RECIPE_YAML_INVALID", `the recipe is not valid YAML: ${what}`, {
    where,
    remedy: "check indentation, quotes and colons at that line",
  });
