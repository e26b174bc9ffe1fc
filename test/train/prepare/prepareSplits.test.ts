import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RecipeInput } from "../../../src/recipe/index.js";
import { parseRecipe } from "../../../src/recipe/index.js";
import type { InMemoryTraining, TrainingData } from "../../../src/train/examples/trainingData.js";
import { type EvaluationSplit, prepare } from "../../../src/train/prepare/prepare.js";
import { tinyModel } from "../tinyModel.js";

let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel();
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

async function prepared(changes: Partial<RecipeInput>) {
  const { recipe } = parseRecipe({ ...tiny.recipe(), validation: undefined, ...changes });
  const ready = await prepare(recipe);
  await ready.weights.dispose();
  return { recipe, ready };
}

describe("a share of the training data", () => {
  it("is evaluated on instead of being trained on, the same one for the same seed", async () => {
    const { recipe, ready } = await prepared({ validationSplit: 0.25 });
    expect(recipe.evalStrategy).toBe("epoch");
    const linesOf = ({ data }: EvaluationSplit | InMemoryTraining) => data.sentences.map(({ line }) => line);
    const lines = (split: EvaluationSplit | TrainingData | undefined) =>
      linesOf(split as EvaluationSplit | InMemoryTraining);
    // Sentences count as one more type, so their share is close to the requested one.
    expect(Math.abs(lines(ready.validation).length - 24)).toBeLessThan(4);
    expect(new Set([...lines(ready.train), ...lines(ready.validation)]).size).toBe(96);
    const again = await prepared({ validationSplit: 0.25, maxEvalSamples: 10 });
    expect(lines(again.ready.validation)).toEqual(lines(ready.validation).slice(0, 10));
    const other = await prepared({ validationSplit: 0.25, seed: 7 });
    expect(lines(other.ready.validation)).not.toEqual(lines(ready.validation));
  });

  it("is not taken where there is validation data", () => {
    expect(() => parseRecipe({ ...tiny.recipe(), validationSplit: 0.1 })).toThrow(
      expect.objectContaining({
        code: "RECIPE_FIELDS_CONFLICT",
        message: expect.stringContaining("validation_split"),
      }),
    );
  });

  it.each([0, 1, -0.1, "a"])("of %j is no share", (share) => {
    expect(() => parseRecipe({ ...tiny.recipe(), validation: undefined, validation_split: share })).toThrow(
      /validation_split must be a number above 0 and below 1/,
    );
  });
});

describe("a label map", () => {
  it("renames types in all data, before labels are collected", async () => {
    const { ready } = await prepared({
      test: tiny.files.test,
      labelMap: { PER: "PERSON", LOC: "PLACE", EVENT: "O" },
    });
    expect(ready.labels).toEqual([
      "B-ORG",
      "B-PERSON",
      "B-PLACE",
      "B-PROD",
      "I-ORG",
      "I-PERSON",
      "I-PLACE",
      "I-PROD",
      "O",
    ]);
    const tags = new Set(ready.test!.data.sentences.flatMap((sentence) => sentence.tags));
    expect([...tags].sort()).toEqual(ready.labels);
  });

  it("that names what is no type is an error", async () => {
    await expect(prepared({ labelMap: { PERS: "PERSON" } })).rejects.toMatchObject({
      code: "DATA_LABEL_MAP_UNKNOWN",
    });
    expect(() => parseRecipe({ ...tiny.recipe(), label_map: {} })).toThrow(/label_map must be a map/);
    expect(() => parseRecipe({ ...tiny.recipe(), label_map: { PER: 3 } })).toThrow(
      /label_map.PER must be a map/,
    );
  });
});

it("a run is warned of evaluation data that training has seen", async () => {
  const { ready } = await prepared({ validation: tiny.files.train });
  expect(ready.messages.map(({ code }) => code)).toContain("SENTENCES_LEAKED");
});
