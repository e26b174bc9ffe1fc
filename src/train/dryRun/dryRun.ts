import { freeSpace } from "../../files/index.js";
import { type OptionKinds, requireOptions } from "../../options.js";
import { parseRecipe, type RawRecipe, type RecipeInput } from "../../recipe/index.js";
import { driveRun, type TrainListener, type TrainRun } from "../../run/driveRun.js";
import { usableMemory, usableThreads } from "../../runtime/index.js";
import { dryRunEvents } from "./dryRunEvents.js";
import type { DryRun } from "./figures.js";

/** Options of {@link dryRun}. */
export interface DryRunOptions {
  /** Called with every event, in order, and awaited, as by `train`. */
  readonly listeners?: readonly TrainListener[];
  /** When aborted, the measurement ends with the error TRAIN_STOPPED_EARLY. */
  readonly signal?: AbortSignal;
  /** Number of runs of this recipe, one after the other, such as one for each seed. Defaults to 1. */
  readonly runs?: number;
}

const DRY_RUN_OPTIONS: OptionKinds<DryRunOptions> = {
  listeners: "a list of functions",
  signal: "an AbortSignal",
  runs: "a whole number of 1 or more",
};

/**
 * Measures what training with a recipe would take: steps, time, memory and space on the disk. It prepares the run, trains and
 * evaluates on a few batches that stand for all others, writes a checkpoint and removes it. Nothing is left behind.
 *
 * @example
 * const recipe = { model: "bert-base-cased", train: "train.conll", output: "my-model" };
 * const { seconds, memory } = await dryRun(recipe).result();
 * console.log(seconds.total / 3600, memory.peak / 1e9);
 *
 * @param input a recipe, as for `train`
 * @throws NeriumError immediately if the recipe is invalid; later errors are reported through the run, among them
 *   TRAIN_MEMORY_TOO_SMALL and TRAIN_DISK_TOO_SMALL, which name a setting that would fit
 */
export function dryRun(input: RecipeInput | RawRecipe, options: DryRunOptions = {}): TrainRun<DryRun> {
  requireOptions("dryRun", options, DRY_RUN_OPTIONS);
  const { recipe, warnings } = parseRecipe(input, "the recipe");
  const { listeners, signal, runs = 1 } = options;
  return driveRun(
    async function* (stopped) {
      for (const { code, message } of warnings) yield { type: "warning", code, message } as const;
      return yield* dryRunEvents(recipe, runs, {
        signal: stopped,
        now: () => performance.now(),
        threads: recipe.threads ?? usableThreads(),
        usable: usableMemory,
        free: freeSpace,
      });
    },
    listeners,
    signal,
  );
}
