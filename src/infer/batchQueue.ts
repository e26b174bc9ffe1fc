import type { Sequence } from "../models/index.js";
import type { SequenceLogits } from "../tasks/tokenClassification/index.js";

/** Tokens per batch, with padding: enough for full speed, few enough to keep memory use steady. */
const TOKENS_PER_BATCH = 1024;

/** Sequences of different calls share a batch if none is longer than this many times another. */
const LIKE = 2;

/** Computes the logits of each sequence of a batch. */
export type RunBatch = (batch: readonly Sequence[]) => Promise<readonly SequenceLogits[]>;

/** A batch that was run. */
export interface BatchReport {
  readonly sequences: number;
  /** Tokens of its sequences, without padding. */
  readonly tokens: number;
  /** How long it ran. */
  readonly seconds: number;
  /** What the run threw; `undefined` if it succeeded. */
  readonly error: unknown;
}

/** How long a call took, and how much it was. */
export interface CallReport {
  /** Tokens of its sequences. */
  readonly tokens: number;
  /** From the call to the start of its first batch. */
  readonly waitedSeconds: number;
  /** Run time of the batches that had a sequence of the call. */
  readonly ranSeconds: number;
}

export interface QueueOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each batch with the number of sequences done. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Called when all sequences are done. */
  readonly onReport?: ((report: CallReport) => void) | undefined;
}

/**
 * Runs the sequences of all calls in batches, one batch at a time. Sequences of different calls that have similar lengths share a
 * batch. Each batch begins with the call that has waited longest since it came or had its last batch, so that a call with few
 * sequences does not wait for all those of a long one, and a long one does not wait for all calls that come after it.
 */
export class BatchQueue {
  readonly #calls = new Set<Call>();
  readonly #run: RunBatch;
  readonly #batchTokens: number;
  readonly #listeners = new Set<(report: BatchReport) => void>();
  #batches = 0;
  #work: Promise<void> | undefined;

  /** @param batchTokens most tokens of a batch, with padding; a longer sequence is a batch of its own */
  constructor(run: RunBatch, batchTokens = TOKENS_PER_BATCH) {
    this.#run = run;
    this.#batchTokens = batchTokens;
  }

  /** Sequences that wait for a batch, and their tokens. */
  get waiting(): { readonly sequences: number; readonly tokens: number } {
    const calls = [...this.#calls];
    return {
      sequences: calls.reduce((sum, call) => sum + call.waitingSequences, 0),
      tokens: calls.reduce((sum, call) => sum + call.waitingTokens, 0),
    };
  }

  /** Calls `listener` after each batch, before its calls end. Returns a function that stops this. */
  onBatch(listener: (report: BatchReport) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Returns the logits of every sequence, in order, however they are batched. A sequence with nothing to score has none.
   *
   * @throws the signal's reason, and what the run of a batch with one of the sequences throws
   */
  async add(
    sequences: readonly Sequence[],
    { signal, onProgress, onReport }: QueueOptions = {},
  ): Promise<readonly SequenceLogits[]> {
    signal?.throwIfAborted();
    // After the batch that runs, before the next one.
    const call = new Call(sequences, onProgress, this.#batches - 1.5);
    if (call.next === undefined) return call.results;
    const abort = () => {
      call.fail(signal!.reason);
      if (!call.runs) this.#calls.delete(call);
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.#calls.add(call);
    if (this.#work === undefined) this.#start();
    try {
      const results = await call.ended;
      onReport?.(call.report);
      return results;
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
      const start = performance.now();
      for (const call of calls) call.begin(start);
      const end = (error: unknown) => {
        const seconds = (performance.now() - start) / 1000;
        for (const call of calls) call.ranSeconds += seconds;
        const tokens = batch.reduce((sum, { call, index }) => sum + call.sequences[index]!.ids.length, 0);
        for (const listener of this.#listeners) listener({ sequences: batch.length, tokens, seconds, error });
      };
      try {
        const logits = await this.#run(batch.map(({ call, index }) => call.sequences[index]!));
        end(undefined);
        for (const [place, { call, index }] of batch.entries()) call.finish(index, logits[place]!);
        for (const call of calls) call.tell();
      } catch (error) {
        end(error);
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
        (batch.length + 1) * Math.max(longest, next) <= this.#batchTokens &&
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
  /** Seconds of the batches that had a sequence of this call. */
  ranSeconds = 0;
  /** Tokens of the sequences that wait. */
  waitingTokens: number;
  readonly #tokens: number;
  readonly #came = performance.now();
  #began: number | undefined;
  /** Indices of the sequences with something to score, shortest first. */
  readonly #order: readonly number[];
  #taken = 0;
  #done = 0;
  #failure: { readonly error: unknown } | undefined;
  #settle!: { resolve(results: readonly SequenceLogits[]): void; reject(error: unknown): void };

  constructor(
    readonly sequences: readonly Sequence[],
    readonly onProgress: QueueOptions["onProgress"],
    /** Number of the last batch that had a sequence of this call; at first, a number between those of batches. */
    public lastBatch: number,
  ) {
    const empty = new Float32Array(0);
    this.results = sequences.map(() => empty);
    this.#order = [...sequences.keys()]
      .filter((index) => sequences[index]!.labelled.length > 0)
      .sort((a, b) => sequences[a]!.ids.length - sequences[b]!.ids.length || a - b);
    this.#tokens = this.#order.reduce((sum, index) => sum + sequences[index]!.ids.length, 0);
    this.waitingTokens = this.#tokens;
    this.ended = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  /** The length of the shortest sequence that waits. */
  get next(): number | undefined {
    const index = this.#order[this.#taken];
    return index === undefined ? undefined : this.sequences[index]!.ids.length;
  }

  get waitingSequences(): number {
    return this.#order.length - this.#taken;
  }

  get report(): CallReport {
    const waitedSeconds = ((this.#began ?? this.#came) - this.#came) / 1000;
    return { tokens: this.#tokens, waitedSeconds, ranSeconds: this.ranSeconds };
  }

  /** Takes the sequence of this length, and returns its index. */
  take(): number {
    this.waitingTokens -= this.next!;
    return this.#order[this.#taken++]!;
  }

  /** A batch with a sequence of this call starts. */
  begin(time: number): void {
    this.runs = true;
    this.#began ??= time;
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
    this.waitingTokens = 0;
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
