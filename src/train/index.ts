/** Fine-tuning: recipe in, a stream of events and a model folder out. */
import { availableParallelism } from "node:os";
import { nodeFs } from "../files/index.js";
import { type CheckedRecipe, parseRecipe, type RawRecipe, type RecipeInput } from "../recipe/index.js";
import { driveRun, type TrainListener, type TrainResult, type TrainRun } from "../run/driveRun.js";
import type { TrainEvent } from "../run/events.js";
import { published } from "./finish/publish.js";
import { trainRun } from "./loop/trainRun.js";

export interface TrainOptions {
  /**
   * Called with every event, in order, and awaited; the last one is `closed`. One that throws is reported once, by a warning
   * after the event, and detached; the run goes on. At `closed`, which nothing follows, the process emits that warning.
   */
  readonly listeners?: readonly TrainListener[];
  /** Aborted: the run finishes its step, saves what is there and ends. */
  readonly signal?: AbortSignal;
  /**
   * Go on from the newest whole checkpoint in the output folder, to the bytes that an unbroken run ends with. Of a finished
   * run nothing is done.
   */
  readonly resume?: boolean;
}

/**
 * Fine-tunes a model for token classification.
 *
 * The run starts at once; iterate it for its events, or await `result()`.
 *
 *     const run = train({ model: "bert-base-cased", train: "train.conll", validation: "valid.conll", output: "my-model" });
 *     for await (const event of run) if (event.type === "evaluation") console.log(event.epoch, event.metrics.f1);
 *     const { folder, metrics } = await run.result();
 *
 * @param input a recipe, under TrainingArguments' names in camelCase or snake_case, or what `readRecipeFile` read
 * @throws NeriumError at once for a recipe that can't be run; what fails later comes through the run
 */
export function train(input: RecipeInput | RawRecipe, options: TrainOptions = {}): TrainRun {
  const checked = parseRecipe(input, "the recipe");
  const { listeners, signal, resume = false } = options;
  return driveRun((stopped) => trainingOf(checked, stopped, resume), listeners, signal);
}

/** The events of a training run, for a run that goes on after it. */
export const trainingEvents = (
  input: RecipeInput,
  signal: AbortSignal,
): AsyncGenerator<TrainEvent, TrainResult> => trainingOf(parseRecipe(input, "the recipe"), signal, false);

async function* trainingOf({ recipe, warnings }: CheckedRecipe, signal: AbortSignal, resume: boolean) {
  for (const { code, message } of warnings) yield { type: "warning", code, message } as const;
  const threads = recipe.threads ?? availableParallelism();
  const run = trainRun(recipe, { signal, threads, resume, fs: nodeFs, now: () => performance.now() });
  return yield* published(run, recipe, signal);
}
