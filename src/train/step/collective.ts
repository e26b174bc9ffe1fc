import type { StateBlock } from "../../runtime/index.js";

/** Numbers that processes exchange: float32 in a block of the engine, or a small array on the host. */
export type ExchangedBlock = StateBlock | Float32Array | Float64Array;

/**
 * The processes that train one model together, seen from one of them. All draw the same steps from the same
 * seed.
 */
export interface Collective {
  /** The number of this process, from 0. */
  readonly rank: number;
  /** The number of processes. */
  readonly size: number;
  /**
   * Adds up the blocks of all processes, in place. Afterwards every process has the same sum, bit for bit.
   */
  reduce(block: ExchangedBlock): Promise<void>;
  /** Copies the block of the first process to all other processes. */
  broadcast(block: ExchangedBlock): Promise<void>;
}

/** A single process that trains alone. */
export const singleProcess: Collective = {
  rank: 0,
  size: 1,
  async reduce() {},
  async broadcast() {},
};

/** The windows of a step that a process computes: every `size`-th, starting with number `rank`. */
export const shard = <T>(windows: readonly T[], { rank, size }: Collective): readonly T[] =>
  windows.filter((_, index) => index % size === rank);
