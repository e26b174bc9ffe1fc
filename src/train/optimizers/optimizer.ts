import type { ShareRange } from "../../collective/index.js";
import type { ParameterLayout } from "../../models/index.js";
import type { Recipe } from "../../recipe/index.js";
import type { Engine, StateBlock } from "../../runtime/index.js";
import type { HostBlocks } from "./hostBlocks.js";
import type { ParamGroup } from "./paramGroups.js";

/** Blocks of floats by name: in the layout of the weights, or the share of them that a process updates. */
export type NamedBlocks = Readonly<Record<string, StateBlock>>;

/** One update of the weights. */
export interface Update {
  /** Number of the update, from 1. */
  readonly step: number;
  /** The learning rate of the schedule. Each parameter group multiplies it by its own factor. */
  readonly learningRate: number;
  /** The factor on the gradient: below 1 if its norm is above `max_grad_norm`. */
  readonly clip: number;
  /** Awaited before the floats from index `from` up to `to` are changed, in the weights and all blocks. */
  readonly beforeWrite?: (from: number, to: number) => Promise<void> | undefined;
}

/**
 * Updates the weights in place with their gradient.
 *
 * Weight decay must be decoupled from the gradient: a weight whose gradient is always 0 only shrinks, by the
 * {@link decayFactor} of its group. Rows of the word-embedding table that a run leaves out rely on this.
 */
export interface Optimizer {
  /**
   * The complete state of the optimizer, for the weights that it updates. Checkpoints keep it as tensors named `PARAMETER.NAME`. Names are
   * torch's if torch has the same optimizer. The names `weights` and `average` are taken by other blocks of a
   * checkpoint.
   */
  readonly blocks: NamedBlocks;
  update(update: Update): Promise<void>;
  /** Frees all memory. Call it only while no update is running. */
  dispose(): Promise<void>;
}

/** The inputs of an optimizer. */
export interface OptimizerInputs {
  /** The engine that the blocks belong to. */
  readonly engine: Engine;
  readonly layout: ParameterLayout;
  /** Changed in place by each update. */
  readonly weights: StateBlock;
  /** The gradient of the weights that the optimizer updates. The blocks of its state are as long. */
  readonly gradients: StateBlock;
  /** The weights that it updates, and where they are in `gradients` and in its state. By default all, in the same place. */
  readonly ranges?: readonly ShareRange[];
  readonly groups: readonly ParamGroup[];
  readonly threads: number;
  /** The memory that weights and gradients are in, if WebAssembly can address it. */
  readonly host?: Pick<HostBlocks, "memory" | "spare"> | undefined;
}

/** Creates an optimizer in its state before the first update. Its other settings come from the recipe. */
export type OptimizerFactory = (recipe: Recipe, inputs: OptimizerInputs) => Promise<Optimizer>;
