/** Fine-tuning: recipe in, a stream of events and a model folder out. */
import { availableParallelism } from "node:os";
import { training } from "./loop.js";
import { parseRecipe, type RawRecipe, type RecipeInput } from "./recipe.js";
import { startRun, type TrainListener, type TrainRun } from "./run.js";

export type { EvaluationMetrics, TrainEvent } from "./events.js";
export type { Recipe, RecipeInput } from "./recipe.js";
export type { TrainListener, TrainResult, TrainRun } from "./run.js";

export interface TrainOptions {
  /** Called with every event, in order, and awaited. One that throws is reported once and detached; the run goes on. */
  readonly listeners?: readonly TrainListener[];
  /** Aborted: the run finishes its step, saves what is there and ends. */
  readonly signal?: AbortSignal;
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
  const { recipe, warnings } = parseRecipe(input, "the recipe");
  const edge = { now: () => performance.now(), threads: recipe.threads ?? availableParallelism() };
  return startRun(
    async function* (signal) {
      for (const { code, message } of warnings) yield { type: "warning", code, message };
      return yield* training(recipe, { ...edge, signal });
    },
    options.listeners,
    options.signal,
  );
}
