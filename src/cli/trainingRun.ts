import type { TrainListener, TrainResult, TrainRun } from "../run/driveRun.js";
import { visible } from "../shown.js";
import type { Io } from "./io.js";
import { type ReportOptions, type RunReporter, runReporter } from "./terminal/runListener.js";

/** Starts a run with the given listeners. */
export type StartRun<Run> = (options: { readonly listeners: readonly TrainListener[] }) => Run;

/**
 * Starts a run and reports it until its end. The first interruption stops the run cleanly and saves its
 * state. The run continues even if its output fails.
 */
export async function toldRun<Run extends Pick<TrainRun, "result" | "stop">>(
  io: Io,
  options: ReportOptions,
  start: StartRun<Run>,
): Promise<{ readonly result: Awaited<ReturnType<Run["result"]>>; readonly reporter: RunReporter }> {
  io.outliveOutput();
  const reporter = runReporter(io, options);
  const run = start({ listeners: [reporter.listener] });
  const release = io.onInterrupt(() => {
    reporter.say("Stopping after this step and saving. Press Ctrl-C again to quit immediately.");
    run.stop();
  });
  try {
    const result = (await run.result()) as Awaited<ReturnType<Run["result"]>>;
    reporter.summary(result);
    return { result, reporter };
  } finally {
    reporter.clear();
    release();
  }
}

/** The result of a run for JSON: metrics of a split that was not evaluated are null instead of absent. */
export const resultJson = (result: TrainResult) => ({
  ...result,
  metrics: result.metrics ?? null,
  testMetrics: result.testMetrics ?? null,
});

/** Quotes a word for a shell, if needed. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${visible(text).replaceAll("'", "'\\''")}'`;
