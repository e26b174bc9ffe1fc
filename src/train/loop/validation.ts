import type { Recipe } from "../../recipe/index.js";
import type { RunEvaluation, TrainEvent } from "../../run/events.js";
import { withProgress } from "../../run/withProgress.js";
import type { EvaluationSplit } from "../prepare/prepare.js";
import type { StepEngine } from "../step/stepEngine.js";
import { averageIsBetter } from "./bestModel.js";

type Event<T extends TrainEvent["type"]> = Extract<TrainEvent, { type: T }>;

/** An evaluation as an event, with its predictions. */
export interface Evaluated extends Pick<RunEvaluation, "predicted"> {
  readonly event: Event<"evaluation">;
}

/** How and when a data set is evaluated. */
interface Circumstances {
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly step: number;
  readonly epoch: number;
  /** The last weights, their average, or both. With `both`, the metrics are those of the better one. */
  readonly weights: "last" | "average" | "both";
  readonly recipe: Recipe;
}

/** Evaluates a data set and yields progress events. Returns `undefined` if the signal is aborted. */
export async function* validation(
  trainer: StepEngine,
  split: "validation" | "test",
  data: EvaluationSplit,
  at: Circumstances,
): AsyncGenerator<Event<"evaluation-progress">, Evaluated | undefined> {
  const { now, step, epoch, recipe } = at;
  const begin = now();
  const found: RunEvaluation[] = [];
  const passes = at.weights === "both" ? [false, true] : [at.weights === "average"];
  for (const average of passes) {
    const told = { passes: passes.length, done: found.length };
    const one = yield* scored(trainer, split, data, at.signal, average, told);
    if (one === undefined) return undefined;
    found.push(one);
  }
  const [first, second] = found;
  const better = second !== undefined && averageIsBetter(first!.metrics, second.metrics, recipe);
  const { metrics, detail, predicted } = better ? second : first!;
  const compared = second && {
    compared: {
      last: first!.metrics,
      average: second.metrics,
      better: better ? ("average" as const) : ("last" as const),
    },
  };
  const seconds = (now() - begin) / 1000;
  const sentences = data.data.sentences.length;
  const event = { split, step, epoch, metrics, ...compared, ...detail, seconds, sentences };
  return { event: { type: "evaluation", ...event }, predicted };
}

/**
 * One pass over a data set.
 *
 * @param told the number of passes in total, and of those done before
 */
async function* scored(
  trainer: StepEngine,
  split: "validation" | "test",
  data: EvaluationSplit,
  signal: AbortSignal,
  average: boolean,
  told: { readonly passes: number; readonly done: number },
): AsyncGenerator<Event<"evaluation-progress">, RunEvaluation | undefined> {
  const windows = data.windowed.windows.length;
  const tellOf = (done: number) => ({
    type: "evaluation-progress" as const,
    split,
    done: told.done * windows + done,
    total: told.passes * windows,
  });
  return yield* withProgress<Event<"evaluation-progress">, RunEvaluation | undefined>(
    (tell) =>
      trainer
        .evaluate(data, { average, signal, onProgress: (done) => tell(tellOf(done)) })
        .catch((error: unknown) => {
          if (signal.aborted) return undefined;
          throw error;
        }),
    ({ type }) => type,
    true,
  );
}
