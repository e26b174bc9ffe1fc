import type { Recipe } from "./recipe.js";
import { type ScheduleOptions, warmupStepCount } from "./schedule.js";

/** How many steps a run has. */
export interface Plan {
  readonly batchesPerEpoch: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  readonly epochs: number;
}

/**
 * HF Trainer's count of steps: an epoch's last batch may be smaller, and its last step may have fewer batches;
 * `max_steps` above 0 overrides the number of epochs.
 */
export function plan(
  sequences: number,
  recipe: Pick<
    Recipe,
    "perDeviceTrainBatchSize" | "gradientAccumulationSteps" | "numTrainEpochs" | "maxSteps"
  >,
): Plan {
  const batchesPerEpoch = Math.ceil(sequences / recipe.perDeviceTrainBatchSize);
  const stepsPerEpoch = Math.ceil(batchesPerEpoch / recipe.gradientAccumulationSteps);
  const limited = recipe.maxSteps > 0;
  const totalSteps = limited ? recipe.maxSteps : Math.ceil(recipe.numTrainEpochs * stepsPerEpoch);
  const epochs = limited ? Math.ceil(recipe.maxSteps / stepsPerEpoch) : Math.ceil(recipe.numTrainEpochs);
  return { batchesPerEpoch, stepsPerEpoch, totalSteps, epochs };
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
