import type { Sequence } from "../models/index.js";
import type { SequenceLogits } from "../tasks/tokenClassification/index.js";

/** Tokens per batch, with padding: enough for full speed, few enough to keep memory use steady. */
const TOKENS_PER_BATCH = 1024;

/** Sequences of different calls share a batch if none is longer than this many times another. */
const LIKE = 2;

/** Computes the logits of each sequence of a batch. */
export type RunBatch = (batch: readonly Sequence[]) => Promise<readonly SequenceLogits[]>;

export interface QueueOptions {
  readonly signal?: AbortSignal;
  /** Called after each batch with the number of sequences done. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Runs the sequences of all calls in batches, one batch at a time. Sequences of different calls that have similar lengths share a
 * batch. Each batch begins with the call that has waited longest, so that a call with few sequences does not wait for all those of
 * a long one.
 */
export class BatchQueue {
  readonly #calls = new Set<Call>();
  readonly #run: RunBatch;
  #batches = 0;
  #work: Promise<void> | undefined;

  constructor(run: RunBatch) {
    this.#run = run;
  }

  /**
   * Returns the logits of every sequence, in order, however they are batched. A sequence with nothing to score has none.
   *
   * @throws the signal's reason, and what the run of a batch with one of the sequences throws
   */
  async add(
    sequences: readonly Sequence[],
    { signal, onProgress }: QueueOptions = {},
  ): Promise<readonly SequenceLogits[]> {
    signal?.throwIfAborted();
    const call = new Call(sequences, onProgress);
    if (call.next === undefined) return call.results;
    const abort = () => {
      call.fail(signal!.reason);
      if (!call.runs) this.#calls.delete(call);
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.#calls.add(call);
    if (this.#work === undefined) this.#start();
    try {
      return await call.ended;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Resolves when no batch runs and none waits. */
  async idle(): Promise<void> {
    while (this.#work !== undefined) await this.#work;
  }

  #start(): void {
    this.#work = this.#runAll().finally(() => {
      this.#work = undefined;
      // A call may have come after the last batch.
      if (this.#calls.size > 0) this.#start();
    });
  }

  async #runAll(): Promise<void> {
    while (this.#calls.size > 0) {
      const batch = this.#nextBatch();
      const calls = new Set(batch.map(({ call }) => call));
      for (const call of calls) call.runs = true;
      try {
        const logits = await this.#run(batch.map(({ call, index }) => call.sequences[index]!));
        for (const [place, { call, index }] of batch.entries()) call.finish(index, logits[place]!);
        for (const call of calls) call.tell();
      } catch (error) {
        for (const call of calls) call.fail(error);
      }
      for (const call of calls) {
        call.runs = false;
        if (call.end()) this.#calls.delete(call);
      }
    }
  }

  /** Takes the sequences of the next batch out of their calls. */
  #nextBatch(): Member[] {
    const turn = this.#batches++;
    const waiting = [...this.#calls].filter(({ next }) => next !== undefined);
    const first = waiting.reduce((a, b) => (b.lastBatch < a.lastBatch ? b : a));
    const batch: Member[] = [];
    const wanted = first.next!;
    let shortest = wanted;
    let longest = wanted;
    for (let call: Call | undefined = first; call !== undefined; ) {
      shortest = Math.min(shortest, call.next!);
      longest = Math.max(longest, call.next!);
      batch.push({ call, index: call.take() });
      call.lastBatch = turn;
      const fits = ({ next }: Call, isOther: boolean) =>
        next !== undefined &&
        (batch.length + 1) * Math.max(longest, next) <= TOKENS_PER_BATCH &&
        (!isOther || (next <= LIKE * shortest && longest <= LIKE * next));
      call = closest(
        waiting.filter((each) => fits(each, each !== first)),
        wanted,
      );
    }
    return batch;
  }
}

/** A sequence of a batch. */
interface Member {
  readonly call: Call;
  readonly index: number;
}

/** Returns the call whose next sequence is closest to a length, the first of several; `undefined` without calls. */
const closest = (calls: readonly Call[], length: number): Call | undefined =>
  calls.reduce<Call | undefined>((best, call) => {
    const distance = ({ next }: Call) => Math.abs(next! - length);
    return best === undefined || distance(call) < distance(best) ? call : best;
  }, undefined);

/** The sequences of one call. */
class Call {
  readonly results: SequenceLogits[];
  /** Resolves with the results, or rejects. */
  readonly ended: Promise<readonly SequenceLogits[]>;
  /** A sequence of this call is in the batch that runs. */
  runs = false;
  /** Number of the last batch that had a sequence of this call. */
  lastBatch = -1;
  /** Indices of the sequences with something to score, shortest first. */
  readonly #order: readonly number[];
  #taken = 0;
  #done = 0;
  #failure: { readonly error: unknown } | undefined;
  #settle!: { resolve(results: readonly SequenceLogits[]): void; reject(error: unknown): void };

  constructor(
    readonly sequences: readonly Sequence[],
    readonly onProgress: QueueOptions["onProgress"],
  ) {
    const empty = new Float32Array(0);
    this.results = sequences.map(() => empty);
    this.#order = [...sequences.keys()]
      .filter((index) => sequences[index]!.labelled.length > 0)
      .sort((a, b) => sequences[a]!.ids.length - sequences[b]!.ids.length || a - b);
    this.ended = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  /** The length of the shortest sequence that waits. */
  get next(): number | undefined {
    const index = this.#order[this.#taken];
    return index === undefined ? undefined : this.sequences[index]!.ids.length;
  }

  /** Takes the sequence of this length, and returns its index. */
  take(): number {
    return this.#order[this.#taken++]!;
  }

  finish(index: number, logits: SequenceLogits): void {
    this.results[index] = logits;
    this.#done++;
  }

  /** Tells how many sequences are done. */
  tell(): void {
    if (this.#failure !== undefined) return;
    try {
      this.onProgress?.(this.#done);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Gives up the sequences that wait. The call ends now, or after the batch that runs. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#taken = this.#order.length;
    if (!this.runs) this.#settle.reject(this.#failure.error);
  }

  /** Ends the call if nothing of it waits. Call it when nothing of it runs. */
  end(): boolean {
    if (this.#failure !== undefined) this.#settle.reject(this.#failure.error);
    else if (this.next === undefined) this.#settle.resolve(this.results);
    else return false;
    return true;
  }
}
