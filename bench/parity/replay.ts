import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Tagger } from "../../src/infer/index.js";
import { ModelWeights } from "../../src/models/index.js";
import { openSafetensors } from "../../src/models/safetensors/index.js";
import type { Window } from "../../src/tokenize/index.js";
import { plan, schedule } from "../../src/train/plan.js";
import { type Prepared, prepare } from "../../src/train/prepare.js";
import { epochOrder } from "../../src/train/random.js";
import type { Recipe } from "../../src/train/recipe.js";
import { learningRate } from "../../src/train/schedule.js";
import { Trainer } from "../../src/train/trainer.js";
import type { EvaluationFigures, RunFigures, StepFigures, TensorDistances } from "./compare.js";
import { NotReplayable, type Recording } from "./recording.js";

/** What a replay gives; the tensors are compared on the way. */
export interface Replayed extends RunFigures {
  readonly tensors: TensorDistances;
}

export interface ReplayOptions {
  readonly threads: number;
  /** Called after every step. */
  readonly onStep?: (figures: StepFigures) => void;
}

/**
 * Runs a recording's recipe, step by step, and compares its tensors.
 *
 * @throws NotReplayable where the model has dropout; NeriumError as training
 */
export async function replay(
  recording: Recording,
  recipe: Recipe,
  { threads, onStep }: ReplayOptions,
): Promise<Replayed> {
  const prepared = await prepare(recipe);
  let trainer: Trainer | undefined;
  try {
    requireNoDropout(recording, prepared);
    trainer = await Trainer.create(recipe, prepared, threads);
    const head = recording.head && headDistance(recording.head, prepared);
    const figures = await train(recipe, prepared, trainer, onStep);
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

/** One step of a replay: which windows, as indices into the training data, and where in the epochs it ends. */
export interface ReplayStep {
  readonly members: Uint32Array;
  readonly epoch: number;
  readonly endsEpoch: boolean;
}

/** The steps of a run, each epoch in its own order, the last step of an epoch perhaps smaller. */
export function* replaySteps(sequences: number, recipe: Recipe): Generator<ReplayStep> {
  const { totalSteps, epochs, stepsPerEpoch } = plan(sequences, recipe);
  const { perDeviceTrainBatchSize: size, gradientAccumulationSteps, seed, dataSeed } = recipe;
  const perStep = size * gradientAccumulationSteps;
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = epochOrder(sequences, dataSeed ?? seed, epoch);
    for (let first = 0; first < sequences && step < totalSteps; first += perStep) {
      step++;
      const end = Math.min(first + perStep, sequences);
      yield {
        members: order.subarray(first, end),
        epoch: epoch + Math.ceil(end / perStep) / stepsPerEpoch,
        endsEpoch: end === sequences || step === totalSteps,
      };
    }
  }
}

async function train(
  recipe: Recipe,
  prepared: Prepared,
  trainer: Trainer,
  onStep: ReplayOptions["onStep"],
): Promise<RunFigures> {
  const { windows } = prepared.train.windowed;
  const names = sentenceNames(windows);
  const { totalSteps } = plan(windows.length, recipe);
  const rates = schedule(recipe, totalSteps);
  const steps: StepFigures[] = [];
  const evaluations: EvaluationFigures[] = [];
  for (const { members, epoch, endsEpoch } of replaySteps(windows.length, recipe)) {
    const number = steps.length + 1;
    const rate = learningRate(number - 1, rates);
    const { loss, gradNorm } = await trainer.gradient(
      Array.from(members, (index) => windows[index]!),
      number,
    );
    await trainer.update(number, rate, gradNorm);
    const sentences = Array.from(members, (index) => names[index]!);
    const figures = { sentences, loss, gradNorm, learningRate: rate };
    steps.push(figures);
    onStep?.(figures);
    if (!evaluates(recipe, number, endsEpoch, number === totalSteps)) continue;
    const { loss: evalLoss, scores } = await trainer.evaluate(prepared.validation!);
    const { precision, recall, f1 } = scores.micro;
    evaluations.push({ epoch, loss: evalLoss, precision, recall, f1, accuracy: scores.accuracy });
  }
  return { steps, evaluations };
}

/** Trainer evaluates after every epoch, begun or whole; or every so many steps, and after the last. */
function evaluates({ evalStrategy, evalSteps }: Recipe, step: number, endsEpoch: boolean, last: boolean) {
  if (evalStrategy === "epoch") return endsEpoch;
  return evalStrategy === "steps" && (step % evalSteps === 0 || last);
}

/** A recording calls sentences of equal input ids by the first of them. */
export function sentenceNames(windows: readonly Window[]): number[] {
  const first = new Map<string, number>();
  return windows.map(({ inputIds }, index) => {
    const key = inputIds.join();
    if (!first.has(key)) first.set(key, index);
    return first.get(key)!;
  });
}

/** A recording is made without dropout: torch's masks are drawn from a generator that nobody else has. */
function requireNoDropout({ file }: Recording, { config }: Prepared): void {
  const { hidden_dropout_prob: hidden, attention_probs_dropout_prob: attention, classifier_dropout } = config;
  if (hidden > 0 || attention > 0 || (classifier_dropout ?? 0) > 0)
    throw new NotReplayable(
      `${file}: the model has dropout (${hidden}), and the recording's arguments do not say "dropout": 0`,
    );
}

function headDistance({ weight, bias }: NonNullable<Recording["head"]>, { weights }: Prepared): number {
  return Math.max(
    furthest(weights.values("classifier.weight"), weight.flat()),
    furthest(weights.values("classifier.bias"), bias),
  );
}

/** Largest difference between the weights as they stand and a file's, rows that the run left out included. */
export async function weightsDistance({ weights }: Prepared, file: string): Promise<number> {
  const recorded = await openSafetensors(file);
  let most = 0;
  try {
    for (const { name, data } of weights.tensors()) {
      if (name.endsWith("attention.self.key.bias")) continue;
      let from = 0;
      for await (const chunk of data instanceof Float32Array ? [data] : data()) {
        const theirs = new Float32Array(chunk.length);
        await recorded.readInto(name, theirs, { from });
        const distance = furthest(chunk, theirs);
        if (Number.isNaN(distance) || distance > most) most = distance;
        from += chunk.length;
      }
    }
  } finally {
    await recorded.close();
  }
  return most;
}

/** Largest difference of the sample's logits, computed from the recorded final weights; all pieces, special ones too. */
async function logitsDistance(
  sample: Recording["sample"],
  { config, labels }: Prepared,
  finalWeights: string,
  threads: number,
): Promise<number> {
  const weights = await loadFile(finalWeights, config, labels.length);
  try {
    const tagger = await Tagger.create(weights, { threads });
    const rows = await tagger.logits(
      sample.map(({ input_ids }) => ({
        ids: Int32Array.from(input_ids),
        labelled: Int32Array.from(input_ids.keys()),
      })),
    );
    tagger.dispose();
    return Math.max(...sample.map(({ logits }, index) => furthest(rows[index]!, logits.flat())));
  } finally {
    await weights.dispose();
  }
}

/** The weights of one file, whatever its name: a model folder has them under another. */
async function loadFile(file: string, config: Prepared["config"], labels: number): Promise<ModelWeights> {
  const folder = await mkdtemp(join(tmpdir(), "nerium-parity-"));
  try {
    await symlink(file, join(folder, "model.safetensors"));
    return (await ModelWeights.load(folder, config, labels)).weights;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Largest absolute difference; infinite between different lengths, NaN where one is NaN. */
function furthest(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let at = 0; at < ours.length; at++) {
    const distance = Math.abs(ours[at]! - theirs[at]!);
    if (Number.isNaN(distance)) return distance;
    if (distance > most) most = distance;
  }
  return most;
}
