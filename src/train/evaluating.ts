import type { EvaluationMetrics, TrainEvent } from "./events.js";
import type { Split } from "./prepare.js";
import type { Trainer } from "./trainer.js";

type Event<T extends TrainEvent["type"]> = Extract<TrainEvent, { type: T }>;

/** Milliseconds between two words about the progress. */
const TOLD_EVERY = 200;

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
  const progress: number[] = [];
  const running = trainer
    .evaluate({ data, windowed }, { signal, onProgress: (done) => progress.push(done) })
    .catch((error: unknown) => {
      if (signal.aborted) return undefined;
      throw error;
    });
  // Progress is told between batches, while the evaluation goes on.
  for (let done = false; !done; ) {
    done = await Promise.race([
      running.then(() => true),
      new Promise<false>((wake) => setTimeout(wake, TOLD_EVERY, false)),
    ]);
    const last = progress.at(-1);
    progress.length = 0;
    if (!done && last !== undefined) yield { type: "evaluation-progress", split, done: last, total };
  }
  const evaluated = await running;
  if (evaluated === undefined) return undefined;
  const { loss, scores, strict, predicted } = evaluated;
  const { precision, recall, f1 } = scores.micro;
  const metrics: EvaluationMetrics = { loss, precision, recall, f1, accuracy: scores.accuracy };
  const { scheme, sentences } = data;
  const seconds = (now() - begin) / 1000;
  const event = { split, step, epoch, metrics, scores, strict, scheme, seconds, sentences: sentences.length };
  return { event: { type: "evaluation", ...event }, predicted };
}
