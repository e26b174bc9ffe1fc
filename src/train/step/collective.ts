import type { StateBlock } from "../../runtime/index.js";

/** Numbers that processes exchange: float32 in a block of the engine, or few of them on the host. */
export type ExchangedBlock = StateBlock | Float32Array | Float64Array;

/** The processes that train one model together, as one of them sees them. All draw the same steps from the same seed. */
export interface Collective {
  /** The number of this process, from 0. */
  readonly rank: number;
  /** How many there are. */
  readonly size: number;
  /** Adds up the blocks of all processes, in place: each has the sum then, with the same bits. */
  reduce(block: ExchangedBlock): Promise<void>;
  /** Puts the block of the first process into those of all others. */
  broadcast(block: ExchangedBlock): Promise<void>;
}

/** One process that trains alone. */
export const singleProcess: Collective = {
  rank: 0,
  size: 1,
  async reduce() {},
  async broadcast() {},
};

/** What a process computes of the windows of a step: every `size`-th, from its own on. */
export const shard = <T>(windows: readonly T[], { rank, size }: Collective): readonly T[] =>
  windows.filter((_, index) => index % size === rank);
