/** Separate learning rates for the classifier and for encoder layers. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encoderOf, parameters, parseConfig } from "../../../src/models/index.js";
import type { RecipeInput } from "../../../src/recipe/index.js";
import { parseRecipe } from "../../../src/recipe/index.js";
import { rateFactor } from "../../../src/train/optimizers/rates.js";
import { prepare } from "../../../src/train/prepare/prepare.js";
import { StepEngine } from "../../../src/train/step/stepEngine.js";
import { tinyModel } from "../tinyModel.js";

let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel();
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

test("the top layer has the full rate, each below it decays, embeddings most, and the classifier has its own", () => {
  const config = { model_type: "bert", vocab_size: 9, num_hidden_layers: 3 };
  const encoder = encoderOf(parseConfig(config, "config.json"));
  const byName = new Map(parameters(encoder, 2).map((parameter) => [parameter.name, parameter]));
  const rates = { learningRate: 2e-5, headLearningRate: 1e-3, layerwiseLrDecay: 0.5 };
  const factors = Object.fromEntries(
    [
      "bert.embeddings.word_embeddings.weight",
      "bert.embeddings.LayerNorm.bias",
      "bert.encoder.layer.0.attention.self.qkv.weight",
      "bert.encoder.layer.1.output.LayerNorm.weight",
      "bert.encoder.layer.2.output.dense.bias",
      "classifier.weight",
      "classifier.bias",
    ].map((name) => [name, rateFactor(byName.get(name)!, encoder.layers, rates)]),
  );
  expect(factors).toEqual({
    "bert.embeddings.word_embeddings.weight": 0.125,
    "bert.embeddings.LayerNorm.bias": 0.125,
    "bert.encoder.layer.0.attention.self.qkv.weight": 0.25,
    "bert.encoder.layer.1.output.LayerNorm.weight": 0.5,
    "bert.encoder.layer.2.output.dense.bias": 1,
    "classifier.weight": 50,
    "classifier.bias": 50,
  });
  const bias = byName.get("classifier.bias")!;
  expect(rateFactor(bias, encoder.layers, { ...rates, headLearningRate: undefined })).toBe(1);
});

test("one update moves every weight by its own rate, and weight decay with it", async () => {
  /** How far each parameter moves, and the factor on the rows that the run leaves out. */
  const moves = async (changes: Partial<RecipeInput>) => {
    const input = tiny.recipe({ output: join(tiny.folder, "output"), weightDecay: 0.1, ...changes });
    const { recipe } = parseRecipe(input);
    const prepared = await prepare(recipe);
    const trainer = await StepEngine.create(recipe, prepared, 2);
    const { layout, block, encoder, unusedRowDecay: _ } = prepared.weights;
    const before = block.copyOut();
    const { gradNorm } = await trainer.gradient([...prepared.train.windows].slice(0, 16), 1);
    await trainer.update(1, recipe.learningRate, gradNorm);
    const moved = layout.parameters.map((parameter) => {
      const { name } = parameter;
      const begin = layout.offset(name);
      const now = layout.values(block, name);
      return { parameter, by: now.map((value, at) => value - before[begin + at]!) };
    });
    const leftOut = prepared.weights.unusedRowDecay;
    await trainer.dispose();
    return { moved, leftOut, layers: encoder.layers, recipe };
  };
  const plain = await moves({});
  const own = await moves({ headLearningRate: 0.03, layerwiseLrDecay: 0.5 });
  expect(plain.leftOut).toBeCloseTo(1 - 3e-3 * 0.1, 12);
  expect(own.leftOut).toBeCloseTo(1 - 3e-3 * 0.25 * 0.1, 12);
  for (const [index, { parameter, by }] of own.moved.entries()) {
    const { name } = parameter;
    const factor = rateFactor(parameter, own.layers, own.recipe);
    const expected = plain.moved[index]!.by.map((value) => value * factor);
    const length = Math.hypot(...expected);
    expect(length, name).toBeGreaterThan(0);
    expect(Math.hypot(...by.map((value, at) => value - expected[at]!)) / length, name).toBeLessThan(2e-4);
  }
});
