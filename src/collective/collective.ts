import type { StateBlock } from "../runtime/index.js";
import type { Shares } from "./shares.js";

/** Numbers that processes exchange: float32 in a block of the engine, or an array on the host. */
export type ExchangedBlock = StateBlock | Float32Array | Float64Array;

/** Awaited before the floats from index `from` up to `to` of a block are changed. */
export type BeforeWrite = (from: number, to: number) => Promise<void> | undefined;

/**
 * The processes that train one model together, seen from one of them. All draw the same steps from the same seed, and
 * all call these functions in the same order.
 */
export interface Collective {
  /** The number of this process, from 0. */
  readonly rank: number;
  /** The number of processes. */
  readonly size: number;
  /** How many of the processes compute on the same processors as this one, itself included. */
  readonly sharing: number;
  /** Adds up the figures of all processes, in place. Afterwards every process has the same sums, bit for bit. */
  reduce(figures: Float64Array): Promise<void>;
  /** Copies the block of the first process to all other processes. */
  broadcast(block: ExchangedBlock): Promise<void>;
  /** Returns the value of the first process to all. The values of the others are ignored. */
  fromFirst<T>(value: T): Promise<T>;
  /** Returns the values of all processes to the first one, by rank, and `undefined` to the others. */
  toFirst<T>(value: T): Promise<readonly T[] | undefined>;
  /** Adds up the blocks of all processes. Each process gets its share of the sum. `block` is not changed. */
  reduceScatter(block: StateBlock, shares: Shares, own: StateBlock): Promise<void>;
  /** Copies to `block` what the other processes own of it. */
  allGather(block: StateBlock, shares: Shares, beforeWrite?: BeforeWrite): Promise<void>;
  /** Brings the shares of all processes together in `whole`, which the first process has. */
  gather(own: StateBlock, shares: Shares, whole: StateBlock | undefined): Promise<void>;
  /** Divides `whole`, which the first process has, into the shares of all processes. */
  scatter(whole: StateBlock | undefined, shares: Shares, own: StateBlock): Promise<void>;
}

/** The processes that a launcher has started, from the start of this one to its end. */
export interface Session {
  readonly collective: Collective;
  /** Begins some work that all processes do together. */
  begin(): void;
  /** The work is done: from now on a process may end. */
  rest(): void;
  /** The work has failed here, so it fails at all processes. Returns the error that caused it. */
  failed(error: unknown): Promise<unknown>;
}

/** A single process that trains alone. Its share of every block is the block itself. */
export const singleProcess: Collective = {
  rank: 0,
  size: 1,
  sharing: 1,
  async reduce() {},
  async broadcast() {},
  fromFirst: async (value) => value,
  toFirst: async (value) => [value],
  async reduceScatter() {},
  async allGather() {},
  async gather() {},
  async scatter() {},
};
