import type { ParameterLayout } from "../../models/index.js";
import { type Engine, HostMemory, type StateBlock } from "../../runtime/index.js";

/** Blocks of a run in memory that WebAssembly can address too. */
export interface HostBlocks {
  readonly memory: HostMemory;
  readonly weights: StateBlock;
  readonly gradients: StateBlock;
  /** The part of the gradient that this process gets the sum of. The gradient itself, if it computes alone. */
  readonly share: StateBlock;
  /** Two further blocks as long as that, for an optimizer's state. */
  readonly spare: readonly [StateBlock, StateBlock];
}

/** Floats from which on threads of their own pay off. They take some 50 ms to start. */
const WORTH_IT = 2 ** 22;

/**
 * Allocates all blocks of a run in one such memory. Returns `undefined` where that is not possible (blocks on a device, more than
 * 268 million parameters, no address space) or not worth it.
 *
 * @param share number of floats that the optimizer updates
 */
export function hostBlocks(
  engine: Engine,
  layout: ParameterLayout,
  share = layout.length,
): HostBlocks | undefined {
  if (engine.device !== "cpu" || layout.length < WORTH_IT) return undefined;
  const [whole, part] = [layout.length * 4, share * 4];
  const parts = share === layout.length ? [part, part] : [part, part, part];
  const memory = HostMemory.allocate([whole, whole, ...parts]);
  if (memory === undefined) return undefined;
  const [weights, gradients, mean, square, sum = gradients] = memory.blocks;
  return { memory, weights: weights!, gradients: gradients!, share: sum!, spare: [mean!, square!] };
}
