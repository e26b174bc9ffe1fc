import { join } from "node:path";
import type { RawRecipe } from "../recipe/index.js";
import type { ResultRow } from "../train/seeds/seeds.js";
import { badUsage } from "./errors.js";
import type { Io } from "./io.js";
import { seedsReport } from "./terminal/seedsReport.js";
import { toldRun } from "./trainingRun.js";

/**
 * Runs a recipe once per seed, one after the other. Adds a row per run to a results file and reports a
 * summary of all runs. An interruption ends the current run and starts no more.
 */
export async function repeatedRun(
  input: RawRecipe,
  seeds: readonly number[],
  { results, quiet }: { readonly results: string | undefined; readonly quiet: boolean },
  io: Io,
): Promise<void> {
  const [{ train }, { addResult, resultRow, seedRuns }, { parseRecipe }] = await Promise.all([
    import("../train/index.js"),
    import("../train/seeds/seeds.js"),
    import("../recipe/index.js"),
  ]);
  const { output, pushToHub } = parseRecipe(input).recipe;
  if (pushToHub !== false)
    throw badUsage({
      what: "--push-to-hub uploads one model, and --seeds makes several",
      hint: "Upload one afterwards: nerium push FOLDER NAME.",
      command: "nerium train",
    });
  const file = results ?? join(output, "results.jsonl");
  const rows: ResultRow[] = [];
  for (const { seed, input: own, recipe, resume } of await seedRuns(input, seeds)) {
    if (!quiet) io.stdout.write(`seed ${seed}, ${rows.length + 1} of ${seeds.length}, in ${recipe.output}\n`);
    const { result, reporter } = await toldRun(io, quiet, (options) => train(own, { ...options, resume }));
    if (result.reason === "stopped") {
      if (!quiet) reporter.say("", "The same command goes on from here.");
      return;
    }
    const row = resultRow(recipe, result);
    await addResult(file, row);
    rows.push(row);
    if (!quiet) reporter.say("");
  }
  if (!quiet) io.stdout.write(`${[...seedsReport(rows), "", `rows  ${file}`].join("\n")}\n`);
}
