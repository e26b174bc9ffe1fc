import type { CommandRun, ImproveEdge } from "../improve/index.js";
import { visible } from "../shown.js";
import { notingListener } from "./dashboard.js";
import { type Io, lineWidth } from "./io.js";
import { coloursFor } from "./terminal/colours.js";
import { counted, duration, score } from "./terminal/figures.js";
import { noteText, warningText } from "./terminal/messages.js";
import { beforeStart, runFigures } from "./terminal/runFigures.js";
import { type ReportOptions, reportOutput } from "./terminal/runListener.js";
import { Screen } from "./terminal/screen.js";
import { statusLine } from "./terminal/statusLine.js";

/**
 * Runs a job of several training runs and shows its progress: a status line while a run goes on, and a line at its end. A warning
 * that several runs give is shown once. The first interruption stops the job after the present step.
 */
export async function followedRuns<T>(
  io: Io,
  options: ReportOptions,
  job: (edge: ImproveEdge) => Promise<T>,
): Promise<T> {
  io.outliveOutput();
  const { quiet } = options;
  const output = reportOutput(io, options);
  const screen = new Screen(output, io.env);
  const colours = coloursFor(output, io.env);
  const told = new Set<string>();
  const once = (text: string, isShown: boolean): void => {
    if (told.has(text)) return;
    told.add(text);
    if (isShown) screen.print(text);
  };
  const stopping = new AbortController();
  const release = io.onInterrupt(() => {
    screen.print("Stopping after this step and saving. Press Ctrl-C again to quit immediately.");
    stopping.abort();
  });
  const follow = async ({ title, start, recipe }: CommandRun) => {
    let figures = beforeStart;
    const status = () => {
      const before = `${title}  `;
      if (!quiet) screen.status((width) => before + statusLine(figures, Math.max(0, width - before.length)));
    };
    status();
    const run = start({
      listeners: [
        (event) => {
          figures = runFigures(figures, event);
          if (event.type === "warning") once(warningText(event, colours, lineWidth(output)), true);
          status();
        },
        await notingListener(recipe.output, io),
      ],
    });
    const result = await run.result();
    const f1 = result.metrics === undefined ? "" : `, F1 ${score(result.metrics.f1)}`;
    const line = `${visible(title)}: ${counted(result.steps, "step")} in ${duration(result.seconds)}${f1}`;
    screen.clear();
    if (!quiet && result.reason !== "stopped") screen.print(line);
    return result;
  };
  try {
    return await job({
      follow,
      signal: stopping.signal,
      say: (line) => once(noteText(line, colours, lineWidth(output)), !quiet),
    });
  } finally {
    screen.clear();
    release();
  }
}
