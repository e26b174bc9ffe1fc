import { type Command, Option } from "commander";
import { fits } from "../../optionKinds.js";
// Help only needs the list of fields; modules that read recipes would load more.
import { recipeFields } from "../../recipe/list.js";
import { newCommand } from "../command.js";
import { measuredRunsInstead } from "../dryRun.js";
import { badValue } from "../errors.js";
import { followedRuns } from "../followedRuns.js";
import { type Io, lineWidth, writeJson, writeText } from "../io.js";
import { jsonOption, quietOption, seedsOption } from "../options.js";
import { recipeFlags } from "../recipeFlags.js";
import { addFieldOptions, dryRunOption, ONLY_WITH_VALIDATION, severalRunsFlags } from "../recipeOptions.js";
import { curveReport } from "../terminal/curveReport.js";

const NAME = "nerium data curve";

/** Flags of the command itself; all others are fields of the recipe. */
const OWN = new Set(["help", "json", "quiet", "recipe", "shares", "seeds", "dry-run"]);

interface Own {
  readonly json?: true;
  readonly quiet?: true;
  readonly recipe?: string;
  readonly shares: readonly number[];
  readonly seeds?: readonly number[];
  readonly dryRun?: true;
}

export function curveCommand(io: Io): Command {
  const command = newCommand("curve", io, {
    examples: [
      "nerium data curve train.conll --model bert-base-cased --output curve",
      "nerium data curve train.conll --recipe recipe.yaml --shares 5,10,20,40,80 --seeds 1,2,3,4,5 --output curve",
    ],
  })
    .summary("Measure what more training data brings.")
    .description(
      "Hold a part of the data out, train models on 10, 20, 40 and 80% of the data, and score each on the part that was held out: F1 with intervals, by type, and what 100 more sentences would bring. Documents stay whole. After an interruption, the same command continues.",
    )
    .argument("<TRAIN>", "Training data: a file or folder.")
    .optionsGroup("Curve:")
    .option("--recipe <file>", "Recipe file that says how to train. Options override it.")
    .addOption(
      new Option(
        "--shares <list>",
        "Parts of the data to train on, in percent. Models are scored on what the largest part leaves.",
      )
        .argParser(sharesOf)
        .default([0.1, 0.2, 0.4, 0.8], "10,20,40,80"),
    )
    .addOption(
      seedsOption(
        "Train once per seed for each part, with other sentences. Default: the seed of the recipe and the two after it.",
      ),
    )
    .addOption(dryRunOption())
    .optionsGroup("Output:")
    .addOption(jsonOption());
  addFieldOptions(command, ONLY_WITH_VALIDATION);
  return command.addOption(quietOption());
}

function sharesOf(text: string): number[] {
  const shares = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part) / 100));
  if (fits(shares, "a list of rising shares below 1")) return shares;
  throw badValue("--shares", text, "rising numbers above 0 and below 100, such as 10,20,40,80");
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const { values, rest } = recipeFlags(args, recipeFields, { own: OWN, command: NAME });
  await curveCommand(io)
    .name(NAME)
    .action((train: string, own: Own) => measured(train, values, own, io))
    .parseAsync(rest, { from: "user" });
}

async function measured(
  train: string,
  values: Readonly<Record<string, string>>,
  { json, quiet, recipe: file, shares, seeds, dryRun }: Own,
  io: Io,
): Promise<void> {
  const { flags } = await severalRunsFlags(values, { without: ONLY_WITH_VALIDATION, command: NAME });
  const [{ mergeRecipes, rawRecipe, readRecipeFile }, { learningCurve, learningCurveDryRun }] =
    await Promise.all([import("../../recipe/index.js"), import("../../improve/index.js")]);
  const given = mergeRecipes(flags, rawRecipe({ train }, { kind: "object" }));
  const recipe = file === undefined ? given : mergeRecipes(await readRecipeFile(file), given);
  const options = { shares, ...(seeds && { seeds }) };
  if (dryRun)
    return measuredRunsInstead((edge) => learningCurveDryRun(recipe, options, edge), { quiet, json }, io);
  const found = await followedRuns(io, { quiet, json }, (edge) =>
    learningCurve(recipe, { ...options, ...edge }),
  );
  if (json) return writeJson(io.stdout, found);
  await writeText(io.stdout, `${curveReport(found, lineWidth(io.stdout)).join("\n")}\n`);
}
