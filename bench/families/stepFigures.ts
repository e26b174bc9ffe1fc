import { execFileSync } from "node:child_process";
import { join } from "node:path";

export interface StepFigures {
  /** Median time of a training step. */
  readonly seconds: number;
  readonly peakBytes: number;
  /** Time and peak memory as parts of PyTorch's; null without it. */
  readonly ratio: number | null;
  readonly peakRatio: number | null;
}

/** Runs bench/train-step in a process of its own. */
export function stepFigures(args: readonly string[]): StepFigures {
  const program = join(import.meta.dirname, "..", "train-step", "run.ts");
  const output = execFileSync(process.execPath, ["--import", "tsx", program, "--json", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(output.trim().split("\n").at(-1)!) as StepFigures;
}
