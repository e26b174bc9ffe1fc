/** Several processes that train one model: gradient, reduce, norm and update happen in this order. */
import { rmSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { type Collective, Shares } from "../../../src/collective/index.js";
import { parseRecipe, type RecipeInput } from "../../../src/recipe/index.js";
import { prepare } from "../../../src/train/prepare/prepare.js";
import { normOf, squaresOfShare } from "../../../src/train/step/gradientNorm.js";
import { StepEngine } from "../../../src/train/step/stepEngine.js";
import { machines } from "../../collective/machines.js";
import { tinyModel } from "../tinyModel.js";

const tiny = await tinyModel();
afterAll(() => rmSync(tiny.folder, { recursive: true }));

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.hypot(...Array.from(a, (value, at) => value - b[at]!));

/** `adamEpsilon` prevents rounding from deciding the direction of an update. */
const checked = (changes: Partial<RecipeInput>) => {
  const dropout = { hiddenDropoutProb: 0.1, attentionProbsDropoutProb: 0.2 };
  const fixed = { ...dropout, adamEpsilon: 1e-3, weightDecay: 0.01, maxGradNorm: 0.5 };
  return parseRecipe(tiny.recipe({ ...fixed, ...changes })).recipe;
};

/**
 * Trains several engines together for some steps. Returns the figures of each step and, for each engine, how
 * far its weights moved, its transitions and its `unusedRowDecay`.
 */
async function trained(
  changes: Partial<RecipeInput>,
  collectives: readonly (Collective | undefined)[],
  sizes: readonly number[],
) {
  const recipe = checked(changes);
  const all = await Promise.all(collectives.map(() => prepare(recipe)));
  const before = all[0]!.weights.block.copyOut();
  // The other machines start with other weights: all must train those of the first.
  for (const { weights, crf } of all.slice(1)) {
    weights.block.copyIn(0, new Float32Array(weights.block.byteLength / 4).fill(7));
    crf?.fill(7);
  }
  const engines = await Promise.all(
    all.map((prepared, rank) => {
      const collective = collectives[rank];
      return StepEngine.create(recipe, prepared, 1, collective && { collective });
    }),
  );
  const windows = [...all[0]!.train.windows];
  const figures: { loss: number; gradNorm: number; tokens: number }[] = [];
  for (const [index, size] of sizes.entries()) {
    const members = windows.slice(index * 16, index * 16 + size);
    const found = await Promise.all(engines.map((engine) => engine.gradient(members, index + 1)));
    for (const each of found) expect(each).toEqual(found[0]);
    figures.push(found[0]!);
    await Promise.all(engines.map((engine, at) => engine.update(index + 1, 3e-3, found[at]!.gradNorm)));
  }
  const results = all.map(({ weights, crf }) => ({
    moved: weights.block.copyOut().map((value, at) => value - before[at]!),
    transitions: Float32Array.from(crf ?? []),
    unusedRowDecay: weights.unusedRowDecay,
  }));
  for (const engine of engines) await engine.dispose();
  return { figures, results };
}

describe("engines with their parts of every step are one engine with all of it, dropout included", () => {
  test.each([
    ["two processes", 2, {}, [16, 16, 16]],
    ["three processes", 3, {}, [16, 16, 16]],
    ["several batches", 2, { perDeviceTrainBatchSize: 4, gradientAccumulationSteps: 4 }, [16, 16]],
    ["a conditional random field", 2, { crf: true }, [16, 16]],
    ["an average of the weights", 2, { emaDecay: 0.9 }, [16, 16]],
    ["a step that leaves one of them without a window", 2, {}, [16, 1, 16]],
  ])("%s", async (_, size, changes, sizes) => {
    const alone = await trained(changes, [undefined], sizes);
    const together = await trained(changes, machines(size), sizes);
    for (const [step, { loss, gradNorm, tokens }] of alone.figures.entries()) {
      expect(gradNorm).toBeGreaterThan(0.5);
      const found = together.figures[step]!;
      expect(found.tokens).toBe(tokens);
      expect(Math.abs(found.loss / loss - 1)).toBeLessThan(1e-5);
      expect(Math.abs(found.gradNorm / gradNorm - 1)).toBeLessThan(1e-5);
    }
    const { moved, transitions, unusedRowDecay } = alone.results[0]!;
    const [first, ...others] = together.results;
    for (const other of others) expect(other).toEqual(first);
    expect(distance(first!.moved, moved) / Math.hypot(...moved)).toBeLessThan(1e-4);
    expect(distance(first!.transitions, transitions)).toBeLessThanOrEqual(1e-4 * Math.hypot(...transitions));
    expect(first!.unusedRowDecay).toBe(unusedRowDecay);
  });
});

test("the norm of a gradient that is read from shares of its block is the one that the graph gives", async () => {
  const recipe = checked({});
  const prepared = await prepare(recipe);
  const engine = await StepEngine.create(recipe, prepared, 1);
  const { gradNorm } = await engine.gradient([...prepared.train.windows].slice(0, 16), 1);
  const { layout } = prepared.weights;
  const names = layout.parameters.map(({ name }) => name);
  /** The norm from the shares of two processes, which are read from one block. */
  const ofShares = () => {
    const shares = new Shares(layout.length, 2, 4096);
    const squares = [0, 1].map((rank) => {
      const own = shares.rangesOf(rank).map((range) => ({ ...range, at: range.from }));
      return squaresOfShare(engine.gradients, layout, own);
    });
    return normOf(names.map((name, at) => ({ name, square: squares[0]![at]! + squares[1]![at]! })));
  };
  expect(Math.abs(ofShares().norm / gradNorm - 1)).toBeLessThan(1e-6);
  expect(ofShares().notFinite).toEqual([]);
  layout.values(engine.gradients, "classifier.bias")[0] = Number.NaN;
  expect(ofShares()).toEqual({ norm: Number.NaN, notFinite: ["classifier.bias"] });
  await engine.dispose();
});
