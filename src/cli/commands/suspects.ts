import type { Command, Option } from "commander";
import type { WriteAnnotatedOptions } from "../../data/index.js";
import type { FoundSuspects, Suspect } from "../../improve/index.js";
// Help only needs the list of fields; modules that read recipes would load more.
import { recipeFields } from "../../recipe/list.js";
import { newCommand } from "../command.js";
import { measuredRunsInstead } from "../dryRun.js";
import { badUsage } from "../errors.js";
import { followedRuns } from "../followedRuns.js";
import { toOption } from "../formatOptions.js";
import { type Io, lineWidth, writeJson, writeText } from "../io.js";
import { choiceOption, jsonOption, numberOption, quietOption, wholeNumberOption } from "../options.js";
import { recipeFlags } from "../recipeFlags.js";
import { addFieldOptions, dryRunOption, ONLY_WITH_VALIDATION, severalRunsFlags } from "../recipeOptions.js";
import { coloursFor } from "../terminal/colours.js";
import { isOpen, suspectsReport } from "../terminal/suspectsReport.js";

const NAME = "nerium data suspects";

/** Flags of the command itself; all others are fields of the recipe. */
const OWN = new Set([
  ...["help", "json", "quiet", "recipe", "folds", "examples", "export", "to", "tags", "force", "dry-run"],
]);

interface Own {
  readonly json?: true;
  readonly quiet?: true;
  readonly recipe?: string;
  readonly folds: number;
  readonly examples: number;
  readonly export?: string;
  readonly to?: string;
  readonly tags?: "gold" | "proposed";
  readonly force?: true;
  readonly dryRun?: true;
}

export function suspectsCommand(io: Io): Command {
  const command = newCommand("suspects", io, {
    examples: [
      "nerium data suspects train.conll --model bert-base-cased --output suspects",
      "nerium data suspects train.conll --recipe recipe.yaml --folds 10 --output suspects",
      "nerium data suspects train.conll --model bert-base-cased --output suspects --export tasks.json --to label-studio",
    ],
  })
    .summary("Find likely label errors in training data.")
    .description(
      "Find likely label errors: train a model on all folds of the data but one, in turn, and compare the tags of each sentence with what a model predicts that has not seen it (confident learning). Documents and equal sentences stay in one fold. After an interruption, the same command continues.",
    )
    .argument("<TRAIN>", "Training data: a file or folder.")
    .optionsGroup("Search:")
    .option("--recipe <file>", "Recipe file that says how to train. Options override it.")
    .addOption(
      numberOption(
        "--folds <number>",
        "a whole number of 2 or more",
        "Number of folds, and of models to train.",
      ).default(5),
    )
    .addOption(dryRunOption())
    .optionsGroup("Output:")
    .addOption(wholeNumberOption("--examples <number>", 0, "Sentences to show.").default(20))
    .option(
      "--export <file>",
      "Also write the suspect sentences that are not decided yet to this file, the most likely errors first, for review in another tool.",
    )
    .addOption(
      toOption("Format of --export, such as doccano or label-studio. Default: that of its extension."),
    )
    .addOption(
      choiceOption("--tags <which>", ["gold", "proposed"], "Tags to write with --export. Default: proposed."),
    )
    .option("--force", "Overwrite the file of --export.")
    .addOption(jsonOption());
  addFieldOptions(command, ONLY_WITH_VALIDATION);
  return command.addOption(quietOption() as Option);
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const { values, rest } = recipeFlags(args, recipeFields, { own: OWN, command: NAME });
  await suspectsCommand(io)
    .name(NAME)
    .action((train: string, own: Own) => searched(train, values, own, io))
    .parseAsync(rest, { from: "user" });
}

async function searched(
  train: string,
  values: Readonly<Record<string, string>>,
  own: Own,
  io: Io,
): Promise<void> {
  const { json, quiet, folds, examples } = own;
  for (const name of ["to", "tags"] as const)
    if (own[name] !== undefined && own.export === undefined)
      throw badUsage({ what: `--${name} needs --export`, hint: undefined, command: NAME });
  const { flags, output } = await severalRunsFlags(values, { without: ONLY_WITH_VALIDATION, command: NAME });
  const [
    { mergeRecipes, rawRecipe, readRecipeFile },
    { findSuspects, findSuspectsDryRun, requireNotOfSearch },
  ] = await Promise.all([import("../../recipe/index.js"), import("../../improve/index.js")]);
  const given = mergeRecipes(flags, rawRecipe({ train }, { kind: "object" }));
  const recipe = own.recipe === undefined ? given : mergeRecipes(await readRecipeFile(own.recipe), given);
  if (own.dryRun)
    return measuredRunsInstead((edge) => findSuspectsDryRun(recipe, folds, edge), { quiet, json }, io);
  const others = own.recipe === undefined ? [] : [own.recipe];
  const about = { to: own.to, force: own.force ?? false, input: train, others };
  if (own.export !== undefined) {
    const { checkAnnotated } = await import("../../data/index.js");
    await checkAnnotated(own.export, about);
    await requireNotOfSearch(own.export, output);
  }
  const found = await followedRuns(io, { quiet, json }, (edge) => findSuspects(recipe, { folds, ...edge }));
  if (own.export !== undefined) await exported(own.export, found, own.tags ?? "proposed", about);
  if (json) return writeJson(io.stdout, found);
  const layout = { width: lineWidth(io.stdout), colours: coloursFor(io.stdout, io.env) };
  await writeText(io.stdout, `${suspectsReport(found, { ...layout, examples, output }).join("\n")}\n`);
}

async function exported(
  file: string,
  { suspects }: FoundSuspects,
  tags: "gold" | "proposed",
  about: WriteAnnotatedOptions,
): Promise<void> {
  const { writeAnnotated } = await import("../../data/index.js");
  const sentences = suspects.filter(isOpen).map((suspect: Suspect) => ({
    words: suspect.words,
    tags: suspect[tags],
    document: suspect.sentence,
    line: suspect.line,
    file: suspect.file,
  }));
  const scheme = suspects.some(({ gold }) => gold.some((tag) => /^[BI]-/.test(tag))) ? "IOB2" : "IO";
  await writeAnnotated(file, sentences, scheme, about);
}
