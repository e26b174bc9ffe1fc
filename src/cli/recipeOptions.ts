import { type Command, Option } from "commander";
// Help only needs the list of fields; modules that read recipes would load more.
import { type RecipeField, recipeFields } from "../recipe/list.js";
import type { RawRecipe } from "../recipe/raw.js";
import { badUsage } from "./errors.js";

/** A recipe field in the help. Its value is removed from the arguments before the parser sees them. */
function fieldOption({ kebab, type, choices, description, default: standard, group }: RecipeField): Option {
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

/** Fields that commands on training data set, or that have no use without validation data. */
export const ONLY_WITH_VALIDATION: ReadonlySet<string> = new Set([
  ...["train", "validation", "validationSplit", "test", "dataset", "datasetConfig", "maxEvalSamples"],
  ...["maxPredictSamples", "overwriteOutputDir", "force", "pushToHub", "hubModelId", "hubPrivateRepo"],
  ...["evalStrategy", "evalSteps", "saveStrategy", "saveSteps", "saveTotalLimit", "loadBestModelAtEnd"],
  ...["metricForBestModel", "greaterIsBetter", "earlyStoppingPatience", "earlyStoppingThreshold", "emaDecay"],
  ...["perDeviceEvalBatchSize", "datasetCache", "card", "cardStyle"],
  // They have seen the data that these commands hold out.
  ...["teachers", "distillationAlpha"],
]);

/** The option of commands that train several models. */
export const dryRunOption = (): Option =>
  new Option(
    "--dry-run",
    "Train nothing. Measure a few steps of one run of each kind, and print how much time, memory and disk space all would take.",
  );

/** Adds the options of all recipe fields but some to a command. */
export function addFieldOptions(command: Command, without: ReadonlySet<string> = new Set()): void {
  for (const field of recipeFields)
    if (field.type !== "section" && !without.has(field.key)) command.addOption(fieldOption(field));
}

/**
 * The recipe fields among the flags of a command that trains several models, and its output folder.
 *
 * @param without fields that cannot be given
 * @throws NeriumError CLI_USAGE
 */
export async function severalRunsFlags(
  values: Readonly<Record<string, string>>,
  { without, command }: { readonly without: ReadonlySet<string>; readonly command: string },
): Promise<{ readonly flags: RawRecipe; readonly output: string }> {
  const { rawRecipe } = await import("../recipe/index.js");
  const flags = rawRecipe(values, { kind: "flags" });
  for (const [key, entry] of flags.fields)
    if (without.has(key))
      throw badUsage({ what: `${entry.where()} cannot be used here`, hint: undefined, command });
  const output = flags.fields.get("output")?.value;
  if (typeof output !== "string")
    throw badUsage({
      what: "No output folder given",
      hint: "Add --output FOLDER for the models and the result.",
      command,
    });
  return { flags, output };
}
