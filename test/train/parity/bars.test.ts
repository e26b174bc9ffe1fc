/** The bars of `npm run parity`, tested with invented figures. */
import { describe, expect, it } from "vitest";
import { type BarName, compare, type RunFigures, type StepFigures } from "../../../bench/parity/compare.js";
import { selfDistances } from "../../../bench/parity/figures.js";
import type { Recording } from "../../../bench/parity/recording.js";
import { barLines, evaluationLines, stepLine } from "../../../bench/parity/report.js";

const recorded: RunFigures = {
  steps: Array.from({ length: 50 }, (_, index) => ({
    sentences: [index, index + 50],
    loss: 2 / (index + 1),
    gradNorm: 1 + index,
    learningRate: 1e-3 * (1 - index / 50),
  })),
  evaluations: [1, 2].map((epoch) => ({
    epoch,
    loss: 0.5,
    precision: 0.6,
    recall: 0.7,
    f1: 0.64,
    accuracy: 0.9,
  })),
};
const tensors = { head: undefined, weights: 1e-5, logits: 1e-6 };

/** The recorded run with one step changed. */
const withStep = (step: number, changes: Partial<StepFigures>): RunFigures => ({
  ...recorded,
  steps: recorded.steps.map((each, index) => (index + 1 === step ? { ...each, ...changes } : each)),
});
const withEvaluation = (changes: Partial<RunFigures["evaluations"][number]>): RunFigures => ({
  ...recorded,
  evaluations: recorded.evaluations.map((each, index) => (index === 1 ? { ...each, ...changes } : each)),
});
const lossOf = (step: number) => recorded.steps[step - 1]!.loss;

const missed = (replayed: RunFigures, others: Partial<typeof tensors> = {}) =>
  compare(recorded, replayed, { ...tensors, ...others })
    .bars.filter(({ ok }) => !ok)
    .map(({ name }) => name);

describe("a replay meets its bars", () => {
  it("where it gives the same figures", () => {
    const { ok, bars, steps, evaluations } = compare(recorded, recorded, tensors);
    expect(ok).toBe(true);
    expect(steps).toHaveLength(50);
    expect(evaluations).toHaveLength(2);
    expect(
      Math.max(...bars.filter(({ name }) => !/weights|logits/.test(name)).map((bar) => bar.measured)),
    ).toBe(0);
  });

  it("where it is just within them", () => {
    expect(missed(withStep(1, { loss: lossOf(1) * (1 + 0.9e-6) }))).toEqual([]);
    expect(missed(withStep(40, { loss: lossOf(40) * (1 - 0.9e-4), gradNorm: 40 * 1.0009 }))).toEqual([]);
    expect(missed(withStep(41, { loss: lossOf(41) * 1.0019, gradNorm: 82 }))).toEqual([]);
    expect(missed(withEvaluation({ loss: 0.50049, f1: 0.6419 }))).toEqual([]);
  });
});

describe("a replay misses a bar", () => {
  it.each<[string, RunFigures, BarName[]]>([
    ["a loss shifted at the first step", withStep(1, { loss: 2 * (1 + 2e-6) }), ["loss of step 1, relative"]],
    [
      "a loss shifted within the first forty",
      withStep(40, { loss: lossOf(40) * 1.0002 }),
      ["loss, first 40 steps, relative"],
    ],
    ["a loss shifted later", withStep(41, { loss: lossOf(41) * 1.003 }), ["loss, all steps, relative"]],
    ["a norm shifted", withStep(7, { gradNorm: 7.01 }), ["gradient norm, first 40 steps, relative"]],
    [
      "two sentences of a step in each other's place",
      withStep(9, { sentences: [58, 8] }),
      ["order: steps of other sentences"],
    ],
    [
      "a rate shifted",
      withStep(3, { learningRate: 0.96e-3 * (1 + 1e-14) }),
      ["learning rate, of the highest"],
    ],
    ["a loss that is no number", withStep(45, { loss: Number.NaN }), ["loss, all steps, relative"]],
    [
      "a norm that is infinite",
      withStep(2, { gradNorm: Number.POSITIVE_INFINITY }),
      ["gradient norm, first 40 steps, relative"],
    ],
    ["an evaluation's loss shifted", withEvaluation({ loss: 0.501 }), ["evaluation loss, relative"]],
    ["an evaluation's F1 shifted", withEvaluation({ f1: 0.6425 }), ["evaluation F1"]],
    ["an evaluation that is no number", withEvaluation({ f1: Number.NaN }), ["evaluation F1"]],
    [
      "an evaluation at another moment",
      withEvaluation({ epoch: 1.5 }),
      ["evaluation loss, relative", "evaluation F1"],
    ],
    [
      "an evaluation left out",
      { ...recorded, evaluations: recorded.evaluations.slice(0, 1) },
      ["evaluation loss, relative", "evaluation F1"],
    ],
  ])("for %s", (_, replayed, bars) => {
    expect(missed(replayed)).toEqual(bars);
  });

  it("for a step left out, and for one too many", () => {
    for (const steps of [recorded.steps.slice(0, -1), [...recorded.steps, recorded.steps[0]!]])
      expect(missed({ ...recorded, steps })).toEqual([
        "order: steps of other sentences",
        "learning rate, of the highest",
        "loss, all steps, relative",
      ]);
  });

  it("for a norm that Trainer recorded and the replay has not", () => {
    expect(missed(withStep(50, { gradNorm: undefined }))).toEqual(["gradient norm, all steps, relative"]);
  });

  it("for tensors that are too far, or no numbers", () => {
    expect(missed(recorded, { weights: 1.1e-3, logits: 2.1e-5 })).toEqual([
      "final weights",
      "logits of the sample",
    ]);
    expect(missed(recorded, { weights: Number.NaN, logits: Number.NaN })).toHaveLength(2);
    expect(compare(recorded, recorded, { ...tensors, head: 2e-6 }).ok).toBe(false);
  });
});

describe("HF's own distance", () => {
  const self = {
    run: "made-up",
    relative_loss_max: { first_1: 0, first_10: 1e-7, first_40: 2e-7, first_50: 3e-7 },
    relative_grad_norm_max: { first_40: 4e-7, first_50: 5e-7 },
    eval_loss_max: 6e-7,
    eval_f1_max: 0,
    weights_max_without_key_bias: 7e-5,
  };
  const recording = { self, steps: recorded.steps } as unknown as Recording;

  it("stands beside each bar", () => {
    const { bars } = compare(recorded, recorded, tensors, selfDistances(recording));
    const own = Object.fromEntries(bars.map(({ name, self: distance }) => [name, distance]));
    expect(own).toMatchObject({
      "loss of step 1, relative": 0,
      "loss, first 40 steps, relative": 2e-7,
      "loss, all steps, relative": 3e-7,
      "gradient norm, first 40 steps, relative": 4e-7,
      "gradient norm, all steps, relative": 5e-7,
      "evaluation loss, relative": 6e-7,
      "evaluation F1": 0,
      "final weights": 7e-5,
    });
    expect(own["logits of the sample"]).toBeUndefined();
  });

  it("takes the bar from weights that HF itself does not reach twice", () => {
    const far = { ...tensors, weights: 0.01 };
    expect(compare(recorded, recorded, far, { "final weights": 9e-5 }).ok).toBe(false);
    expect(compare(recorded, recorded, far, { "final weights": 1.7e-4 }).ok).toBe(true);
    const broken = { ...tensors, weights: Number.NaN };
    expect(compare(recorded, recorded, broken, { "final weights": 1.7e-4 }).ok).toBe(false);
  });
});

describe("the report", () => {
  it("says of each step what was replayed and how far it is", () => {
    const other = { ...recorded.steps[1]!, sentences: [3, 1], loss: 1.001 };
    expect(stepLine(2, recorded.steps[1]!, recorded)).toMatch(
      /^ +2 +same +1\.000000 +0 +2\.00000 +0 +9\.800e-4 +0$/,
    );
    expect(stepLine(2, other, recorded)).toMatch(/^ +2 +OTHER +1\.001000 +1\.0e-3 /);
  });

  it("ends with the verdict", () => {
    expect(barLines(compare(recorded, recorded, tensors)).at(-1)).toBe("every bar is met");
    const missing = compare(recorded, withStep(1, { loss: 2.1 }), tensors);
    expect(barLines(missing).at(-1)).toBe("3 bars are missed");
    expect(barLines(missing).filter((line) => line.endsWith("MISSED"))).toHaveLength(3);
    expect(evaluationLines(missing)).toHaveLength(5);
    expect(
      evaluationLines(compare({ ...recorded, evaluations: [] }, { ...recorded, evaluations: [] }, tensors)),
    ).toEqual([]);
  });
});
