import type { PackedBatch } from "../../models/index.js";
import type { Engine, StateBlock } from "../../runtime/index.js";
import type { TrainingExample } from "../../tasks/tokenClassification/index.js";
import type { GradientNorm } from "./gradientNorm.js";

/** Which random numbers a run of the step uses: the same key gives the same dropout. */
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
  /** Weight of the labelled tokens of the whole step: what its mean loss divides by. */
  readonly total: number;
  readonly key: DropoutKey;
}

/**
 * Forward and backward pass of one batch, in place: weights are read and gradients written where they stand.
 *
 * A step of several batches (gradient accumulation) runs the first with `first: true`, which overwrites the gradients,
 * and the others with `first: false`, which add to them.
 */
export interface Step {
  /** Copies a batch to where the graphs read it, and draws its dropout masks there. */
  load(batch: StepBatch, first: boolean): void;
  /** Runs the batch that was loaded last; gives its loss. */
  run(first: boolean): Promise<number>;
  /** After a step's last batch: the norm of the gradient that it has left in its block. */
  gradientNorm(): GradientNorm;
  /** Ends profiling, if it was asked for; gives the files written. */
  endProfiling(): readonly string[];
  /** Gives all memory back. Call it when no run is under way. */
  dispose(): Promise<void>;
}

/** How a step is computed. */
export interface StepOptions {
  /** What the blocks of the step belong to. */
  readonly engine: Engine;
  readonly labels: number;
  readonly threads: number;
  readonly accumulates: boolean;
  /** Where the engine shall write a profile. */
  readonly profile?: string | undefined;
}

/** What a step reads and writes, in the layout of the weights. */
export interface StepBlocks {
  readonly weights: StateBlock;
  readonly gradients: StateBlock;
}
