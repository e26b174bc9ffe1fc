import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseConfig } from "../../src/models/index.js";
import { cardRecipe } from "../../src/recipe/fromCard.js";
import { parseRecipe, recipeFromYaml } from "../../src/recipe/index.js";
import { recipeHash } from "../../src/train/checkpoint/changes.js";
import { readTrainingArgs } from "../../src/train/finish/finish.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-former-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const needed = { model: "m", train: "t", output: "o", context: "document" } as const;

describe("names that fields had before are read for good", () => {
  test("in recipes, whatever the spelling", () => {
    const now = parseRecipe({ ...needed, trainBatchTokens: 500, contextEvalTokens: 128 }).recipe;
    expect(now).toMatchObject({ trainBatchTokens: 500, contextEvalTokens: 128 });
    const spelled = { ...needed, train_batch_pieces: 500, contextEvalPieces: 128 };
    expect(parseRecipe(spelled as never).recipe).toEqual(now);
    const yaml =
      "model: m\ntrain: t\noutput: o\ncontext: document\ntrain_batch_pieces: 500\ncontext_eval_pieces: 128\n";
    expect(parseRecipe(recipeFromYaml(yaml, "recipe.yaml")).recipe).toEqual(now);
  });

  test("in config.json; the present name wins", () => {
    const config = (nerium: object) =>
      parseConfig(
        { model_type: "bert", vocab_size: 10, nerium: { context: "document", ...nerium } },
        "config.json",
      );
    expect(config({ context_eval_pieces: 64 }).nerium?.context_eval_tokens).toBe(64);
    expect(config({ context_eval_pieces: 64, context_eval_tokens: 32 }).nerium?.context_eval_tokens).toBe(32);
    expect(config({ context_eval_pieces: 64 }).nerium).not.toHaveProperty("context_eval_pieces");
  });

  test("in model cards", () => {
    const card =
      "### Training hyperparameters\n\n- train_batch_pieces: 500\n- context: document\n- context_eval_pieces: 128\n";
    expect(JSON.stringify(cardRecipe(card, "README.md"))).toContain("train_batch_tokens");
  });

  test("in what a finished run left", async () => {
    mkdirSync(join(scratch, "run"));
    const stored = { learningRate: 1e-5, trainBatchPieces: 500 };
    writeFileSync(join(scratch, "run", "training_args.json"), JSON.stringify(stored));
    const { recipe } = (await readTrainingArgs(join(scratch, "run")))!;
    expect(recipe).toEqual({ learningRate: 1e-5, trainBatchTokens: 500 });
  });

  test("and a recipe keeps the hash that it had under them", () => {
    const { recipe } = parseRecipe({ ...needed, trainBatchTokens: 500 });
    const { trainBatchTokens, ...others } = recipe;
    const former = { ...others, trainBatchPieces: trainBatchTokens } as never;
    expect(recipeHash(recipe, { model: "x" })).toBe(recipeHash(former, { model: "x" }));
  });
});
