import type { Recipe } from "../../recipe/index.js";
import type { BatchSize } from "../../run/events.js";
import { epochOrder } from "../random.js";
import { lengthGrouped } from "./lengthGrouped.js";
import { type Plan, plan } from "./plan.js";

/**
 * Groups windows into batches, in order.
 *
 * @param tokensOf called only if the batch size is in tokens
 */
export function* batched<W>(
  windows: Iterable<W>,
  size: BatchSize,
  tokensOf: (window: W) => number,
): Generator<readonly W[]> {
  let batch: W[] = [];
  let tokens = 0;
  for (const window of windows) {
    const own = "tokens" in size ? tokensOf(window) : 0;
    const isFull =
      "windows" in size
        ? batch.length === size.windows
        : tokens + own - size.tokens > Math.max(size.tokens - tokens, 0);
    if (isFull && batch.length > 0) {
      yield batch;
      batch = [];
      tokens = 0;
    }
    batch.push(window);
    tokens += own;
  }
  if (batch.length > 0) yield batch;
}

/** Windows by number. A window is read when it is requested. */
export interface NumberedWindows<W> {
  readonly length: number;
  at(index: number): W | undefined;
  /** Number of tokens in a window, if it is known before the window is read. */
  tokensAt?(index: number): number;
}

/** The windows of one step. */
export interface StepPlan<W> {
  /** The number of the step, from 1. */
  readonly step: number;
  readonly members: readonly W[];
  /** Epochs completed after this step; a fraction within an epoch. */
  readonly epoch: number;
  readonly endsEpoch: boolean;
}

/** The windows that a run trains on, step by step. Any part of the sequence can be generated again. */
export class StepSequence<W extends { readonly inputIds: Int32Array }> {
  readonly plan: Plan;
  private readonly epochs: { readonly batches: number; readonly lastStep: number }[] = [];

  /** @param windowsOf returns the windows of an epoch, counted from 0; every call returns the same windows */
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

  /** The batches of an epoch as window numbers. Each epoch has its own order. */
  private batches(windows: NumberedWindows<W>, epoch: number): Generator<readonly number[]> {
    const { dataSeed, seed, trainSamplingStrategy, perDeviceTrainBatchSize, gradientAccumulationSteps } =
      this.recipe;
    const order = epochOrder(windows.length, dataSeed ?? seed, epoch);
    const tokensOf = (index: number) => windows.tokensAt?.(index) ?? windows.at(index)!.inputIds.length;
    const perStep = perDeviceTrainBatchSize * gradientAccumulationSteps;
    const ordered = trainSamplingStrategy === "random" ? order : lengthGrouped(order, tokensOf, perStep);
    return batched(ordered, this.size, tokensOf);
  }

  /** True if an epoch or the run ends with this step. */
  endsEpoch(step: number): boolean {
    return step >= this.plan.totalSteps || this.epochs.some(({ lastStep }) => lastStep === step);
  }

  /** The steps with which an epoch or the run ends. */
  get epochEnds(): readonly number[] {
    return this.epochs.map(({ lastStep }) => Math.min(lastStep, this.plan.totalSteps));
  }

  /** The number of tokens of each window in the steps of the first epoch, batch by batch. */
  *lengths(): Generator<{ readonly step: number; readonly batches: readonly (readonly number[])[] }, void> {
    const windows = this.windowsOf(0);
    const tokensOf = (index: number) => windows.tokensAt?.(index) ?? windows.at(index)!.inputIds.length;
    const perStep = this.recipe.gradientAccumulationSteps;
    let step = 0;
    let batches: number[][] = [];
    for (const batch of this.batches(windows, 0)) {
      batches.push(batch.map(tokensOf));
      if (batches.length < perStep) continue;
      yield { step: ++step, batches };
      if (step === this.plan.totalSteps) return;
      batches = [];
    }
    if (batches.length > 0) yield { step: ++step, batches };
  }

  /**
   * The windows of each step, epoch by epoch.
   *
   * @param done number of steps to skip; their windows are not read
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
