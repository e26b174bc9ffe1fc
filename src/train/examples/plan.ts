import { limits } from "../../limits.js";
import type { Recipe } from "../../recipe/index.js";
import { type ScheduleOptions, warmupStepCount } from "../../recipe/schedule.js";
import { tooManyEpochs } from "../errors.js";

/** The number of steps and epochs in a run. */
export interface Plan {
  readonly totalSteps: number;
  /** Number of epochs. The last one may be incomplete. */
  readonly epochs: number;
  /** Steps per epoch; the mean if epochs have different numbers of steps. */
  readonly stepsPerEpoch: number;
}

/**
 * Counts steps as HF Trainer does: the last batch of an epoch may be smaller, and its last step may have
 * fewer batches. `max_steps` above 0 overrides the number of epochs.
 *
 * @param stepsOf returns the number of steps in an epoch, counted from 0; at least 1
 */
export function plan(
  stepsOf: (epoch: number) => number,
  { numTrainEpochs, maxSteps }: Pick<Recipe, "numTrainEpochs" | "maxSteps">,
): Plan {
  const epochs: number[] = [];
  let steps = 0;
  while (maxSteps > 0 ? steps < maxSteps : epochs.length < numTrainEpochs) {
    if (epochs.length === limits.epochs) throw tooManyEpochs(limits.epochs);
    const own = stepsOf(epochs.length);
    epochs.push(own);
    steps += own;
  }
  const whole = epochs.length - 1;
  const last = epochs[whole]!;
  return {
    // The last epoch gets the steps that remain of Trainer's product of epochs and steps.
    totalSteps: maxSteps > 0 ? maxSteps : steps - last + Math.ceil(numTrainEpochs * last) - whole * last,
    epochs: epochs.length,
    stepsPerEpoch: steps / epochs.length,
  };
}

/** The learning-rate schedule of a run with `totalSteps` steps. */
export function schedule(recipe: Recipe, totalSteps: number): ScheduleOptions {
  return {
    type: recipe.lrSchedulerType,
    learningRate: recipe.learningRate,
    warmupSteps: warmupStepCount(recipe.warmupSteps, totalSteps),
    totalSteps,
    ...(recipe.lrSchedulerKwargs === undefined ? {} : { kwargs: recipe.lrSchedulerKwargs }),
  };
}
