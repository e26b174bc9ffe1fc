import { expect, it } from "vitest";
import { parseConfig } from "../../src/models/index.js";
import { parseRecipe } from "../../src/recipe/index.js";
import { USUAL_RULES } from "../../src/text/index.js";
import { runConfig } from "../../src/train/prepare/runConfig.js";

const reading = { context: "none", evalLength: 64, words: USUAL_RULES } as const;

function configured(dropout: Readonly<Record<string, number>>) {
  const { recipe } = parseRecipe({ model: "m", train: "t", output: "o", ...dropout }, "test");
  const stored = parseConfig({ model_type: "eurobert", vocab_size: 100 }, "config.json");
  return runConfig(stored, recipe, ["O"], reading) as Record<string, unknown>;
}

it("a family without hidden dropout refuses one, and takes that of attention", () => {
  expect(() => configured({ hidden_dropout_prob: 0.1 })).toThrow(
    expect.objectContaining({ code: "TRAIN_DROPOUT_MISSING" }),
  );
  expect(() => configured({ classifier_dropout: 0.1 })).toThrow(
    expect.objectContaining({ code: "TRAIN_DROPOUT_MISSING" }),
  );
  expect(configured({ attention_probs_dropout_prob: 0.2 })).toMatchObject({ attention_dropout: 0.2 });
});

it("0 asks for no dropout, which such a family has anyway", () => {
  expect(configured({ hidden_dropout_prob: 0 })).not.toHaveProperty("hidden_dropout_prob");
});
