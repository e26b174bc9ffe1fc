import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRecipe, type RecipeInput } from "../../../src/recipe/index.js";
import type { BatchSize } from "../../../src/run/index.js";
import { type NumberedWindows, StepSequence } from "../../../src/train/examples/batches.js";

/** Windows that record which of them are read. */
function noted(lengths: readonly number[], tellsTokens: boolean) {
  const read: number[] = [];
  const windows: NumberedWindows<{ index: number; inputIds: Int32Array }> = {
    length: lengths.length,
    at(index) {
      read.push(index);
      return { index, inputIds: new Int32Array(lengths[index]!) };
    },
    ...(tellsTokens && { tokensAt: (index) => lengths[index]! }),
  };
  return { windows, read };
}

const recipeOf = (changes: Partial<RecipeInput>) =>
  parseRecipe({ model: "m", train: "t", output: "o", ...changes }).recipe;

const size: fc.Arbitrary<BatchSize> = fc.oneof(
  fc.record({ windows: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ tokens: fc.integer({ min: 1, max: 60 }) }),
);
const changes: fc.Arbitrary<Partial<RecipeInput>> = fc.record({
  seed: fc.nat(9),
  gradientAccumulationSteps: fc.integer({ min: 1, max: 3 }),
  numTrainEpochs: fc.constantFrom(1, 2, 2.5, 3),
  maxSteps: fc.constantFrom(-1, -1, 1, 5, 11),
});
const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 });

describe("a course that begins behind a step", () => {
  test("has the steps that are left, and knows which of those before ended an epoch", () => {
    fc.assert(
      fc.property(fc.array(lengths, { minLength: 1, maxLength: 3 }), size, changes, (epochs, size, given) => {
        const windowsOf = (epoch: number) => noted(epochs[epoch % epochs.length]!, true).windows;
        const course = new StepSequence(windowsOf, recipeOf(given), size);
        const all = [...course.steps()];
        expect(all.map(({ step }) => step)).toEqual(all.map((_, index) => index + 1));
        expect(all).toHaveLength(course.plan.totalSteps);
        for (let done = 0; done <= all.length + 1; done++)
          expect([...course.steps(done)]).toEqual(all.slice(done));
        for (const { step, endsEpoch } of all) expect(course.endsEpoch(step)).toBe(endsEpoch);
        expect(all.at(-1)!.endsEpoch).toBe(true);
      }),
    );
  });

  test("tells the lengths of the first epoch's windows, step by step, without reading them", () => {
    fc.assert(
      fc.property(lengths, size, changes, (lengths, size, given) => {
        const { windows, read } = noted(lengths, true);
        const course = new StepSequence(() => windows, recipeOf(given), size);
        const told = [...course.lengths()];
        expect(read).toEqual([]);
        const steps = [...course.steps()].slice(0, told.length);
        expect(told.map(({ step }) => step)).toEqual(steps.map(({ step }) => step));
        expect(told.map(({ batches }) => batches.flat())).toEqual(
          steps.map(({ members }) => members.map(({ inputIds }) => inputIds.length)),
        );
        expect(course.epochEnds).toEqual(
          [...course.steps()].filter(({ endsEpoch }) => endsEpoch).map(({ step }) => step),
        );
      }),
    );
  });

  test("reads the windows of its first step alone, and cuts no epoch that is done", () => {
    fc.assert(
      fc.property(lengths, size, changes, fc.nat(20), (lengths, size, given, some) => {
        const { windows, read } = noted(lengths, true);
        const asked: number[] = [];
        const windowsOf = (epoch: number) => {
          asked.push(epoch);
          return windows;
        };
        const course = new StepSequence(windowsOf, recipeOf(given), size);
        expect(read).toEqual([]);
        const done = some % course.plan.totalSteps;
        const whole = [...course.steps()][done]!;
        read.length = 0;
        asked.length = 0;
        const { value } = course.steps(done).next();
        expect(value).toEqual(whole);
        expect(read).toEqual(whole.members.map(({ index }) => index));
        expect(asked).toEqual([Math.ceil(whole.epoch) - 1]);
      }),
    );
  });

  test("is the same where windows are read for their length", () => {
    fc.assert(
      fc.property(lengths, size, changes, (lengths, size, given) => {
        const [told, measured] = [true, false].map(
          (tells) => new StepSequence(() => noted(lengths, tells).windows, recipeOf(given), size),
        );
        expect(measured!.plan).toEqual(told!.plan);
        expect([...measured!.steps(2)]).toEqual([...told!.steps(2)]);
      }),
    );
  });
});
