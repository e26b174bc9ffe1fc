import { plan } from "./plan.js";
import { epochOrder } from "./random.js";
import type { Recipe } from "./recipe.js";

/** One step's work. */
export interface StepPlan<W> {
  /** From 1. */
  readonly step: number;
  readonly members: readonly W[];
  /** Epochs done after it. */
  readonly epoch: number;
  readonly endsEpoch: boolean;
}

/** The windows of every step, epoch after epoch, each in its own order. */
export function* stepPlans<W>(
  windows: { readonly length: number; at(index: number): W | undefined },
  recipe: Recipe,
): Generator<StepPlan<W>, undefined> {
  const { perDeviceTrainBatchSize: size, gradientAccumulationSteps, seed, dataSeed } = recipe;
  const { epochs, batchesPerEpoch, totalSteps } = plan(windows.length, recipe);
  const perStep = size * gradientAccumulationSteps;
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = epochOrder(windows.length, dataSeed ?? seed, epoch);
    for (let first = 0; first < windows.length && step < totalSteps; first += perStep) {
      step++;
      const end = Math.min(first + perStep, windows.length);
      const members = Array.from(order.subarray(first, end), (index) => windows.at(index)!);
      const share = Math.ceil(end / size) / batchesPerEpoch;
      const endsEpoch = end === windows.length || step === totalSteps;
      yield { step, members, epoch: epoch + share, endsEpoch };
    }
  }
  return undefined;
}
