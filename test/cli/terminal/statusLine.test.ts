import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beforeStart, runFigures } from "../../../src/cli/terminal/runFigures.js";
import { statusLine } from "../../../src/cli/terminal/statusLine.js";
import { recordedRun } from "../recordedRun.js";

/** The figures after the first `events` of the recorded run. */
const figuresAfter = (events: number) => recordedRun.slice(0, events).reduce(runFigures, beforeStart);

const secondStep = figuresAfter(recordedRun.findIndex((event) => event.type === "log"));
const evaluating = figuresAfter(recordedRun.findIndex((event) => event.type === "evaluation"));

describe("the status line", () => {
  it("says what is going on before the first step", () => {
    expect(statusLine(beforeStart, 79)).toBe("loading data, tokenizer and model");
    const download = { type: "download", name: "roberta-large", file: "model.safetensors" } as const;
    const half = runFigures(beforeStart, { ...download, done: 7e8, total: 1.42e9 });
    expect(statusLine(half, 79)).toBe("downloading roberta-large  49%  of 1.4 GB  model.safetensors");
    expect(statusLine(half, 30)).toBe("downloading roberta-large  49%");
    const whole = runFigures(half, { ...download, done: 1.42e9, total: 1.42e9 });
    expect(statusLine(whole, 79)).toBe("loading data, tokenizer and model");
  });

  it("has all there is to say in a wide terminal", () => {
    expect(statusLine(secondStep, 119)).toBe(
      "███░░░░░░░  step 2/6  epoch 0.67/2  loss 1.6250  lr 4.17e-5  32 tokens/s  1:40 left  1.9 GB",
    );
  });

  it.each([
    [79, "███░░░░░░░  step 2/6  epoch 0.67/2  loss 1.6250  32 tokens/s  1:40 left  1.9 GB"],
    [59, "step 2/6  epoch 0.67/2  loss 1.6250  32 tokens/s  1:40 left"],
    [39, "step 2/6  loss 1.6250  1:40 left"],
    [10, "step 2/6"],
  ])("gives up the less important where there are %i cells", (width, expected) => {
    expect(statusLine(secondStep, width)).toBe(expected);
  });

  it("draws the curve of the loss as soon as there is one, and gives it up where it does not fit", () => {
    const third = figuresAfter(recordedRun.findIndex(({ type }) => type === "evaluation-progress"));
    const { evaluating: _, ...training } = third;
    const line = (width: number) => statusLine({ ...training, evaluating: undefined }, width);
    expect(line(119)).toMatch(/^[█░]{10} {2}step 3\/6 .* 1\.9 GB {2}█▅▁$/);
    expect(line(59)).not.toContain("█▅▁");
  });

  it("follows an evaluation", () => {
    expect(statusLine(evaluating, 79)).toBe(
      "███░░░░░░░  evaluating on validation data  1,000/3,250  step 3/6",
    );
  });

  it("is never wider than its terminal", () => {
    fc.assert(
      fc.property(fc.nat(recordedRun.length), fc.integer({ min: 1, max: 300 }), (events, width) => {
        expect(statusLine(figuresAfter(events), width).length).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe("the figures of a run", () => {
  it("average the loss since the last evaluation, not before", () => {
    expect(evaluating.sinceEvaluation).toEqual({ loss: 1.75 + 1.5 + 1.25, steps: 3 });
    expect(figuresAfter(recordedRun.length).sinceEvaluation.steps).toBe(0);
  });

  it("keep the highest memory", () => {
    expect(figuresAfter(recordedRun.length).peakMemory).toBe(1.9e9);
  });
});
