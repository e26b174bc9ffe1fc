import type { Recipe } from "../../recipe/index.js";
import { type ScheduleOptions, warmupStepCount } from "../../recipe/schedule.js";

/** How many steps a run has. */
export interface Plan {
  readonly totalSteps: number;
  /** Epochs, of which the last may end within. */
  readonly epochs: number;
  /** Steps of an epoch; a mean where they have different ones. */
  readonly stepsPerEpoch: number;
}

/**
 * HF Trainer's count of steps: an epoch's last batch may be smaller, and its last step may have fewer batches;
 * `max_steps` above 0 overrides the number of epochs.
 *
 * @param stepsOf steps of each epoch, counted from 0; at least one
 */
export function plan(
  stepsOf: (epoch: number) => number,
  { numTrainEpochs, maxSteps }: Pick<Recipe, "numTrainEpochs" | "maxSteps">,
): Plan {
  const epochs: number[] = [];
  let steps = 0;
  while (maxSteps > 0 ? steps < maxSteps : epochs.length < numTrainEpochs) {
    const own = stepsOf(epochs.length);
    epochs.push(own);
    steps += own;
  }
  const whole = epochs.length - 1;
  const last = epochs[whole]!;
  return {
    // Of the last epoch as many as Trainer's product of epochs and steps leaves to it.
    totalSteps: maxSteps > 0 ? maxSteps : steps - last + Math.ceil(numTrainEpochs * last) - whole * last,
    epochs: epochs.length,
    stepsPerEpoch: steps / epochs.length,
  };
}

/** The learning-rate schedule of a run of so many steps. */
export function schedule(recipe: Recipe, totalSteps: number): ScheduleOptions {
  return {
    type: recipe.lrSchedulerType,
    learningRate: recipe.learningRate,
    warmupSteps: warmupStepCount(recipe.warmupSteps, totalSteps),
    totalSteps,
    ...(recipe.lrSchedulerKwargs === undefined ? {} : { kwargs: recipe.lrSchedulerKwargs }),
  };
}
