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
  /** Sub-tokens of all steps, special tokens included. */
  readonly tokens: number;
  readonly seconds: number;
  /** sha256 of what the run was made from. */
  readonly fingerprint: Fingerprint;
}

/**
 * A training run under way.
 *
 * It starts at once, iterated or not. `for await (const event of run)` sees every event from the first on; leaving that loop
 * early stops the run. Failures reach the iterator, and `result()`.
 */
export interface TrainRun<Result = TrainResult> extends AsyncIterable<TrainEvent> {
  /** The end of the run, whether anybody iterated or not. */
  result(): Promise<Result>;
  /** Finishes the step under way, saves what is there and ends. */
  stop(): void;
}

/** Runs a generator of events at once; hands every event to the listeners, then to whoever iterates. */
export function driveRun<Result>(
  events: (signal: AbortSignal) => AsyncGenerator<TrainEvent, Result>,
  listeners: readonly TrainListener[] = [],
  signal?: AbortSignal,
): TrainRun<Result> {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });

  const seen: TrainEvent[] = [];
  let waiting: (() => void)[] = [];
  let ended = false;
  const wakeAll = () => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  const attached = new Set(listeners);

  async function deliver(event: TrainEvent): Promise<void> {
    seen.push(event);
    wakeAll();
    for (const listener of attached) {
      try {
        await listener(event);
      } catch (error) {
        attached.delete(listener);
        const message = `A listener failed at a ${event.type} event and gets no more events: ${String(error)}`;
        await deliver({ type: "warning", code: "TRAIN_LISTENER_FAILED", message });
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
    } finally {
      ended = true;
      signal?.removeEventListener("abort", stop);
      wakeAll();
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
        for (let next = 0; ; ) {
          while (next < seen.length) yield seen[next++]!;
          if (ended) break;
          await new Promise<void>((wake) => waiting.push(wake));
        }
        await result;
        finished = true;
      } finally {
        if (!finished) stop();
      }
    },
  };
}
