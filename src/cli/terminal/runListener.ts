import type { TrainListener, TrainResult } from "../../run/driveRun.js";
import { type Io, lineWidth, type Output } from "../io.js";
import { coloursFor } from "./colours.js";
import { beforeStart, runFigures } from "./runFigures.js";
import { runLines } from "./runLines.js";
import { runSummary } from "./runSummary.js";
import { Screen } from "./screen.js";
import { statusLine } from "./statusLine.js";

/** Reports a training run to a terminal or a log. */
export interface RunReporter {
  readonly listener: TrainListener;
  /** Prints lines of the command itself. */
  say(...lines: readonly string[]): void;
  /** Removes the status line, because the run ended or failed. */
  clear(): void;
  /** Prints the summary at the end of the run. */
  summary(result: TrainResult): void;
}

/** Where a run is reported. */
export interface ReportOptions {
  /** Print only warnings, to standard error. */
  readonly quiet?: boolean | undefined;
  /** Print everything to standard error: standard output is for the result as JSON. */
  readonly json?: boolean | undefined;
}

/** Returns the stream for everything that is told about a run. */
export const reportOutput = (io: Io, { quiet, json }: ReportOptions): Output =>
  quiet || json ? io.stderr : io.stdout;

export function runReporter(io: Io, options: ReportOptions): RunReporter {
  const { quiet } = options;
  const output = reportOutput(io, options);
  const screen = new Screen(output, io.env);
  const colours = coloursFor(output, io.env);
  let figures = beforeStart;
  const showStatus = () => {
    if (!quiet) screen.status((width) => statusLine(figures, width));
  };
  showStatus();
  return {
    listener: (event) => {
      // The end of a run is reported by its summary or its error.
      if (event.type === "failed" || event.type === "closed") return;
      const before = figures;
      figures = runFigures(before, event);
      if (quiet && event.type !== "warning") return;
      const layout = { terminal: screen.hasStatus, width: lineWidth(output), colours };
      screen.print(...runLines(event, before, figures, layout));
      showStatus();
    },
    say: (...lines) => screen.print(...lines),
    clear: () => screen.clear(),
    summary: (result) => {
      screen.clear();
      if (!quiet) screen.print(...runSummary(figures, result, { width: lineWidth(output), colours }));
    },
  };
}
