/** Several processes that train one model: gradient, reduce, norm and update happen in this order. */
import { rmSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { parseRecipe, type RecipeInput } from "../../../src/recipe/index.js";
import { prepare } from "../../../src/train/prepare/prepare.js";
import type { Collective, ExchangedBlock } from "../../../src/train/step/collective.js";
import { gradientNorm } from "../../../src/train/step/gradientNorm.js";
import { StepEngine } from "../../../src/train/step/stepEngine.js";
import { tinyModel } from "../tinyModel.js";

const tiny = await tinyModel();
afterAll(() => rmSync(tiny.folder, { recursive: true }));

/** Several machines simulated in one process. An exchange happens once all of them have arrived. */
function machines(size: number): Collective[] {
  const floatsOf = (block: ExchangedBlock) => (ArrayBuffer.isView(block) ? block : block.copyOut());
  let arrived: { rank: number; block: ExchangedBlock; done: () => void }[] = [];
  const exchange = (rank: number, block: ExchangedBlock, combine: (values: number[]) => number) =>
    new Promise<void>((done) => {
      arrived.push({ rank, block, done });
      if (arrived.length < size) return;
      const all = arrived.sort((a, b) => a.rank - b.rank);
      arrived = [];
      const blocks = all.map((each) => floatsOf(each.block));
      for (let at = 0; at < blocks[0]!.length; at++) {
        const result = combine(blocks.map((values) => values[at]!));
        for (const values of blocks) values[at] = result;
      }
      all.forEach(({ block }, index) => {
        if (!ArrayBuffer.isView(block)) block.copyIn(0, blocks[index]!);
      });
      for (const each of all) each.done();
    });
  return Array.from({ length: size }, (_, rank) => ({
    rank,
    size,
    reduce: (block) => exchange(rank, block, (values) => values.reduce((a, b) => a + b, 0)),
    broadcast: (block) => exchange(rank, block, ([first]) => first!),
  }));
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.hypot(...Array.from(a, (value, at) => value - b[at]!));

/**
 * There is no dropout, since it differs with other batches. `adamEpsilon` prevents rounding from deciding the
 * direction of an update.
 */
const checked = (changes: Partial<RecipeInput>) => {
  const still = { hiddenDropoutProb: 0, attentionProbsDropoutProb: 0, adamEpsilon: 1e-3 };
  return parseRecipe(tiny.recipe({ ...still, weightDecay: 0.01, maxGradNorm: 0.5, ...changes })).recipe;
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

describe("two engines with half of every step each are one engine with all of it", () => {
  test.each([
    ["one batch a step", {}, [16, 16, 16]],
    ["several batches", { perDeviceTrainBatchSize: 4, gradientAccumulationSteps: 4 }, [16, 16]],
    ["a conditional random field", { crf: true }, [16, 16]],
    ["a step that leaves one of them without a window", {}, [16, 1, 16]],
  ])("%s", async (_, changes, sizes) => {
    const alone = await trained(changes, [undefined], sizes);
    const together = await trained(changes, machines(2), sizes);
    for (const [step, { loss, gradNorm, tokens }] of alone.figures.entries()) {
      expect(gradNorm).toBeGreaterThan(0.5);
      const found = together.figures[step]!;
      expect(found.tokens).toBe(tokens);
      expect(Math.abs(found.loss / loss - 1)).toBeLessThan(1e-5);
      expect(Math.abs(found.gradNorm / gradNorm - 1)).toBeLessThan(1e-5);
    }
    const { moved, transitions, unusedRowDecay } = alone.results[0]!;
    const [first, second] = together.results;
    expect(second).toEqual(first);
    expect(distance(first!.moved, moved) / Math.hypot(...moved)).toBeLessThan(1e-4);
    expect(distance(first!.transitions, transitions)).toBeLessThanOrEqual(1e-4 * Math.hypot(...transitions));
    expect(first!.unusedRowDecay).toBe(unusedRowDecay);
  });
});

test("the norm of a gradient that is read from its block is the one that the graph gives", async () => {
  const recipe = checked({});
  const prepared = await prepare(recipe);
  const engine = await StepEngine.create(recipe, prepared, 1);
  const { gradNorm } = await engine.gradient([...prepared.train.windows].slice(0, 16), 1);
  const { layout } = prepared.weights;
  const read = gradientNorm(engine.gradients, layout);
  expect(Math.abs(read.norm / gradNorm - 1)).toBeLessThan(1e-6);
  expect(read.notFinite).toEqual([]);
  layout.values(engine.gradients, "classifier.bias")[0] = Number.NaN;
  expect(gradientNorm(engine.gradients, layout)).toEqual({
    norm: Number.NaN,
    notFinite: ["classifier.bias"],
  });
  await engine.dispose();
});
