import type { Recipe } from "../../recipe/index.js";
import { diskTooSmall, memoryTooSmall, stoppedEarly } from "../errors.js";
import { StepSequence } from "../examples/batches.js";
import type { TrainingWindow } from "../examples/trainingData.js";
import type { Prepared } from "../prepare/prepare.js";
import type { StepEngine } from "../step/stepEngine.js";
import { type DiskUse, diskUse, fittingDisk, repeatedUse } from "./disk.js";
import type { DryRun } from "./figures.js";
import { fittingMemory, mostBytes } from "./fittingMemory.js";
import { evaluationSeconds } from "./measureEvaluation.js";
import { leastSizes, measuredSaving } from "./measureSaving.js";
import { measuredSteps } from "./measureSteps.js";
import { occasionsOf } from "./occasions.js";
import type { PeakMemory } from "./peakMemory.js";
import { batchShape, chosenSteps, timeFeatures, tokensOf } from "./shapes.js";

/** The most steps to measure. */
const MOST_STEPS = 60;
/** Seconds that the sample of an evaluation should take. */
const EVALUATING = 3;

/** A run that is ready for its first step. */
export interface ReadyRun {
  readonly recipe: Recipe;
  readonly prepared: Prepared;
  readonly trainer: StepEngine;
  /** Seconds that the preparation took. */
  readonly preparing: number;
}

/** What the measurement of a run needs from outside. */
export interface RunMeasuringEdge {
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly peak: Pick<PeakMemory, "now" | "value">;
  /** Bytes of memory that the process can use. */
  readonly usable: number;
  /** Bytes that are free on the disk of the output folder. */
  readonly free: number;
  readonly tell: (progress: { readonly done: number; readonly total: number }) => void;
}

/**
 * Measures some steps, a part of each evaluation, and a checkpoint. Adds up what all of the run takes.
 *
 * @param runs number of such runs, one after the other
 * @throws NeriumError TRAIN_MEMORY_TOO_SMALL, TRAIN_DISK_TOO_SMALL, TRAIN_STOPPED_EARLY, `FILES_…`
 */
export async function measuredRun(
  { recipe, prepared, trainer, preparing }: ReadyRun,
  runs: number,
  edge: RunMeasuringEdge,
): Promise<Omit<DryRun, "measured"> & { readonly measuredSteps: number }> {
  const { signal, now, usable, free } = edge;
  const { validation, test } = prepared;
  const sequence = sequenceOf(recipe, prepared);
  const { totalSteps, stepsPerEpoch } = sequence.plan;
  const has = { validation: validation !== undefined, test: test !== undefined };
  const occasions = occasionsOf(recipe, totalSteps, sequence.epochEnds, has);
  const fitsOnDisk = (sizes: Pick<DiskUse, "checkpoint" | "model">) =>
    requireDisk(recipe, occasions.checkpoints, sizes, { runs, free });
  fitsOnDisk(leastSizes(prepared, trainer.average !== undefined));

  const lengths = [...sequence.lengths()];
  const shapes = lengths.map(({ step, batches }) => ({ step, batches: batches.map(batchShape) }));
  const chosen = chosenSteps(shapes, MOST_STEPS);
  const parts = chosen.rising.length + chosen.others.length + (validation ? 1 : 0) + (test ? 1 : 0) + 1;
  let done = 0;
  const told = () => {
    if (signal.aborted) throw stoppedEarly();
    edge.tell({ done: ++done, total: parts });
  };
  const steps = await measuredSteps(trainer, sequence, chosen, prepared.weights.layout.length * 12, {
    now,
    resident: () => edge.peak.now(),
    usable,
    tell: told,
  });
  if (steps.tooLarge !== undefined) {
    const accumulation = recipe.gradientAccumulationSteps;
    const batching = {
      batchSize: prepared.batchSize,
      accumulation,
      steps: lengths.map(({ batches }) => batches.flat()),
    };
    const present = { batchSize: prepared.batchSize, accumulates: accumulation > 1 };
    const needed = Math.max(steps.tooLarge, mostBytes(steps.bytes, batching, present));
    const setting = fittingMemory(recipe, batching, steps.bytes, usable);
    throw memoryTooSmall({ model: recipe.model, needed, usable, setting });
  }

  const mean = average(shapes.map((shape) => steps.seconds(timeFeatures(shape))));
  // A forward pass takes about a third of a step.
  const sample = (EVALUATING * 3 * average(shapes.map(tokensOf))) / mean;
  const evaluating = { validation: 0, test: 0 };
  done = chosen.rising.length + chosen.others.length;
  for (const split of ["validation", "test"] as const) {
    const data = prepared[split];
    if (data === undefined) continue;
    evaluating[split] = await evaluationSeconds(trainer, prepared, data, sample, now);
    told();
  }
  const asked = { output: recipe.output, checkpoints: occasions.checkpoints > 0 };
  const saving = await measuredSaving(trainer, prepared, asked, steps.again, now);
  told();

  const { evaluations, passesOfEach, tests, checkpoints } = occasions;
  const seconds = {
    preparing: runs * preparing,
    training: runs * totalSteps * mean,
    evaluating: runs * (evaluations * passesOfEach * evaluating.validation + tests * evaluating.test),
    saving: runs * (checkpoints * saving.secondsOfCheckpoint + saving.secondsOfModel),
  };
  const total = Object.values(seconds).reduce((sum, each) => sum + each, 0);
  return {
    runs,
    steps: totalSteps,
    epochs: Math.round((100 * totalSteps) / stepsPerEpoch) / 100,
    evaluations,
    checkpoints,
    seconds: { total, ...seconds },
    memory: { peak: edge.peak.value, usable },
    disk: { ...fitsOnDisk(saving), free },
    measuredSteps: steps.measured,
  };
}

/** The steps of a run. The windows of the first epoch are made once. */
function sequenceOf(recipe: Recipe, { epochWindows, batchSize }: Prepared): StepSequence<TrainingWindow> {
  const first = epochWindows(0);
  return new StepSequence((epoch) => (epoch === 0 ? first : epochWindows(epoch)), recipe, batchSize);
}

function requireDisk(
  recipe: Recipe,
  checkpoints: number,
  sizes: Pick<DiskUse, "checkpoint" | "model">,
  { runs, free }: { readonly runs: number; readonly free: number },
): DiskUse {
  const use = repeatedUse(diskUse(recipe, checkpoints, sizes), runs);
  if (use.peak <= free) return use;
  const setting = fittingDisk(recipe, checkpoints, sizes, { runs, free })?.text;
  throw diskTooSmall({ folder: recipe.output, needed: use.peak, free, setting });
}

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
