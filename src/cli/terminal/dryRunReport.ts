import type { DryRuns } from "../../improve/index.js";
import { visible } from "../../shown.js";
import type { DryRun } from "../../train/dryRun/figures.js";
import { count, counted, duration, epochs, memory } from "./figures.js";
import { wrapped } from "./wrapped.js";

/** Width of the labels before the facts. */
const LABEL = 11;

/** Formats the output of `nerium train --dry-run`. */
export function dryRunReport(figures: DryRun, width: number): string[] {
  const { runs, steps, evaluations, checkpoints, seconds, disk, measured } = figures;
  const inEpochs = figures.epochs === 1 ? "1 epoch" : `${epochs(figures.epochs)} epochs`;
  const times = runs === 1 ? "" : `${counted(runs, "run")} of `;
  const parts = [
    `training ${duration(seconds.training)}`,
    ...(seconds.evaluating > 0
      ? [
          `${runs * evaluations > 0 ? `${counted(runs * evaluations, "evaluation")} ` : "testing "}${duration(seconds.evaluating)}`,
        ]
      : []),
    `${checkpoints > 0 ? `${counted(runs * checkpoints, "checkpoint")} and the ` : "saving the "}${runs === 1 ? "model" : "models"} ${duration(seconds.saving)}`,
    `preparation ${duration(seconds.preparing)}`,
  ];
  const lines = [
    `steps      ${times}${count(steps)}, ${inEpochs}`,
    `time       about ${duration(Math.round(seconds.total))}: ${parts.join(", ")}`,
    `memory     about ${memory(figures.memory.peak)} of ${memory(figures.memory.usable)}`,
    `disk       at most ${memory(disk.peak)} of ${memory(disk.free)}, ${memory(disk.end)} at the end: model ${memory(disk.model)}${checkpoints > 0 ? `, checkpoint ${memory(disk.checkpoint)}` : ""}`,
    `measured   ${counted(measured.steps, "step")}, in ${duration(Math.round(measured.seconds))}. Nothing was trained.`,
  ];
  return lines.map((line) => wrapped(line, width, " ".repeat(LABEL)));
}

/** Formats what the runs of a command would take. */
export function dryRunsReport(
  { runs, seconds, memory: used, disk, kinds, measured }: DryRuns,
  width: number,
): string[] {
  const parts = kinds.map(
    ({ title, runs: own, one }) =>
      `${count(own)} × ${duration(Math.round(one.seconds.total))} (${visible(title)})`,
  );
  const lines = [
    `runs       ${count(runs)}`,
    `time       about ${duration(Math.round(seconds))}: ${parts.join(", ")}`,
    `memory     about ${memory(used.peak)} of ${memory(used.usable)}`,
    `disk       at most ${memory(disk.peak)} of ${memory(disk.free)}, ${memory(disk.end)} at the end`,
    `measured   in ${duration(Math.round(measured))}. Nothing was trained.`,
  ];
  return lines.map((line) => wrapped(line, width, " ".repeat(LABEL)));
}
