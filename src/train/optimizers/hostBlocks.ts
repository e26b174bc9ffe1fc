import type { ParameterLayout } from "../../models/index.js";
import { type Engine, HostMemory, type StateBlock } from "../../runtime/index.js";

/** Blocks of a run in memory that WebAssembly can address too. */
export interface HostBlocks {
  readonly memory: HostMemory;
  readonly weights: StateBlock;
  readonly gradients: StateBlock;
  /** Two further blocks, for an optimizer's state. */
  readonly spare: readonly [StateBlock, StateBlock];
}

/** Floats from which on threads of their own pay off. They take some 50 ms to start. */
const WORTH_IT = 2 ** 22;

/**
 * Allocates all blocks of a run in one such memory. Returns `undefined` where that is not possible (blocks on a device, more than
 * 268 million parameters, no address space) or not worth it.
 */
export function hostBlocks(engine: Engine, layout: ParameterLayout): HostBlocks | undefined {
  if (engine.device !== "cpu" || layout.length < WORTH_IT) return undefined;
  const memory = HostMemory.allocate(new Array<number>(4).fill(layout.length * 4));
  if (memory === undefined) return undefined;
  const [weights, gradients, mean, square] = memory.blocks;
  return { memory, weights: weights!, gradients: gradients!, spare: [mean!, square!] };
}
