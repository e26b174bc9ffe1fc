import type { DryRuns, DryRunsEdge } from "../improve/index.js";
import type { RawRecipe } from "../recipe/index.js";
import { type Io, lineWidth, writeJson, writeText } from "./io.js";
import { dryRunReport, dryRunsReport } from "./terminal/dryRunReport.js";
import { printWarning } from "./terminal/messages.js";
import { type ReportOptions, runReporter } from "./terminal/runListener.js";

/** Measures what a recipe would take, or several runs of it with different seeds, instead of training, and prints it. */
export async function measuredInstead(
  recipe: RawRecipe,
  seeds: readonly number[] | undefined,
  options: ReportOptions,
  io: Io,
): Promise<void> {
  const { dryRun } = await import("../train/index.js");
  const runs = seeds?.length ?? 1;
  if (seeds !== undefined) await tellFound(recipe, seeds, io);
  const measure = (edge: DryRunsEdge) => dryRun(recipe, { runs, ...edge }).result();
  await printed(measure, dryRunReport, options, io);
}

/** Says what is already in the folders of the runs. */
async function tellFound(recipe: RawRecipe, seeds: readonly number[], io: Io): Promise<void> {
  const [{ seedRuns }, { outputWarning }] = await Promise.all([
    import("../train/seeds/seeds.js"),
    import("../train/dryRun/dryRunEvents.js"),
  ]);
  for (const run of await seedRuns(recipe, seeds)) {
    const message = `${run.recipe.output} contains a run, which training would continue. The figures are for a new one.`;
    const warning = run.resume ? { code: "OUTPUT_CONTINUED", message } : await outputWarning(run.recipe);
    if (warning !== undefined) printWarning(io, warning.message, warning.code);
  }
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
