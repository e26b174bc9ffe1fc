import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  learningRate,
  SCHEDULE_TYPES,
  type ScheduleOptions,
  scheduleProblem,
  warmupStepCount,
} from "../../src/recipe/schedule.js";

type Golden = ScheduleOptions & { rates: number[] };
const goldens = JSON.parse(
  readFileSync(join(import.meta.dirname, "goldens", "schedule.json"), "utf8"),
) as Golden[];
const parity = join(import.meta.dirname, "../train/parity/recordings");

/** Schedules that use no cosine and no power: there every platform rounds alike. */
const EXACT = ["linear", "constant", "constant_with_warmup", "inverse_sqrt"];

describe("learningRate", () => {
  for (const type of SCHEDULE_TYPES)
    test(`${type} gives transformers' rates`, () => {
      const own = goldens.filter((golden) => golden.type === type);
      expect(own.length).toBeGreaterThan(0);
      for (const { rates, ...options } of own)
        rates.forEach((rate, step) => {
          const found = learningRate(step, options);
          const distance = Math.abs(found - rate) / options.learningRate;
          expect(distance, JSON.stringify({ ...options, step })).toBeLessThanOrEqual(
            EXACT.includes(type) ? 0 : 2.3e-16,
          );
        });
    });

  test("the first update of a warm-up has the rate 0", () => {
    const options = { type: "linear", learningRate: 1, warmupSteps: 2, totalSteps: 10 } as const;
    expect([0, 1, 2].map((step) => learningRate(step, options))).toEqual([0, 0.5, 1]);
  });

  for (const name of ["tiny-bert", "tiny-roberta"])
    test(`gives every rate of the recorded run ${name}`, () => {
      const run = JSON.parse(readFileSync(join(parity, name, "run.json"), "utf8")) as {
        arguments: { learning_rate: number; lr_scheduler_type: "linear" | "cosine"; warmup_steps?: number };
        steps: { learning_rate: number }[];
      };
      const options: ScheduleOptions = {
        type: run.arguments.lr_scheduler_type,
        learningRate: run.arguments.learning_rate,
        warmupSteps: run.arguments.warmup_steps ?? 0,
        totalSteps: run.steps.length,
      };
      run.steps.forEach((step, i) => {
        const distance = Math.abs(learningRate(i, options) - step.learning_rate);
        expect(distance).toBeLessThanOrEqual(2.3e-16 * options.learningRate);
      });
    });
});

describe("warmupStepCount", () => {
  test("takes a count, or below 1 a share of the run rounded up", () => {
    expect(warmupStepCount(0, 100)).toBe(0);
    expect(warmupStepCount(0.06, 101)).toBe(7);
    expect(warmupStepCount(1, 100)).toBe(1);
    expect(warmupStepCount(16, 100)).toBe(16);
  });
});

describe("scheduleProblem", () => {
  test("names a setting that the schedule does not take", () => {
    expect(scheduleProblem("linear", { num_cycles: 2 }, 1)).toBe(
      "the schedule linear has no setting num_cycles; its settings are: none",
    );
    expect(scheduleProblem("polynomial", { toString: 2 }, 1)).toBe(
      "the schedule polynomial has no setting toString; its settings are: lr_end, power",
    );
  });

  test("names a value out of range and settings that exclude each other", () => {
    expect(scheduleProblem("cosine_with_restarts", { num_cycles: 1.5 }, 1)).toMatch(/whole number/);
    expect(scheduleProblem("cosine", { num_cycles: "two" }, 1)).toMatch(/number of at least 0/);
    expect(scheduleProblem("polynomial", { lr_end: 1 }, 1)).toMatch(/below learning_rate/);
    expect(scheduleProblem("polynomial", {}, 1e-8)).toMatch(/below learning_rate/);
    expect(scheduleProblem("cosine_with_min_lr", {}, 1)).toMatch(/exactly one/);
    expect(scheduleProblem("cosine_with_min_lr", { min_lr: 0, min_lr_rate: 0 }, 1)).toMatch(/exactly one/);
    expect(scheduleProblem("warmup_stable_decay", {}, 1)).toMatch(/num_decay_steps/);
    expect(scheduleProblem("warmup_stable_decay", { num_decay_steps: 1, decay_type: "root" }, 1)).toMatch(
      /1-sqrt/,
    );
  });

  test("finds nothing wrong with what the goldens use", () => {
    for (const { type, kwargs = {}, learningRate } of goldens)
      expect(scheduleProblem(type, kwargs, learningRate)).toBeUndefined();
  });
});
