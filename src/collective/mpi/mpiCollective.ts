import { setTimeout as sleep } from "node:timers/promises";
import { deserialize, serialize } from "node:v8";
import type { StateBlock } from "../../runtime/index.js";
import type { BeforeWrite, Collective, ExchangedBlock } from "../collective.js";
import type { SharedPiece, ShareRange, Shares } from "../shares.js";
import type { Exchanged, Mpi, Request } from "./mpi.js";

/** Pieces that are exchanged at the same time: while one is added up, the next one is on its way. */
const IN_FLIGHT = 2;
/** Milliseconds after which a process that waits for others no longer keeps its processor busy. */
const PATIENCE = 20;
/** Elements in one message, whose count is an int. */
const MOST = 2 ** 28;

/**
 * Exchanges through MPI. Every call starts something and returns at once, so that the event loop lives; what was started goes
 * on whenever it is tested.
 */
export class MpiCollective implements Collective {
  /** How many of the processes compute on the same processors as this one, itself included. */
  sharing = 1;
  /** Bytes that this process has sent for gradients and weights. */
  sent = 0;
  /** Milliseconds that it has spent in these exchanges, waiting for others included. */
  exchanging = 0;

  /** @param failure returns why the processes cannot go on, if so */
  constructor(
    private readonly mpi: Mpi,
    readonly rank: number,
    readonly size: number,
    private readonly failure: () => Error | undefined,
  ) {}

  async reduce(figures: Float64Array): Promise<void> {
    // Added up at one place, so that all have the same bits.
    const values = fixed(figures);
    await this.done(this.mpi.reduce(values, this.rank));
    await this.done(this.mpi.broadcast(values));
    figures.set(values);
  }

  async broadcast(block: ExchangedBlock): Promise<void> {
    if (ArrayBuffer.isView(block)) {
      const values = fixed(block);
      await this.inMessages(values, (piece) => this.mpi.broadcast(piece));
      block.set(values as Float32Array);
    } else await this.inMessages(block.read(), (piece) => this.mpi.broadcast(piece));
  }

  async fromFirst<T>(value: T): Promise<T> {
    const own = this.rank === 0 ? serialize(value) : undefined;
    const length = Float64Array.of(own?.length ?? 0);
    await this.broadcast(length);
    const bytes = fixed(own ?? new Uint8Array(length[0]!));
    await this.inMessages(bytes, (piece) => this.mpi.broadcast(piece));
    return own === undefined ? (deserialize(bytes) as T) : value;
  }

  async toFirst<T>(value: T): Promise<readonly T[] | undefined> {
    if (this.rank > 0) {
      const bytes = fixed(serialize(value));
      await this.done(this.mpi.send(fixed(Float64Array.of(bytes.length)), 0));
      await this.inMessages(bytes, (piece) => this.mpi.send(piece, 0));
      return undefined;
    }
    const values: T[] = [value];
    for (let rank = 1; rank < this.size; rank++) {
      const length = fixed(Float64Array.of(0));
      await this.done(this.mpi.receive(length, rank));
      const bytes = fixed(new Uint8Array(length[0]!));
      await this.inMessages(bytes, (piece) => this.mpi.receive(piece, rank));
      values.push(deserialize(bytes) as T);
    }
    return values;
  }

  reduceScatter(block: StateBlock, shares: Shares, own: StateBlock): Promise<void> {
    return this.inPieces(shares, ({ from, to, parts }) => {
      const { at, from: begin, to: end } = parts[this.rank]!;
      this.sent += (to - from - (end - begin)) * 4;
      return this.mpi.reduceScatter(
        floatsOf(block, from, to),
        lengthsOf(parts),
        floatsOf(own, at, at + end - begin),
      );
    });
  }

  allGather(block: StateBlock, shares: Shares, beforeWrite?: BeforeWrite): Promise<void> {
    return this.inPieces(
      shares,
      ({ from, to, parts }) => {
        const { from: begin, to: end } = parts[this.rank]!;
        this.sent += (end - begin) * 4 * (this.size - 1);
        const places = integers(parts.map((part) => part.from - from));
        return this.mpi.allGather(floatsOf(block, from, to), lengthsOf(parts), places);
      },
      beforeWrite,
    );
  }

  async gather(own: StateBlock, shares: Shares, whole: StateBlock | undefined): Promise<void> {
    for (const { parts } of shares.pieces)
      for (const [rank, { from, to, at }] of parts.entries()) {
        if (rank === 0) whole?.copyIn(from * 4, floatsOf(own, at, at + to - from));
        else if (whole !== undefined) await this.done(this.mpi.receive(floatsOf(whole, from, to), rank));
        else if (rank === this.rank) await this.done(this.mpi.send(floatsOf(own, at, at + to - from), 0));
      }
  }

  async scatter(whole: StateBlock | undefined, shares: Shares, own: StateBlock): Promise<void> {
    for (const { parts } of shares.pieces)
      for (const [rank, { from, to, at }] of parts.entries()) {
        if (whole !== undefined && rank === 0) own.copyIn(at * 4, floatsOf(whole, from, to));
        else if (whole !== undefined) await this.done(this.mpi.send(floatsOf(whole, from, to), rank));
        else if (rank === this.rank) await this.done(this.mpi.receive(floatsOf(own, at, at + to - from), 0));
      }
  }

  /** Exchanges piece by piece, a few at the same time. */
  private async inPieces(
    shares: Shares,
    start: (piece: SharedPiece) => Request,
    beforeWrite?: BeforeWrite,
  ): Promise<void> {
    const begin = performance.now();
    const inFlight: Request[] = [];
    for (const piece of shares.pieces) {
      await beforeWrite?.(piece.from, piece.to);
      inFlight.push(start(piece));
      if (inFlight.length === IN_FLIGHT) await this.done(inFlight.shift()!);
    }
    for (const request of inFlight) await this.done(request);
    this.exchanging += performance.now() - begin;
  }

  /** Sends or receives an array in messages that are not too long for MPI. */
  private async inMessages<V extends Exchanged>(values: V, start: (piece: V) => Request): Promise<void> {
    for (let from = 0; from < values.length; from += MOST)
      await this.done(start(values.subarray(from, from + MOST) as V));
  }

  /** Waits until an exchange is done. Rejects if the run cannot go on. */
  private async done(request: Request): Promise<void> {
    const begin = performance.now();
    while (!request.test()) {
      const failure = this.failure();
      if (failure !== undefined) throw failure;
      if (performance.now() - begin < PATIENCE) await new Promise<void>((wake) => setImmediate(wake));
      else await sleep(1);
    }
  }
}

/** The floats of a block from index `from` up to `to`, in place: the blocks of the CPU are in host memory. */
const floatsOf = (block: StateBlock, from: number, to: number): Float32Array =>
  block.read(from * 4, to - from);

/** Bytes of the largest arrays that are on the JavaScript heap, where they may move. */
const ON_HEAP = 64;

/** Returns an array whose memory does not move while MPI uses it: the same, or a copy if it is small. */
function fixed<V extends Exchanged>(values: V): V {
  if (values.byteLength > ON_HEAP) return values;
  const memory = new ArrayBuffer(2 * ON_HEAP);
  const Type =
    values instanceof Float32Array
      ? Float32Array
      : values instanceof Float64Array
        ? Float64Array
        : Uint8Array;
  const copy = new Type(memory, 0, values.length) as V;
  copy.set(values as never);
  return copy;
}

const integers = (values: readonly number[]): Int32Array => {
  const copy = new Int32Array(values.length + ON_HEAP);
  copy.set(values);
  return copy;
};

const lengthsOf = (parts: readonly ShareRange[]): Int32Array =>
  integers(parts.map(({ from, to }) => to - from));
