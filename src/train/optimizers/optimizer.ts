import type { ParameterLayout } from "../../models/index.js";
import type { Recipe } from "../../recipe/index.js";
import type { Engine, StateBlock } from "../../runtime/index.js";
import type { ParamGroup } from "./paramGroups.js";

/** Blocks of floats in the layout of the weights, by their names. */
export type NamedBlocks = Readonly<Record<string, StateBlock>>;

/** One update of the weights. */
export interface Update {
  /** Number of the update, from 1. */
  readonly step: number;
  /** That of the schedule; each group of parameters multiplies it by its own factor. */
  readonly learningRate: number;
  /** What the gradient is multiplied by: below 1 where it is longer than `max_grad_norm`. */
  readonly clip: number;
  /** Awaited before floats of the weights and of all blocks from one place up to another are changed. */
  readonly beforeWrite?: (from: number, to: number) => Promise<void> | undefined;
}

/**
 * Moves weights in place along their gradient.
 *
 * Weight decay is decoupled from the gradient: a weight whose gradient is always 0 only shrinks, by the
 * {@link decayFactor} of its group. Rows of the word-embedding table that a run leaves out rely on it.
 */
export interface Optimizer {
  /**
   * All its state, which checkpoints keep as tensors `PARAMETER.NAME`. The names are torch's where it has such an
   * optimizer. `weights` and `average` are other blocks of a checkpoint.
   */
  readonly blocks: NamedBlocks;
  update(update: Update): Promise<void>;
  /** Gives all memory back. Call it when no update is under way. */
  dispose(): Promise<void>;
}

/** What an optimizer works on. */
export interface OptimizerInputs {
  /** What the blocks belong to. */
  readonly engine: Engine;
  readonly layout: ParameterLayout;
  /** Changed in place by each update. */
  readonly weights: StateBlock;
  readonly gradients: StateBlock;
  readonly groups: readonly ParamGroup[];
  readonly threads: number;
}

/** Makes an optimizer whose state is that before the first update; what it needs besides is in the recipe. */
export type OptimizerFactory = (recipe: Recipe, inputs: OptimizerInputs) => Promise<Optimizer>;
