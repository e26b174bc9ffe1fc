import type { TrainListener, TrainResult } from "../../run/driveRun.js";
import type { Io } from "../io.js";
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

/** @param quiet print only warnings, to standard error */
export function runReporter(io: Io, { quiet }: { readonly quiet: boolean }): RunReporter {
  const output = quiet ? io.stderr : io.stdout;
  const screen = new Screen(output);
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
      const layout = { terminal: screen.isTerminal, width: screen.width, colours };
      screen.print(...runLines(event, before, figures, layout));
      showStatus();
    },
    say: (...lines) => screen.print(...lines),
    clear: () => screen.clear(),
    summary: (result) => {
      screen.clear();
      if (!quiet)
        screen.print(
          ...runSummary(figures, result, { width: summaryWidth(output.isTTY, screen.width), colours }),
        );
    },
  };
}

/** A log has no width, so its reports are printed side by side. */
const summaryWidth = (terminal: boolean | undefined, width: number): number =>
  terminal ? width : Number.POSITIVE_INFINITY;
