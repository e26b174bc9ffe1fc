import type { StepSequence } from "../examples/batches.js";
import type { TrainingWindow } from "../examples/trainingData.js";
import type { StepEngine } from "../step/stepEngine.js";
import { type Fit, nonNegativeFit, type Sample } from "./fit.js";
import { type ChosenSteps, memoryFeatures, type StepShape, timeFeatures } from "./shapes.js";

/** Seconds after which no further steps are measured, once the first ones are. */
const ENOUGH = 12;

/** What the measurement needs from outside. */
export interface MeasuringEdge {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Resident memory of the process in bytes. */
  readonly resident: () => number;
  /** Bytes that the process can use. */
  readonly usable: number;
  /** Called after each step. What it throws ends the measurement. */
  readonly tell: () => void;
}

/** How long steps take and how much memory they need. */
export interface StepMeasurement {
  /** Predicts seconds from {@link timeFeatures}. */
  readonly seconds: Fit;
  /** Predicts bytes from {@link memoryFeatures}. */
  readonly bytes: Fit;
  /** Number of steps that were measured. */
  readonly measured: number;
  /** Runs the first of the steps again. Returns the seconds that are predicted for it. */
  readonly again: () => Promise<number>;
  /** The bytes that a step would need that was not tried, because there are not so many. */
  readonly tooLarge: number | undefined;
}

/** A step with its windows. */
interface Member extends StepShape {
  readonly windows: readonly TrainingWindow[];
}

/**
 * Runs some steps as training does, from small to large, without changing the weights. Before a step runs, its memory is
 * predicted from the smaller ones. If there is not enough for it, the measurement ends.
 *
 * @param untouched bytes that the process has allocated but not used yet: gradients, and the optimizer's state
 */
export async function measuredSteps(
  trainer: StepEngine,
  sequence: StepSequence<TrainingWindow>,
  { rising, others }: ChosenSteps,
  untouched: number,
  edge: MeasuringEdge,
): Promise<StepMeasurement> {
  const withWindows = (shape: StepShape): Member => ({
    ...shape,
    windows: sequence.steps(shape.step - 1).next().value!.members,
  });
  const began = edge.now();
  const times: Sample[] = [];
  const sizes: Sample[] = [{ features: [1, 0, 0], value: edge.resident() + untouched }];
  const steps = [...rising, ...others];
  for (const [index, shape] of steps.entries()) {
    const isRising = index < rising.length;
    if (!isRising && edge.now() - began > ENOUGH * 1000) break;
    const predicted = nonNegativeFit(sizes)(memoryFeatures(shape));
    if (isRising && predicted > edge.usable) return measurement(predicted);
    const member = withWindows(shape);
    const next = withWindows(steps[index + 1] ?? shape);
    // The first run of a graph prepares its kernels.
    if (index === 0) await oneStep(trainer, member, member);
    const begin = edge.now();
    await oneStep(trainer, member, next);
    times.push({ features: timeFeatures(shape), value: (edge.now() - begin) / 1000 });
    if (isRising) sizes.push({ features: memoryFeatures(shape), value: edge.resident() });
    edge.tell();
  }
  return measurement(undefined);

  function measurement(tooLarge: number | undefined): StepMeasurement {
    const [seconds, bytes] = [times, sizes].map(nonNegativeFit) as [Fit, Fit];
    const again = async (): Promise<number> => {
      const member = withWindows(rising[0]!);
      await oneStep(trainer, member, member);
      return seconds(timeFeatures(member));
    };
    return { seconds, bytes, measured: times.length, again, tooLarge };
  }
}

/** Runs a step with learning rate 0. The next one is staged during the update, as in training. */
async function oneStep(trainer: StepEngine, { step, windows }: Member, next: Member): Promise<void> {
  const { loss, gradNorm } = await trainer.gradient(windows, step);
  const finite = Number.isFinite(loss) && Number.isFinite(gradNorm);
  const updated = finite ? trainer.update(1, 0, gradNorm) : Promise.resolve();
  try {
    trainer.stage(next.windows, next.step);
  } finally {
    await Promise.allSettled([updated]);
  }
  await updated;
}
