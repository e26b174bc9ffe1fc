import { Option } from "commander";
// Help needs the list of fields alone: reading recipes loads more.
import { type RecipeField, recipeFields } from "../../train/recipe/list.js";
import { newCommand, quietOption, withExamples } from "../command.js";
import type { Io } from "../io.js";
import { recipeFlags } from "../recipeFlags.js";
import { shellWord, toldRun } from "../trainingRun.js";

/** The command's own flags: all others are fields of the recipe. */
const OWN = new Set(["help", "quiet", "resume"]);

interface Own {
  readonly quiet?: boolean;
  readonly resume?: boolean;
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const name = "nerium train";
  const { values, rest } = recipeFlags(args, recipeFields, { own: OWN, command: name });
  const command = newCommand(name, io)
    .usage("[RECIPE.yaml] [--model … --train … --output …] [flags]")
    .description(
      "Fine-tunes a BERT or RoBERTa encoder for named-entity recognition; writes the model folder, its model card and the run's records. Fields of the recipe can all be given as flags, which win over the file. Hugging Face's spelling works too: --learning_rate, --model_name_or_path, --train_file, --output_dir …",
    )
    .argument("[RECIPE.yaml]", "a recipe: one field and its value a line, as in learning_rate: 2e-5")
    .option(
      "--resume",
      "Go on from the newest whole checkpoint in the output folder, to the same bytes as an unbroken run. Give the same recipe; --force goes on also with a changed one.",
    )
    .addOption(quietOption());
  for (const field of recipeFields) if (field.type !== "section") command.addOption(fieldOption(field));
  command.action(async (file: string | undefined, { quiet = false, resume = false }: Own) => {
    const { mergeRecipes, rawRecipe, readRecipeFile } = await import("../../train/recipe.js");
    const flags = rawRecipe(values, { kind: "flags" });
    const recipe = file === undefined ? flags : mergeRecipes(await readRecipeFile(file), flags);
    const { train } = await import("../../train/index.js");
    const { result, reporter } = await toldRun(io, quiet, (options) => train(recipe, { ...options, resume }));
    if (quiet) return;
    if (result.reason === "stopped") reporter.say("", "The same command with --resume goes on from here.");
    else reporter.say(...nextSteps(result.folder));
  });
  withExamples(
    command,
    "nerium train --model bert-base-cased --train train.conll --validation valid.conll \\\n--output my-model",
    "nerium train recipes/roberta-large_ner_conll2003.yaml \\\n--model ./roberta-large --output my-model",
    "nerium train recipe.yaml --output my-model --resume",
    "nerium train recipe.yaml --learning-rate 3e-5 --num-train-epochs 3 --output my-model-2",
  );
  await command.parseAsync(rest, { from: "user" });
}

/** A field of the recipe in the help. Its value is taken out of the arguments before this parser sees them. */
function fieldOption({ kebab, type, choices, description, default: standard, group }: RecipeField): Option {
  const value =
    type === "true or false" ? "" : ` <${type === "choice" ? "name" : type.replace("whole ", "")}>`;
  const option = new Option(`--${kebab}${value}`, withFacts(description, choices, standard));
  return option.helpGroup(`${group}:`);
}

function withFacts(description: string, choices: readonly string[], standard: unknown): string {
  const isShown = typeof standard === "number" || typeof standard === "string";
  return [
    description,
    ...(choices.length === 0 ? [] : [`One of ${choices.join(", ")}.`]),
    ...(isShown ? [`Default: ${typeof standard === "number" ? small(standard) : standard}.`] : []),
  ].join(" ");
}

/** 0.00005 as people write it: 5e-5. */
const small = (value: number): string =>
  value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);

const nextSteps = (folder: string): string[] => [
  `next   nerium predict ${shellWord(folder)} "Angela Merkel visited Paris."`,
  `       nerium evaluate ${shellWord(folder)} FILE`,
];
