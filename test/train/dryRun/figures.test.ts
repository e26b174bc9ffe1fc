/** The arithmetic of a dry run: which steps stand for all, what is fitted to them, and what fits into memory and on the disk. */
import { describe, expect, it } from "vitest";
import { usableMemory } from "../../../src/runtime/memory.js";
import { diskUse, fittingDisk, repeatedUse } from "../../../src/train/dryRun/disk.js";
import { nonNegativeFit } from "../../../src/train/dryRun/fit.js";
import { fittingMemory, mostBytes } from "../../../src/train/dryRun/fittingMemory.js";
import { occasionsOf } from "../../../src/train/dryRun/occasions.js";
import {
  batchShape,
  chosenSteps,
  memoryFeatures,
  timeFeatures,
  tokensOf,
} from "../../../src/train/dryRun/shapes.js";

const step = (number: number, ...batches: number[][]) => ({
  step: number,
  batches: batches.map(batchShape),
});

describe("steps that stand for all", () => {
  // Step 7 has the fewest tokens, but a long window: only step 49 has as many attention scores.
  const steps = [step(7, [90, 10]), ...Array.from({ length: 40 }, (_, at) => step(at + 10, [60 + at, 60]))];

  it("are the smallest, the median, the largest and the widest, from small to large, and others in between", () => {
    const { rising, others } = chosenSteps(steps, 12);
    expect(rising.map((each) => each.step)).toEqual([19, 29, 39, 7, 49]);
    expect(others).toHaveLength(7);
    expect(new Set([...rising, ...others].map((each) => each.step)).size).toBe(12);
    // The first ones of the others are already spread.
    const first = others.slice(0, 3).map(tokensOf);
    expect(Math.max(...first) - Math.min(...first)).toBeGreaterThanOrEqual(20);
  });

  it("are all of them if there are few", () => {
    const { rising, others } = chosenSteps(steps.slice(0, 3), 60);
    expect([...rising, ...others].map((each) => each.step).sort()).toEqual([10, 11, 7]);
  });

  it("have the tokens of all batches for their time, and of the largest batch for their memory", () => {
    const both = step(1, [3, 5], [4]);
    expect(timeFeatures(both)).toEqual([1, 12, 2 * 25 + 16]);
    expect(memoryFeatures(both)).toEqual([1, 8, 50]);
  });
});

describe("a fit without negative coefficients", () => {
  const samples = (value: (x: number, y: number) => number) =>
    [
      [1, 5],
      [2, 3],
      [4, 9],
      [7, 2],
    ].map(([x, y]) => ({ features: [1, x!, y!], value: value(x!, y!) }));

  it("finds the coefficients that the values were made of", () => {
    expect(nonNegativeFit(samples((x, y) => 3 + 0.5 * x + 2 * y))([1, 10, 100])).toBeCloseTo(208, 6);
  });

  it("leaves out what would be negative", () => {
    const fitted = nonNegativeFit(samples((x, y) => 10 + 2 * x - 0.01 * y));
    expect(fitted([1, 0, 1000])).toBeCloseTo(fitted([1, 0, 0]), 6);
  });

  it("predicts a mean from features that never change", () => {
    const same = [1, 2, 6].map((value) => ({ features: [1, 40, 1600], value }));
    expect(nonNegativeFit(same)([1, 40, 1600])).toBeCloseTo(3, 6);
  });
});

describe("evaluations and checkpoints", () => {
  const recipe = {
    evalStrategy: "epoch",
    evalSteps: 10,
    saveStrategy: "epoch",
    saveSteps: 10,
    loadBestModelAtEnd: false,
    emaDecay: undefined,
  } as const;
  const has = { validation: true, test: true };

  it("come with each epoch, and the test data once", () => {
    expect(occasionsOf(recipe, 30, [12, 24, 30], has)).toEqual({
      evaluations: 3,
      passesOfEach: 1,
      tests: 1,
      checkpoints: 3,
    });
  });

  it("with steps there is one more at the end, unless it was just evaluated or the best model is loaded", () => {
    const bySteps = { ...recipe, evalStrategy: "steps", saveStrategy: "steps" } as const;
    expect(occasionsOf(bySteps, 35, [35], has).evaluations).toBe(4);
    expect(occasionsOf(bySteps, 30, [30], has).evaluations).toBe(3);
    expect(occasionsOf({ ...bySteps, loadBestModelAtEnd: true }, 35, [35], has).evaluations).toBe(3);
  });

  it("without validation data there is none, and an average doubles the passes", () => {
    const none = occasionsOf({ ...recipe, evalStrategy: "no", saveStrategy: "no" }, 30, [30], {
      validation: false,
      test: false,
    });
    expect(none).toEqual({ evaluations: 0, passesOfEach: 1, tests: 0, checkpoints: 0 });
    expect(occasionsOf({ ...recipe, emaDecay: 0.99 }, 30, [30], has).passesOfEach).toBe(2);
  });
});

describe("the disk", () => {
  const sizes = { checkpoint: 100, model: 40 };

  it("holds the newest checkpoints, the best one, the next one, and the model", () => {
    expect(diskUse({ saveTotalLimit: 2, evalStrategy: "epoch" }, 9, sizes)).toMatchObject({
      end: 340,
      peak: 400,
    });
    expect(diskUse({ saveTotalLimit: undefined, evalStrategy: "epoch" }, 9, sizes).end).toBe(940);
    expect(diskUse({ saveTotalLimit: 1, evalStrategy: "no" }, 0, sizes)).toMatchObject({ end: 40, peak: 40 });
  });

  it("keeps what each of several runs leaves", () => {
    const use = diskUse({ saveTotalLimit: 1, evalStrategy: "no" }, 5, sizes);
    expect(repeatedUse(use, 3)).toMatchObject({ end: 420, peak: 480 });
  });

  it("that is too small gets the least change that fits", () => {
    const setting = (free: number) =>
      fittingDisk({ saveTotalLimit: undefined, evalStrategy: "no" }, 9, sizes, { runs: 1, free })?.text;
    expect(setting(200)).toBe("save_total_limit to 1");
    expect(setting(199)).toBe("save_strategy to no");
    expect(setting(39)).toBeUndefined();
  });
});

describe("memory", () => {
  // 1000 bytes, and 10 for each token of the largest batch.
  const bytes = ([, tokens]: readonly number[]) => 1000 + 10 * tokens!;
  const batching = { batchSize: { windows: 8 }, accumulation: 1, steps: [new Array(8).fill(10), [40, 10]] };
  const setting = (usable: number) =>
    fittingMemory({ perDeviceTrainBatchSize: 8 }, batching, bytes, usable)?.text;

  it("of smaller batches counts twice if they are added up, because each graph keeps its own", () => {
    const present = { batchSize: { windows: 8 }, accumulates: false };
    expect(mostBytes(bytes, batching, present)).toBe(1800);
    expect(mostBytes(bytes, batching, { batchSize: { windows: 2 }, accumulates: true })).toBe(2000);
    expect(mostBytes(bytes, batching, { ...present, longest: 5 })).toBe(1400);
  });

  it("that is too small gets smaller batches that give the same model, then shorter windows", () => {
    const wide = { ...batching, steps: [new Array(8).fill(10)] };
    const found = fittingMemory({ perDeviceTrainBatchSize: 8 }, wide, bytes, 1400);
    expect(found).toMatchObject({
      text: "per_device_train_batch_size to 2 and gradient_accumulation_steps to 4",
      same: true,
    });
    // The window of 40 tokens needs as much in a batch of its own as the whole batch.
    expect(setting(1799)).toBe(
      "max_seq_length to 32, per_device_train_batch_size to 1 and gradient_accumulation_steps to 8",
    );
    expect(setting(1639)).toBeUndefined();
  });

  it("of a batch of tokens is made smaller by halves", () => {
    const inTokens = { batchSize: { tokens: 64 }, accumulation: 2, steps: [new Array(32).fill(4)] };
    expect(fittingMemory({ perDeviceTrainBatchSize: 8 }, inTokens, bytes, 1400)).toMatchObject({
      text: "train_batch_tokens to 32 and gradient_accumulation_steps to 4",
      same: false,
    });
  });

  it("that a process can use is what it has and what is free, within the limit of its container", () => {
    const facts = { platform: "linux", total: 100, free: 30, constrained: 0, resident: 20 } as const;
    expect(usableMemory(facts)).toBe(50);
    expect(usableMemory({ ...facts, constrained: 40 })).toBe(40);
    expect(usableMemory({ ...facts, constrained: 2 ** 63 })).toBe(50);
    expect(usableMemory({ ...facts, platform: "darwin" })).toBe(100);
    expect(usableMemory()).toBeGreaterThan(process.memoryUsage.rss() / 2);
  });
});
