import type { RawRecipe } from "../recipe/index.js";
import { type Io, lineWidth, writeJson, writeText } from "./io.js";
import { dryRunReport } from "./terminal/dryRunReport.js";
import { type ReportOptions, runReporter } from "./terminal/runListener.js";

/** Measures what a recipe would take, instead of training, and prints it. */
export async function measuredInstead(
  recipe: RawRecipe,
  runs: number,
  { quiet, json }: ReportOptions,
  io: Io,
): Promise<void> {
  const { dryRun } = await import("../train/index.js");
  const reporter = runReporter(io, { quiet, json });
  const run = dryRun(recipe, { runs, listeners: [reporter.listener] });
  const release = io.onInterrupt(() => run.stop());
  try {
    const figures = await run.result();
    reporter.clear();
    if (json) return await writeJson(io.stdout, figures);
    await writeText(io.stdout, `${dryRunReport(figures, lineWidth(io.stdout)).join("\n")}\n`);
  } finally {
    reporter.clear();
    release();
  }
}
