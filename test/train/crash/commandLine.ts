import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Ended, Running } from "../../cli/program.js";
import type { tinyModel } from "../tinyModel.js";

/**
 * Flags of a run that ends within seconds: steps with two batches, with dropout.
 *
 * @param changes flags without hyphens, which are added or replace those here
 */
export const trainFlags = (
  tiny: Pick<Awaited<ReturnType<typeof tinyModel>>, "encoder" | "files">,
  output: string,
  changes: Readonly<Record<string, string | number>> = {},
): string[] => {
  const flags = {
    model: tiny.encoder,
    output,
    threads: 2,
    train: tiny.files.train,
    validation: tiny.files.validation,
    "max-train-samples": 48,
    "max-eval-samples": 16,
    "num-train-epochs": 4,
    "per-device-train-batch-size": 4,
    "gradient-accumulation-steps": 2,
    "learning-rate": 3e-3,
    "eval-strategy": "epoch",
    "save-strategy": "steps",
    "logging-steps": 2,
    ...changes,
  };
  return [
    "train",
    "--quiet",
    ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
  ];
};

/** The number of steps in such a run, and in each of its epochs. */
export const STEPS = 24;
export const STEPS_PER_EPOCH = 6;

/** Waits for a running process to write a path. Throws if the process ends without it. */
export async function appeared(path: string, running: Running): Promise<void> {
  let ended: Ended | undefined;
  void running.ended.then((how) => {
    ended = how;
  });
  while (!existsSync(path)) {
    if (ended !== undefined) {
      const beside = existsSync(dirname(path)) ? readdirSync(dirname(path)) : [];
      throw new Error(`${path} did not appear; there are ${beside}; ${ended.stderr}`);
    }
    await new Promise((later) => setTimeout(later, 2));
  }
}
