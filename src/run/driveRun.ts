import { isNeriumError } from "../errors.js";
import { EventStream } from "./eventStream.js";
import type { TrainEvent } from "./events.js";
import type { Fingerprint } from "./fingerprint.js";

/** Called for every event, in order, and awaited. A slow listener slows down the run. */
export type TrainListener = (event: TrainEvent) => void | Promise<void>;

/** The result of a finished run. */
export interface TrainResult {
  /** The model folder. */
  readonly folder: string;
  readonly reason: Extract<TrainEvent, { type: "end" }>["reason"];
  /**
   * The last validation metrics, or those of the best model with `load_best_model_at_end`. `undefined`
   * without a validation set.
   */
  readonly metrics: Extract<TrainEvent, { type: "evaluation" }>["metrics"] | undefined;
  readonly testMetrics: Extract<TrainEvent, { type: "evaluation" }>["metrics"] | undefined;
  readonly steps: number;
  /** Tokens of all steps, including special tokens. */
  readonly tokens: number;
  readonly seconds: number;
  /** sha256 of the model, tokenizer and data that the run was made from. */
  readonly fingerprint: Fingerprint;
}

/**
 * A training run in progress.
 *
 * It starts at once, whether or not anyone iterates over it. A `for await (const event of run)` loop that
 * starts at once sees every event from the first. Leaving the loop early stops the run. The last event is
 * `closed`. If the run fails, `failed` comes before `closed`, and the loop then throws the error. `result()`
 * also rejects with it, once every listener has handled `closed`.
 *
 * An event is dropped once every iterator has taken it, so that memory does not grow with the number of
 * steps. An iterator that starts late gets the earlier events except `step`, `evaluation-progress`,
 * `download`, `reading` and `measuring`. A slow iterator does not hold up the run: events that it has not taken yet wait
 * in memory.
 */
export interface TrainRun<Result = TrainResult> extends AsyncIterable<TrainEvent> {
  /** Resolves with the result when the run ends, whether or not anyone iterates over it. */
  result(): Promise<Result>;
  /** Finishes the current step, saves the result so far and ends. */
  stop(): void;
}

/** Starts a generator of events at once, and passes every event to the listeners and the iterators. */
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

  /** Delivers an event to everyone, and after it a warning for each listener that failed at it. */
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
          const message = `A listener failed on the event ${each.type} and gets no more events: ${String(error)}`;
          // `closed` is the last event, so no warning event can follow it.
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
  result.catch(() => {}); // Callers of result() get the error; without any, it must not crash the process.

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
