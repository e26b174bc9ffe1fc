import { stat } from "node:fs/promises";
import type { Command } from "commander";
import { launchOf } from "../../collective/launch.js";
// Help only needs the list of fields; modules that read recipes would load more.
import { recipeFields } from "../../recipe/list.js";
import type { RawRecipe } from "../../recipe/raw.js";
import { newCommand } from "../command.js";
import {
  DASHBOARD_PORT,
  type DashboardFlags,
  dashboardPortOption,
  notingListener,
  openDashboard,
} from "../dashboard.js";
import { measuredInstead } from "../dryRun.js";
import { badUsage } from "../errors.js";
import { type Io, writeJson } from "../io.js";
import { jsonOption, quietOption, seedsOption } from "../options.js";
import { recipeFlags } from "../recipeFlags.js";
import { addFieldOptions } from "../recipeOptions.js";
import { repeatedRun } from "../repeatedRun.js";
import { reportOutput } from "../terminal/runListener.js";
import { resultJson, shellWord, toldRun } from "../trainingRun.js";

const NAME = "nerium train";

/** Flags of the command itself; all others are fields of the recipe. */
const OWN = new Set([
  ...["help", "json", "quiet", "resume", "seeds", "results", "dry-run"],
  ...["dashboard", "dashboard-port"],
]);

interface Own extends DashboardFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly resume?: boolean;
  readonly seeds?: readonly number[];
  readonly results?: string;
  readonly dryRun?: boolean;
}

export function define(io: Io): Command {
  const command = newCommand(NAME, io, {
    examples: [
      "nerium train --model bert-base-cased --train train.conll --validation valid.conll --output my-model",
      "nerium train recipes/roberta-large_ner_conll2003.yaml --output my-model",
      "nerium train --output my-model --resume",
      "nerium train recipe.yaml --output my-model --dry-run",
      "nerium train recipe.yaml --seeds 1,2,3 --output my-models",
      "nerium train recipe.yaml --learning-rate 3e-5 --num-train-epochs 3 --output my-model-2",
    ],
  })
    .description(
      "Fine-tune a transformer encoder, such as BERT, for named-entity recognition, and write the model folder, its card and the records of the run. Every recipe field is also an option; options override the recipe file. Hugging Face's spelling works too: --learning_rate, --model_name_or_path, --train_file, --output_dir.",
    )
    .argument("[RECIPE.yaml]", "Recipe file with one field per line, such as learning_rate: 2e-5.")
    .optionsGroup("Run:")
    .option(
      "--resume",
      "Continue from the latest complete checkpoint in the output folder. The result is the same, byte for byte, as without the interruption. Give the same recipe, or only --output: the folder contains the recipe. --force continues with a changed one.",
    )
    .addOption(
      seedsOption(
        "Train once per seed, such as 1,2,3, in the subfolders seed-1, seed-2 and so on of the output folder, and report mean and standard deviation. After an interruption, the same command continues and skips finished runs.",
      ),
    )
    .option(
      "--results <file>",
      "With --seeds: file to which a line of JSON is added for each finished run. Default: results.jsonl in the output folder.",
    )
    .option(
      "--dry-run",
      "Train nothing. Measure a few steps, an evaluation and a checkpoint, and print how many steps, how much time, memory and disk space the run would take. If it cannot fit, the error names a setting that would. Also with --seeds.",
    )
    .option(
      "--dashboard",
      "Show curves of the run in the browser while it trains. Only this machine can open the page. nerium dashboard FOLDER shows the same of any run.",
    )
    .addOption(
      dashboardPortOption(
        "--dashboard-port <number>",
        `Port of --dashboard; 0 chooses a free one. Default: ${DASHBOARD_PORT}, or a free one if that is in use.`,
      ),
    )
    .addOption(jsonOption());
  addFieldOptions(command);
  return command.addOption(quietOption());
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const { values, rest } = recipeFlags(args, recipeFields, { own: OWN, command: NAME });
  await define(io)
    .action((file: string | undefined, own: Own) => trained(file, values, own, io))
    .parseAsync(rest, { from: "user" });
}

async function trained(
  file: string | undefined,
  values: Readonly<Record<string, string>>,
  { quiet, json, resume = false, seeds, results, dryRun = false, ...shown }: Own,
  io: Io,
): Promise<void> {
  const refuse = (what: string) => badUsage({ what, hint: undefined, command: NAME });
  if (results !== undefined && seeds === undefined) throw refuse("--results needs --seeds");
  if (seeds !== undefined && "seed" in values) throw refuse("--seed cannot be combined with --seeds");
  if (dryRun && resume) throw refuse("--dry-run cannot be combined with --resume");
  if (dryRun && shown.dashboard) throw refuse("--dry-run cannot be combined with --dashboard");
  if (shown.dashboardPort !== undefined && !shown.dashboard)
    throw refuse("--dashboard-port needs --dashboard");
  const launch = launchOf(io.env);
  if (launch !== undefined && (seeds !== undefined || dryRun))
    throw refuse(`${dryRun ? "--dry-run" : "--seeds"} cannot be combined with mpiexec or srun`);
  const isFirst = (launch?.rank ?? 0) === 0;
  const { mergeRecipes, parseRecipe, rawRecipe, readRecipeFile } = await import("../../recipe/index.js");
  const flags = rawRecipe(values, { kind: "flags" });
  if (file !== undefined && (await stat(file).catch(() => undefined))?.isDirectory())
    throw badUsage({
      what: `${file} is a folder, not a recipe`,
      hint: "To continue a run, name its output folder: nerium train --output FOLDER --resume.",
      command: NAME,
    });
  const resumed = resume && file === undefined ? await startedRecipe(flags) : undefined;
  const base = file === undefined ? resumed : await readRecipeFile(file);
  const recipe = base === undefined ? flags : mergeRecipes(base, flags);
  if (dryRun) return measuredInstead(recipe, seeds, { quiet, json }, io);
  const { output } = parseRecipe(recipe).recipe;
  const told = reportOutput(io, { quiet, json });
  const say = (line: string) => void (quiet || told.write(`${line}\n`));
  const dashboard = isFirst ? await openDashboard(output, shown, { io, say }) : undefined;
  try {
    if (seeds !== undefined)
      return await repeatedRun(recipe, seeds, { results, recipeFile: file, quiet, json }, io);
    const { train } = await import("../../train/index.js");
    // Before the run handles signals: while MPI waits for the other processes, it could not.
    if (launch !== undefined) await (await import("../../collective/open.js")).openCollective();
    const noting = isFirst ? [await notingListener(output, io)] : [];
    const { result, reporter } = await toldRun(io, { quiet, json }, ({ listeners }) =>
      train(recipe, { listeners: [...listeners, ...noting], resume }),
    );
    if (json) return await writeJson(io.stdout, resultJson(result));
    if (quiet) return;
    if (result.reason === "stopped")
      reporter.say("", `To continue: nerium train --output ${shellWord(result.folder)} --resume`);
    else reporter.say(...nextSteps(result.folder));
  } finally {
    await dashboard?.close();
  }
}

/** Returns the recipe that the output folder was started with, if the flags name no model. */
async function startedRecipe({ fields }: RawRecipe): Promise<RawRecipe | undefined> {
  const output = fields.get("output")?.value;
  if (fields.has("model") || typeof output !== "string") return undefined;
  const { rawRecipe, recordedRecipe } = await import("../../recipe/index.js");
  const recorded = await recordedRecipe(output);
  if (recorded === undefined) throw (await import("../../train/errors.js")).noCheckpoint(output);
  return rawRecipe(recorded, { kind: "object", name: `the recipe in ${output}` });
}

const nextSteps = (folder: string): string[] => [
  `next   nerium predict ${shellWord(folder)} "Angela Merkel visited Paris."`,
  `       nerium evaluate ${shellWord(folder)} FILE`,
];
