/** Fine-tuning: takes a recipe, and gives a stream of events and a model folder. */
import { type Collective, openCollective, singleProcess } from "../collective/index.js";
import { nodeFs } from "../files/index.js";
import { type OptionKinds, requireOptions } from "../options.js";
import { type CheckedRecipe, parseRecipe, type RawRecipe, type RecipeInput } from "../recipe/index.js";
import { driveRun, type TrainListener, type TrainResult, type TrainRun } from "../run/driveRun.js";
import type { TrainEvent } from "../run/events.js";
import { usableThreads } from "../runtime/index.js";
import { published } from "./finish/publish.js";
import { trainRun } from "./loop/trainRun.js";

export { type DryRunOptions, dryRun } from "./dryRun/dryRun.js";
export type { DryRun } from "./dryRun/figures.js";

/** What a run of training does besides what its recipe says. */
export interface TrainOptions {
  /**
   * Called with every event, in order, and awaited. The last event is `closed`. If a listener throws, it gets
   * no more events, and the run goes on. A warning event reports the error after the event that caused it. No
   * event follows `closed`, so an error there becomes a warning of the process (`process.emitWarning`).
   */
  readonly listeners?: readonly TrainListener[];
  /** When aborted, the run finishes its current step, saves a checkpoint and ends. */
  readonly signal?: AbortSignal;
  /**
   * Continues from the newest undamaged checkpoint in the output folder. The result has the same bytes as
   * that of a run without interruption. Resuming a finished run does nothing.
   */
  readonly resume?: boolean;
}

const TRAIN_OPTIONS: OptionKinds<TrainOptions> = {
  listeners: "a list of functions",
  signal: "an AbortSignal",
  resume: "true or false",
};

/**
 * Fine-tunes a model for token classification.
 *
 * The run starts immediately. Iterate over it to get its events, or await `result()`.
 *
 * Processes that `mpiexec` or Slurm's `srun` has started train together. The first one reports; the runs of the others have
 * no events before `closed`, and the same result.
 *
 * @example
 * const run = train({ model: "bert-base-cased", train: "train.conll", validation: "valid.conll", output: "my-model" });
 * for await (const event of run) if (event.type === "evaluation") console.log(event.epoch, event.metrics.f1);
 * const { folder, metrics } = await run.result();
 *
 * @param input a recipe: fields in camelCase, or with the names of recipe files (`learning_rate`)
 * @throws NeriumError immediately if the recipe is invalid; later errors are reported through the run
 */
export function train(input: RecipeInput | RawRecipe, options: TrainOptions = {}): TrainRun {
  requireOptions("train", options, TRAIN_OPTIONS);
  const checked = parseRecipe(input, "the recipe");
  const { listeners, signal, resume = false } = options;
  return driveRun((stopped) => trainingTogether(checked, stopped, resume), listeners, signal);
}

/** The events of a training run, for a run that has more to do after training. */
export const trainingEvents = (
  input: RecipeInput,
  signal: AbortSignal,
): AsyncGenerator<TrainEvent, TrainResult> => trainingOf(parseRecipe(input, "the recipe"), signal, false);

/** The same for all processes that a launcher of MPI has started. Only the first one has events. */
async function* trainingTogether(checked: CheckedRecipe, signal: AbortSignal, resume: boolean) {
  const session = await openCollective();
  session.begin();
  try {
    const { collective } = session;
    const run = trainingOf(checked, signal, resume, collective);
    const result = collective.rank === 0 ? yield* run : await resultOf(run);
    session.rest();
    return result;
  } catch (error) {
    throw await session.failed(error);
  }
}

async function* trainingOf(
  { recipe, warnings }: CheckedRecipe,
  signal: AbortSignal,
  resume: boolean,
  collective: Collective = singleProcess,
): AsyncGenerator<TrainEvent, TrainResult> {
  for (const { code, message } of warnings) yield { type: "warning", code, message } as const;
  const threads = recipe.threads ?? Math.max(1, Math.floor(usableThreads() / collective.sharing));
  const edge = { signal, threads, resume, fs: nodeFs, now: () => performance.now(), collective };
  const run = trainRun(recipe, edge);
  if (collective.rank > 0) return yield* run;
  return yield* published(await reported(run, recipe), recipe, signal);
}

/** Drops the events of a run. */
async function resultOf(run: AsyncGenerator<TrainEvent, TrainResult>): Promise<TrainResult> {
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value;
  }
}

/** The same run, which also reports to the trackers in `report_to`. */
async function reported(
  run: AsyncGenerator<TrainEvent, TrainResult>,
  { reportTo }: CheckedRecipe["recipe"],
): Promise<AsyncGenerator<TrainEvent, TrainResult>> {
  if (reportTo.length === 0) return run;
  const { tracked, trackersNamed } = await import("../track/index.js");
  return tracked(run, trackersNamed(reportTo, { environment: process.env, now: Date.now }));
}
