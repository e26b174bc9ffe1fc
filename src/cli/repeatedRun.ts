import { join } from "node:path";
import type { RawRecipe } from "../recipe/index.js";
import type { ResultRow } from "../train/seeds/seeds.js";
import { notingListener } from "./dashboard.js";
import { badUsage } from "./errors.js";
import { type Io, writeJson } from "./io.js";
import { printWarning } from "./terminal/messages.js";
import { type ReportOptions, reportOutput } from "./terminal/runListener.js";
import { seedsReport, seedsSummary } from "./terminal/seedsReport.js";
import { toldRun } from "./trainingRun.js";

/**
 * Runs a recipe once per seed, one after the other. Adds a row per run to a results file and reports a
 * summary of all runs. After an interruption, no further run is started.
 */
export async function repeatedRun(
  input: RawRecipe,
  seeds: readonly number[],
  {
    results,
    recipeFile,
    ...options
  }: ReportOptions & { readonly results: string | undefined; readonly recipeFile: string | undefined },
  io: Io,
): Promise<void> {
  const [{ train }, { addResult, checkResults, resultRow, seedRuns }, { parseRecipe }] = await Promise.all([
    import("../train/index.js"),
    import("../train/seeds/seeds.js"),
    import("../recipe/index.js"),
  ]);
  const { recipe: all } = parseRecipe(input);
  const { output: folder, pushToHub } = all;
  if (pushToHub !== false)
    throw badUsage({
      what: "--push-to-hub cannot be combined with --seeds, which trains several models",
      hint: "Upload one of them afterwards: nerium push FOLDER NAME.",
      command: "nerium train",
    });
  const file = results ?? join(folder, "results.jsonl");
  await checkResults(file, all, recipeFile === undefined ? [] : [recipeFile]);
  const output = reportOutput(io, options);
  const say = (...lines: readonly string[]) => {
    if (!options.quiet) output.write(lines.map((line) => `${line}\n`).join(""));
  };
  const rows: ResultRow[] = [];
  let reason: ResultRow["reason"] = "finished";
  let isWarned = false;
  for (const { seed, input: own, recipe, resume } of await seedRuns(input, seeds)) {
    say(`seed ${seed} (${rows.length + 1} of ${seeds.length}), in ${recipe.output}`);
    const noting = await notingListener(recipe.output, io);
    const { result } = await toldRun(io, options, ({ listeners }) =>
      train(own, { listeners: [...listeners, noting], resume }),
    );
    if (result.reason === "stopped") {
      reason = result.reason;
      break;
    }
    const row = resultRow(recipe, result);
    const warning = await addResult(file, row);
    if (warning !== undefined && !isWarned) printWarning(io, warning.message, warning.code);
    isWarned ||= warning !== undefined;
    rows.push(row);
    say("");
  }
  if (options.json) return writeJson(io.stdout, { reason, results: file, ...seedsSummary(rows), runs: rows });
  if (reason === "stopped") say("", "To continue, run the same command again.");
  else say(...seedsReport(rows), "", `results  ${file}`);
}
