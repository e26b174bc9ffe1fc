import type { Recipe } from "../../recipe/index.js";
import type { BatchSize } from "../../run/events.js";
import { epochOrder } from "../random.js";
import { type Plan, plan } from "./plan.js";

/**
 * Windows in batches, in their order.
 *
 * @param piecesOf is asked where sub-tokens count
 */
export function* batched<W>(
  windows: Iterable<W>,
  size: BatchSize,
  piecesOf: (window: W) => number,
): Generator<readonly W[]> {
  let batch: W[] = [];
  let pieces = 0;
  for (const window of windows) {
    const own = "pieces" in size ? piecesOf(window) : 0;
    const isFull =
      "windows" in size
        ? batch.length === size.windows
        : pieces + own - size.pieces > Math.max(size.pieces - pieces, 0);
    if (isFull && batch.length > 0) {
      yield batch;
      batch = [];
      pieces = 0;
    }
    batch.push(window);
    pieces += own;
  }
  if (batch.length > 0) yield batch;
}

/** Windows by their numbers, which are read when they are asked for. */
export interface NumberedWindows<W> {
  readonly length: number;
  at(index: number): W | undefined;
}

/** One step's work. */
export interface StepPlan<W> {
  /** From 1. */
  readonly step: number;
  readonly members: readonly W[];
  /** Epochs done after it. */
  readonly epoch: number;
  readonly endsEpoch: boolean;
}

/** What a run trains on, step after step. Any part of it can be had again. */
export class StepSequence<W extends { readonly inputIds: Int32Array }> {
  readonly plan: Plan;
  /** Batches of each epoch. */
  private readonly batchCounts: number[] = [];

  /** @param windowsOf the windows of an epoch, counted from 0: the same whenever they are asked for */
  constructor(
    private readonly windowsOf: (epoch: number) => NumberedWindows<W>,
    private readonly recipe: Recipe,
    private readonly size: BatchSize,
  ) {
    this.plan = plan((epoch) => {
      const batches = this.countOf(epoch);
      this.batchCounts.push(batches);
      return Math.ceil(batches / recipe.gradientAccumulationSteps);
    }, recipe);
  }

  private countOf(epoch: number): number {
    const windows = this.windowsOf(epoch);
    if ("windows" in this.size) return Math.ceil(windows.length / this.size.windows);
    let count = 0;
    for (const _ of this.batches(windows, epoch)) count++;
    return count;
  }

  /** The batches of an epoch, which has an order of its own: numbers of windows. */
  private batches(windows: NumberedWindows<W>, epoch: number): Generator<readonly number[]> {
    const order = epochOrder(windows.length, this.recipe.dataSeed ?? this.recipe.seed, epoch);
    return batched(order, this.size, (index) => windows.at(index)!.inputIds.length);
  }

  /** The windows of every step, epoch after epoch. */
  *steps(): Generator<StepPlan<W>, undefined> {
    const perStep = this.recipe.gradientAccumulationSteps;
    let step = 0;
    for (const [epoch, count] of this.batchCounts.entries()) {
      const windows = this.windowsOf(epoch);
      let members: W[] = [];
      let done = 0;
      for (const batch of this.batches(windows, epoch)) {
        for (const index of batch) members.push(windows.at(index)!);
        done++;
        if (done % perStep > 0 && done < count) continue;
        step++;
        const endsEpoch = done === count || step === this.plan.totalSteps;
        yield { step, members, epoch: epoch + done / count, endsEpoch };
        if (step === this.plan.totalSteps) return undefined;
        members = [];
      }
    }
    return undefined;
  }
}
