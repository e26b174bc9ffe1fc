import type { Collective } from "../../src/collective/index.js";
import { encoderOf } from "../../src/models/index.js";
import type { Recipe } from "../../src/recipe/index.js";
import { learningRate } from "../../src/recipe/schedule.js";
import { StepSequence } from "../../src/train/examples/batches.js";
import { schedule } from "../../src/train/examples/plan.js";
import type { TrainingWindow, TrainingWindows } from "../../src/train/examples/trainingData.js";
import { type Prepared, prepare } from "../../src/train/prepare/prepare.js";
import { StepEngine } from "../../src/train/step/stepEngine.js";
import type { EvaluationFigures, RunFigures, StepFigures, TensorDistances } from "./compare.js";
import { NotReplayable, type Recording } from "./recording.js";
import { headDistance, logitsDistance, weightsDistance } from "./tensors.js";

/** The results of a replay. For tensors it contains only the distances. */
export interface Replayed extends RunFigures {
  readonly tensors: TensorDistances;
}

export interface ReplayOptions {
  readonly threads: number;
  /** The processes that replay together; by default this one alone. */
  readonly collective?: Collective;
  /** Stops after this many steps. The tensors of the end are then not compared. */
  readonly most?: number;
  /** Called after every step. */
  readonly onStep?: (figures: StepFigures) => void;
}

/**
 * Runs a recording's recipe step by step, and compares its tensors.
 *
 * @throws NotReplayable if the model has dropout; NeriumError as in training
 */
export async function replay(
  recording: Recording,
  recipe: Recipe,
  { threads, collective, most, onStep }: ReplayOptions,
): Promise<Replayed> {
  const prepared = await prepare(recipe);
  let trainer: StepEngine | undefined;
  try {
    requireNoDropout(recording, prepared);
    trainer = await StepEngine.create(recipe, prepared, threads, collective && { collective });
    const head = recording.head && headDistance(recording.head, prepared);
    const figures = await train(recipe, prepared, trainer, { most, onStep });
    if (most !== undefined) return { ...figures, tensors: { head, weights: undefined, logits: undefined } };
    const { finalWeights, sample } = recording;
    const weights = finalWeights === undefined ? undefined : await weightsDistance(prepared, finalWeights);
    const logits =
      finalWeights === undefined || sample.length === 0
        ? undefined
        : await logitsDistance(sample, prepared, finalWeights, threads);
    return { ...figures, tensors: { head, weights, logits } };
  } finally {
    await (trainer ?? prepared.weights).dispose();
  }
}

async function train(
  recipe: Recipe,
  prepared: Prepared,
  trainer: StepEngine,
  { most, onStep }: { readonly most: number | undefined; readonly onStep: ReplayOptions["onStep"] },
): Promise<RunFigures> {
  const { windows } = prepared.train;
  const names = sentenceNames(windows);
  const course = new StepSequence(prepared.epochWindows, recipe, prepared.batchSize);
  const { totalSteps, stepsPerEpoch } = course.plan;
  const rates = schedule(recipe, totalSteps);
  const steps: StepFigures[] = [];
  const evaluations: EvaluationFigures[] = [];
  for (const { step, members, endsEpoch } of course.steps()) {
    const rate = learningRate(step - 1, rates);
    const { loss, gradNorm } = await trainer.gradient(members, step);
    await trainer.update(step, rate, gradNorm);
    const sentences = members.map((window) => names.get(window)!);
    const figures = { sentences, loss, gradNorm, learningRate: rate };
    steps.push(figures);
    onStep?.(figures);
    if (steps.length === most) break;
    if (!evaluates(recipe, step, endsEpoch, step === totalSteps)) continue;
    const { metrics } = await trainer.evaluate(prepared.validation!);
    evaluations.push({ epoch: step / stepsPerEpoch, ...metrics });
  }
  return { steps, evaluations };
}

/**
 * Trainer evaluates after every epoch, complete or not; or every `eval_steps` steps and after the last step.
 */
function evaluates({ evalStrategy, evalSteps }: Recipe, step: number, endsEpoch: boolean, last: boolean) {
  if (evalStrategy === "epoch") return endsEpoch;
  return evalStrategy === "steps" && (step % evalSteps === 0 || last);
}

/** A recording refers to sentences with equal input ids by the number of the first of them. */
function sentenceNames(windows: TrainingWindows): ReadonlyMap<TrainingWindow, number> {
  const first = new Map<string, number>();
  return new Map(
    Array.from(windows, (window, index) => {
      const key = window.inputIds.join();
      if (!first.has(key)) first.set(key, index);
      return [window, first.get(key)!];
    }),
  );
}

/** Recordings are made without dropout, since torch's masks come from its own generator. */
function requireNoDropout({ file }: Recording, { config }: Prepared): void {
  const { dropout } = encoderOf(config);
  if (Object.values(dropout).some((probability) => probability > 0))
    throw new NotReplayable(
      `${file}: the model has dropout (${dropout.hidden}), and the recording's arguments do not say "dropout": 0`,
    );
}
