import type { EvaluationMetrics, TrainEvent } from "./events.js";
import type { Split } from "./prepare.js";
import { toldBy } from "./told.js";
import type { Trainer } from "./trainer.js";

type Event<T extends TrainEvent["type"]> = Extract<TrainEvent, { type: T }>;

/** An evaluation as an event, and the tags that it predicted. */
export interface Evaluated {
  readonly event: Event<"evaluation">;
  readonly predicted: readonly (readonly string[])[];
}

/** Scores a data set with the weights as they stand, and tells its progress; `undefined` where the signal aborts it. */
export async function* evaluation(
  trainer: Trainer,
  split: "validation" | "test",
  { data, windowed }: Split,
  at: {
    readonly signal: AbortSignal;
    readonly now: () => number;
    readonly step: number;
    readonly epoch: number;
  },
): AsyncGenerator<Event<"evaluation-progress">, Evaluated | undefined> {
  const { signal, now, step, epoch } = at;
  const begin = now();
  const total = windowed.windows.length;
  const evaluated = yield* toldBy<
    Event<"evaluation-progress">,
    Awaited<ReturnType<Trainer["evaluate"]>> | undefined
  >(
    (tell) =>
      trainer
        .evaluate(
          { data, windowed },
          { signal, onProgress: (done) => tell({ type: "evaluation-progress", split, done, total }) },
        )
        .catch((error: unknown) => {
          if (signal.aborted) return undefined;
          throw error;
        }),
    ({ type }) => type,
    true,
  );
  if (evaluated === undefined) return undefined;
  const { loss, scores, strict, predicted } = evaluated;
  const { precision, recall, f1 } = scores.micro;
  const metrics: EvaluationMetrics = { loss, precision, recall, f1, accuracy: scores.accuracy };
  const { scheme, sentences } = data;
  const seconds = (now() - begin) / 1000;
  const event = { split, step, epoch, metrics, scores, strict, scheme, seconds, sentences: sentences.length };
  return { event: { type: "evaluation", ...event }, predicted };
}
