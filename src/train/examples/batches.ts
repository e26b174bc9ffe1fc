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
  /** Sub-tokens of a window, where they are known before it is read. */
  piecesAt?(index: number): number;
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
  private readonly epochs: { readonly batches: number; readonly lastStep: number }[] = [];

  /** @param windowsOf the windows of an epoch, counted from 0: the same whenever they are asked for */
  constructor(
    private readonly windowsOf: (epoch: number) => NumberedWindows<W>,
    private readonly recipe: Recipe,
    private readonly size: BatchSize,
  ) {
    this.plan = plan((epoch) => {
      const batches = this.countOf(epoch);
      const steps = Math.ceil(batches / recipe.gradientAccumulationSteps);
      this.epochs.push({ batches, lastStep: (this.epochs.at(-1)?.lastStep ?? 0) + steps });
      return steps;
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
    const piecesOf = (index: number) => windows.piecesAt?.(index) ?? windows.at(index)!.inputIds.length;
    return batched(order, this.size, piecesOf);
  }

  /** Whether an epoch ends with a step, or the run does. */
  endsEpoch(step: number): boolean {
    return step >= this.plan.totalSteps || this.epochs.some(({ lastStep }) => lastStep === step);
  }

  /**
   * The windows of every step, epoch after epoch.
   *
   * @param done steps to leave out; none of their windows is read
   */
  *steps(done = 0): Generator<StepPlan<W>, undefined> {
    const perStep = this.recipe.gradientAccumulationSteps;
    let step = 0;
    for (const [epoch, { batches: count, lastStep }] of this.epochs.entries()) {
      if (lastStep <= done) {
        step = lastStep;
        continue;
      }
      const windows = this.windowsOf(epoch);
      let members: number[] = [];
      let batches = 0;
      for (const batch of this.batches(windows, epoch)) {
        members.push(...batch);
        batches++;
        if (batches % perStep > 0 && batches < count) continue;
        step++;
        if (step > done)
          yield {
            step,
            members: members.map((index) => windows.at(index)!),
            epoch: epoch + batches / count,
            endsEpoch: step === lastStep || step === this.plan.totalSteps,
          };
        if (step === this.plan.totalSteps) return undefined;
        members = [];
      }
    }
    return undefined;
  }
}
