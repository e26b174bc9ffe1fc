import type { PackedBatch } from "../../models/index.js";
import type { Engine, StateBlock } from "../../runtime/index.js";
import type { TrainingExample } from "../../tasks/tokenClassification/index.js";
import type { GradientNorm } from "./gradientNorm.js";
import type { JointBatch } from "./jointMasks.js";

/** The random numbers of a step: the same key gives the same dropout. */
export interface DropoutKey {
  readonly seed: number;
  readonly step: number;
  /** Number of the batch within a step of several batches. */
  readonly part: number;
}

/** One batch of a training step. */
export interface StepBatch {
  readonly members: readonly TrainingExample[];
  readonly packed: PackedBatch;
  /** Total weight of the labelled tokens in the whole step. The mean loss divides by it. */
  readonly total: number;
  readonly key: DropoutKey;
  /** The batch that this one is a part of, if several processes compute it. */
  readonly joint?: JointBatch;
}

/**
 * The forward and backward pass of one batch. It reads weights and writes gradients in place.
 *
 * A step with several batches (gradient accumulation) runs the first batch with `first: true`, which
 * overwrites the gradients, and the others with `first: false`, which add to them.
 */
export interface Step {
  /** Copies a batch to the memory that the graphs read, and draws its dropout masks there. */
  load(batch: StepBatch, first: boolean): void;
  /** Runs the batch that was loaded last. Returns its loss. */
  run(first: boolean): Promise<number>;
  /** Returns the norm of the gradient in the block. Call it after the last batch of a step. */
  gradientNorm(): GradientNorm;
  /** Ends profiling, if enabled. Returns the paths of the files written. */
  endProfiling(): readonly string[];
  /** Frees all memory. Call it only while no batch is running. */
  dispose(): Promise<void>;
}

/** How a step is computed. */
export interface StepOptions {
  /** The engine that the blocks of the step belong to. */
  readonly engine: Engine;
  readonly labels: number;
  readonly threads: number;
  readonly accumulates: boolean;
  /** Where the engine writes a profile. */
  readonly profile?: string | undefined;
}

/** The blocks that a step reads and writes, in the layout of the weights. */
export interface StepBlocks {
  readonly weights: StateBlock;
  readonly gradients: StateBlock;
}
