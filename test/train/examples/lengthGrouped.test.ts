import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseRecipe, type RecipeInput } from "../../../src/recipe/index.js";
import { StepSequence } from "../../../src/train/examples/batches.js";
import { lengthGrouped } from "../../../src/train/examples/lengthGrouped.js";
import { randperm } from "../../../src/train/random.js";

interface Golden {
  readonly batchSize: number;
  readonly seed: number;
  readonly lengths: readonly number[];
  readonly order: readonly number[];
}
const goldens = JSON.parse(
  readFileSync(join(import.meta.dirname, "../goldens/length_grouped.json"), "utf8"),
) as Golden[];

test.each(goldens.map((golden) => [golden.lengths.length, golden.batchSize, golden] as const))(
  "%i lengths in batches of %i have the order of LengthGroupedSampler",
  (_, batchSize, { lengths, seed, order }) => {
    const grouped = lengthGrouped(randperm(lengths.length, seed), (index) => lengths[index]!, batchSize);
    expect([...grouped]).toEqual(order);
  },
);

describe("a recipe that groups by length", () => {
  const lengths = Array.from({ length: 200 }, (_, index) => 1 + ((index * 37) % 50));
  const windows = {
    length: lengths.length,
    at: (index: number) => ({ index, inputIds: new Int32Array(lengths[index]!) }),
  };
  const steps = (changes: Partial<RecipeInput>) => {
    const given = { model: "m", train: "t", output: "o", numTrainEpochs: 2, ...changes };
    return [...new StepSequence(() => windows, parseRecipe(given).recipe, { windows: 8 }).steps()];
  };
  const spread = (changes: Partial<RecipeInput>) =>
    steps(changes)
      .map(({ members }) => members.map(({ index }) => lengths[index]!))
      .reduce((sum, each) => sum + Math.max(...each) - Math.min(...each), 0);

  test("has batches of similar length, and every window once in an epoch", () => {
    const grouped = { trainSamplingStrategy: "group_by_length" } as const;
    expect(spread(grouped)).toBeLessThan(spread({}) / 4);
    const first = steps(grouped)
      .slice(0, 25)
      .flatMap(({ members }) => members.map(({ index }) => index));
    expect(first.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });

  test("may say so with the older name", () => {
    const names = (changes: Partial<RecipeInput>) =>
      steps(changes).map(({ members }) => members.map(({ index }) => index));
    expect(names({ groupByLength: true })).toEqual(names({ trainSamplingStrategy: "group_by_length" }));
    expect(names({ groupByLength: false })).toEqual(names({}));
  });
});
