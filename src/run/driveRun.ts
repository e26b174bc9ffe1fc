import { isNeriumError } from "../errors.js";
import { EventStream } from "./eventStream.js";
import type { TrainEvent } from "./events.js";
import type { Fingerprint } from "./fingerprint.js";

/** Called with every event, in order, and awaited: a slow listener holds up the run. */
export type TrainListener = (event: TrainEvent) => void | Promise<void>;

/** What a finished run leaves. */
export interface TrainResult {
  /** The model folder. */
  readonly folder: string;
  readonly reason: Extract<TrainEvent, { type: "end" }>["reason"];
  /** The last validation metrics, of the best model with `load_best_model_at_end`; `undefined` without a validation set. */
  readonly metrics: Extract<TrainEvent, { type: "evaluation" }>["metrics"] | undefined;
  readonly testMetrics: Extract<TrainEvent, { type: "evaluation" }>["metrics"] | undefined;
  readonly steps: number;
  /** Tokens of all steps, special tokens included. */
  readonly tokens: number;
  readonly seconds: number;
  /** sha256 of what the run was made from. */
  readonly fingerprint: Fingerprint;
}

/**
 * A training run under way.
 *
 * It starts at once, iterated or not. `for await (const event of run)`, begun at once, sees every event from the first on;
 * leaving that loop early stops the run. The last event is `closed`; of a run that fails it comes after `failed`, and then
 * the loop throws the error. `result()` rejects with it too, once every listener is done with `closed`.
 *
 * An event that every iterator has taken is let go, so that a run's memory does not grow with its steps. An iterator that
 * begins late gets what it missed but for what passes: `step`, `evaluation-progress`, `download` and `reading`. A slow one
 * does not hold up the run; what it has not taken yet waits in memory.
 */
export interface TrainRun<Result = TrainResult> extends AsyncIterable<TrainEvent> {
  /** The end of the run, whether anybody iterated or not. */
  result(): Promise<Result>;
  /** Finishes the step under way, saves what is there and ends. */
  stop(): void;
}

/** Runs a generator of events at once; hands every event to the listeners and to whoever iterates. */
export function driveRun<Result>(
  events: (signal: AbortSignal) => AsyncGenerator<TrainEvent, Result>,
  listeners: readonly TrainListener[] = [],
  signal?: AbortSignal,
): TrainRun<Result> {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });

  const stream = new EventStream();
  const attached = new Set(listeners);
  let step: number | undefined;

  /** Hands an event to all, and after it the warnings about those who failed at it. */
  async function deliver(event: TrainEvent): Promise<void> {
    const events = [event];
    if (event.type === "step") step = event.step;
    if (event.type === "start") step = event.resumedAt;
    for (const each of events) {
      stream.add(each);
      for (const listener of attached) {
        try {
          await listener(each);
        } catch (error) {
          attached.delete(listener);
          const code = "TRAIN_LISTENER_FAILED";
          const message = `A listener failed at a ${each.type} event and gets no more events: ${String(error)}`;
          // No event follows the last one.
          if (each.type === "closed") process.emitWarning(message, { code });
          else events.push({ type: "warning", code, message });
        }
      }
    }
  }
  async function drain(): Promise<Result> {
    try {
      const generator = events(stopping.signal);
      for (;;) {
        const { done, value } = await generator.next();
        if (done) return value;
        await deliver(value);
      }
    } catch (error) {
      await deliver(failure(error, step));
      throw error;
    } finally {
      await deliver({ type: "closed" });
      signal?.removeEventListener("abort", stop);
    }
  }
  const result = drain();
  result.catch(() => {}); // Whoever asks for the result gets the failure; nobody asking is no crash.

  return {
    stop,
    result: () => result,
    async *[Symbol.asyncIterator]() {
      let finished = false;
      try {
        yield* stream.events();
        await result;
        finished = true;
      } finally {
        if (!finished) stop();
      }
    },
  };
}

const failure = (error: unknown, step: number | undefined): TrainEvent => ({
  type: "failed",
  ...(isNeriumError(error) && { code: error.code }),
  message: error instanceof Error ? error.message : String(error),
  ...(step !== undefined && { step }),
});
