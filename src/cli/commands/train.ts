import { Option } from "commander";
// Help only needs the list of fields; modules that read recipes would load more.
import { type RecipeField, recipeFields } from "../../recipe/list.js";
import { newCommand, quietOption, withExamples } from "../command.js";
import { badUsage, badValue } from "../errors.js";
import type { Io } from "../io.js";
import { recipeFlags } from "../recipeFlags.js";
import { repeatedRun } from "../repeatedRun.js";
import { shellWord, toldRun } from "../trainingRun.js";

/** Flags of the command itself; all others are fields of the recipe. */
const OWN = new Set(["help", "quiet", "resume", "seeds", "results"]);

interface Own {
  readonly quiet?: boolean;
  readonly resume?: boolean;
  readonly seeds?: readonly number[];
  readonly results?: string;
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
    .addOption(
      new Option(
        "--seeds <list>",
        "Repeat the recipe with each of these seeds, such as 1,2,3, in folders seed-1, seed-2 … of the output, and tell mean and standard deviation. The same command goes on where it was interrupted: what is finished is not run again.",
      ).argParser(seedsOf),
    )
    .option(
      "--results <file>",
      "With --seeds: the file that gets a line of JSON for each finished run. Default: results.jsonl in the output folder.",
    )
    .addOption(quietOption());
  for (const field of recipeFields) if (field.type !== "section") command.addOption(fieldOption(field));
  command.action(async (file: string | undefined, { quiet = false, resume = false, seeds, results }: Own) => {
    const refuse = (what: string) => badUsage({ what, hint: undefined, command: name });
    if (results !== undefined && seeds === undefined) throw refuse("--results goes with --seeds");
    if (seeds !== undefined && "seed" in values) throw refuse("--seed and --seeds are given both");
    const { mergeRecipes, rawRecipe, readRecipeFile } = await import("../../recipe/index.js");
    const flags = rawRecipe(values, { kind: "flags" });
    const recipe = file === undefined ? flags : mergeRecipes(await readRecipeFile(file), flags);
    if (seeds !== undefined) return repeatedRun(recipe, seeds, { results, quiet }, io);
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
    "nerium train recipe.yaml --seeds 1,2,3 --output my-models",
    "nerium train recipe.yaml --learning-rate 3e-5 --num-train-epochs 3 --output my-model-2",
  );
  await command.parseAsync(rest, { from: "user" });
}

function seedsOf(text: string): number[] {
  const seeds = text.split(",").map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN));
  const isRight = seeds.every((seed) => seed < 2 ** 32) && new Set(seeds).size === seeds.length;
  if (!isRight) throw badValue("--seeds", text, "different whole numbers with commas between, such as 1,2,3");
  return seeds;
}

/** A recipe field in the help. Its value is removed from the arguments before this parser sees them. */
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

/** Writes 0.00005 as people do: 5e-5. */
const small = (value: number): string =>
  value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);

const nextSteps = (folder: string): string[] => [
  `next   nerium predict ${shellWord(folder)} "Angela Merkel visited Paris."`,
  `       nerium evaluate ${shellWord(folder)} FILE`,
];
