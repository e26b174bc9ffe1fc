import { Option } from "commander";
import type { RecipeField } from "../recipe/list.js";

/** A recipe field in the help. Its value is removed from the arguments before the parser sees them. */
export function fieldOption({
  kebab,
  type,
  choices,
  description,
  default: standard,
  group,
}: RecipeField): Option {
  const value =
    type === "true or false" ? "" : ` <${type === "choice" ? "name" : type.replace("whole ", "")}>`;
  const option = new Option(`--${kebab}${value}`, description).helpGroup(`${group}:`);
  if (choices.length > 0) option.choices(choices);
  if (typeof standard === "number") option.default(standard, small(standard));
  else if (typeof standard === "string") option.default(standard);
  return option;
}

/** Writes 0.00005 as people do: 5e-5. */
const small = (value: number): string =>
  value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
