import type { DryRuns, DryRunsEdge } from "../improve/index.js";
import type { RawRecipe } from "../recipe/index.js";
import { type Io, lineWidth, writeJson, writeText } from "./io.js";
import { dryRunReport, dryRunsReport } from "./terminal/dryRunReport.js";
import { type ReportOptions, runReporter } from "./terminal/runListener.js";

/** Measures what a recipe would take, instead of training, and prints it. */
export async function measuredInstead(
  recipe: RawRecipe,
  runs: number,
  options: ReportOptions,
  io: Io,
): Promise<void> {
  const { dryRun } = await import("../train/index.js");
  const measure = (edge: DryRunsEdge) => dryRun(recipe, { runs, ...edge }).result();
  await printed(measure, dryRunReport, options, io);
}

/** Measures what a command that trains several models would take, and prints it. */
export const measuredRunsInstead = (
  measure: (edge: DryRunsEdge) => Promise<DryRuns>,
  options: ReportOptions,
  io: Io,
): Promise<void> => printed(measure, dryRunsReport, options, io);

async function printed<T extends object>(
  measure: (edge: DryRunsEdge) => Promise<T>,
  report: (figures: T, width: number) => string[],
  { quiet, json }: ReportOptions,
  io: Io,
): Promise<void> {
  const reporter = runReporter(io, { quiet, json });
  const stopping = new AbortController();
  const release = io.onInterrupt(() => stopping.abort());
  try {
    const figures = await measure({ listeners: [reporter.listener], signal: stopping.signal });
    reporter.clear();
    if (json) return await writeJson(io.stdout, figures);
    await writeText(io.stdout, `${report(figures, lineWidth(io.stdout)).join("\n")}\n`);
  } finally {
    reporter.clear();
    release();
  }
}
