import type { Command } from "commander";
import type { SweepRange, SweepSpace } from "../../improve/index.js";
// Help only needs the list of fields; modules that read recipes would load more.
import { recipeFields } from "../../recipe/list.js";
import type { RawRecipe } from "../../recipe/raw.js";
import { newCommand } from "../command.js";
import { measuredRunsInstead } from "../dryRun.js";
import { badValue } from "../errors.js";
import { followedRuns } from "../followedRuns.js";
import { type Io, lineWidth, writeJson, writeText } from "../io.js";
import { jsonOption, numberOption, quietOption, seedsOption } from "../options.js";
import { recipeFlags } from "../recipeFlags.js";
import { addFieldOptions, dryRunOption, severalRunsFlags } from "../recipeOptions.js";
import { sweepReport } from "../terminal/sweepReport.js";

const NAME = "nerium sweep";

/** Flags of the command itself; all others are fields of the recipe. */
const OWN = new Set(["help", "json", "quiet", "space", "trials", "seeds", "halving", "dry-run"]);

/** Fields that the command sets, or that have no use in it. */
const SET = new Set([
  ...["validationSplit", "test", "dataset", "datasetConfig", "datasetCache", "maxPredictSamples"],
  ...["overwriteOutputDir", "force", "pushToHub", "hubModelId", "hubPrivateRepo"],
  ...["saveStrategy", "saveSteps", "saveTotalLimit", "card", "cardStyle"],
]);

interface Own {
  readonly json?: true;
  readonly quiet?: true;
  readonly space?: readonly string[];
  readonly trials?: number;
  readonly seeds?: readonly number[];
  readonly halving?: true;
  readonly dryRun?: true;
}

export function define(io: Io): Command {
  const command = newCommand(NAME, io, {
    examples: [
      "nerium sweep recipe.yaml --space learning_rate=2e-5,5e-5 --space num_train_epochs=3,5 --output sweep",
      "nerium sweep recipe.yaml --space learning_rate=1e-5..1e-4 --trials 12 --halving --output sweep",
      "nerium sweep recipe.yaml --space crf=true,false --seeds 1,2,3 --output sweep",
    ],
  })
    .description(
      "Try values of recipe fields: train a model for each setting and seed, compare them on the validation data with the paired bootstrap, and write the recipe of the best one. After an interruption, the same command continues.",
    )
    .argument("[RECIPE.yaml]", "Recipe file. Its map sweep can contain the search space.")
    .optionsGroup("Search:")
    .option(
      "--space <field=values>",
      "A recipe field and the values to try, separated by commas; with --trials also a range such as 1e-5..1e-4. Give it once per field.",
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .addOption(
      numberOption(
        "--trials <number>",
        "a whole number of 1 or more",
        "Try so many random settings. Default: all combinations.",
      ),
    )
    .addOption(
      seedsOption("Train each setting once per seed, such as 1,2,3. Default: the seed of the recipe."),
    )
    .option(
      "--halving",
      "Stop the worse half of the settings after a quarter of their steps, and again after half of them.",
    )
    .addOption(dryRunOption())
    .optionsGroup("Output:")
    .addOption(jsonOption());
  addFieldOptions(command, SET);
  return command.addOption(quietOption());
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const { values, rest } = recipeFlags(args, recipeFields, { own: OWN, command: NAME });
  await define(io)
    .action((file: string | undefined, own: Own) => searched(file, values, own, io))
    .parseAsync(rest, { from: "user" });
}

async function searched(
  file: string | undefined,
  values: Readonly<Record<string, string>>,
  { json, quiet, space, trials, seeds, halving, dryRun }: Own,
  io: Io,
): Promise<void> {
  const [{ mergeRecipes, rawRecipe, readRecipeFile }, { sweep, sweepDryRun }] = await Promise.all([
    import("../../recipe/index.js"),
    import("../../improve/index.js"),
  ]);
  const { flags } = await severalRunsFlags(values, { without: SET, command: NAME });
  const recipe = file === undefined ? flags : mergeRecipes(await readRecipeFile(file), flags);
  const asked = space && spaceOf(space, (fields) => rawRecipe(fields, { kind: "flags" }));
  const options = {
    ...(asked && { space: asked }),
    ...(trials !== undefined && { trials }),
    ...(seeds && { seeds }),
    ...(halving && { halving }),
  };
  if (dryRun) return measuredRunsInstead((edge) => sweepDryRun(recipe, options, edge), { quiet, json }, io);
  const found = await followedRuns(io, { quiet, json }, (edge) => sweep(recipe, { ...edge, ...options }));
  if (json) return writeJson(io.stdout, found);
  await writeText(io.stdout, `${sweepReport(found, lineWidth(io.stdout)).join("\n")}\n`);
}

/** The search space that `--space` says: `learning_rate=1e-5,3e-5` or `learning_rate=1e-5..3e-5`. */
function spaceOf(
  texts: readonly string[],
  read: (fields: Readonly<Record<string, string>>) => RawRecipe,
): SweepSpace {
  const space: Record<string, readonly unknown[] | SweepRange> = {};
  for (const text of texts) {
    const [, name, values] = /^([\w-]+)=(.+)$/s.exec(text) ?? [];
    if (name === undefined || values === undefined)
      throw badValue("--space", text, "a field and values, such as learning_rate=1e-5,3e-5");
    if (name in space) throw badValue("--space", text, "given once per field");
    const range = /^([-+\d.e]+?)\.\.([-+\d.e]+)$/i.exec(values);
    if (range) space[name] = { from: Number(range[1]), to: Number(range[2]) };
    else
      space[name] = values
        .split(",")
        .map((value) => [...read({ [name]: value.trim() }).fields.values()][0]?.value ?? value.trim());
  }
  return space;
}
