/** A model without a head, and the head that the seed of a recording gives it. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { replayRecipe } from "../../../bench/parity/arguments.js";
import { readRecording } from "../../../bench/parity/recording.js";
import type { Recipe } from "../../../src/recipe/index.js";
import { prepare } from "../../../src/train/prepare/prepare.js";

const recording = readRecording(join(import.meta.dirname, "recordings/tiny-bert"));

async function headOf(recipe: Recipe) {
  const { weights, messages } = await prepare({ ...recipe, output: join(tmpdir(), "nerium-head") });
  expect(messages.map(({ code }) => code)).toContain("HEAD_INITIALISED");
  const values = {
    weight: [...weights.values("classifier.weight")],
    bias: [...weights.values("classifier.bias")],
  };
  await weights.dispose();
  return values;
}

const furthest = (found: readonly number[], expected: readonly number[]) =>
  Math.max(...expected.map((value, at) => Math.abs(value - found[at]!)));

describe("a headless model", () => {
  it("starts from the recorded head with the recorded seed, and from another with another", async () => {
    const recipe = replayRecipe(recording);
    const expected = recording.head!.weight.flat();
    const { weight, bias } = await headOf(recipe);
    expect(weight).toHaveLength(expected.length);
    expect(furthest(weight, expected)).toBeLessThan(1e-6);
    expect(bias).toEqual(recording.head!.bias);
    const other = await headOf({ ...recipe, seed: recipe.seed + 1 });
    expect(furthest(other.weight, expected)).toBeGreaterThan(0.01);
  });
});
