import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recipeFlags } from "../../src/cli/recipeFlags.js";
import { parseRecipe, rawRecipe, recipeFields } from "../../src/recipe/index.js";

const read = (...args: string[]) =>
  recipeFlags(args, recipeFields, { own: new Set(["quiet", "help"]), command: "nerium train" });

/** The recipe that flags stand for. */
const recipeOf = (...args: string[]) =>
  parseRecipe(rawRecipe(read(...args).values, { kind: "flags" })).recipe;

const needed = ["--model", "m", "--train", "t.conll", "--output", "o"];

describe("flags of a recipe", () => {
  it("are taken by the names they were typed with; the rest stays", () => {
    expect(read("recipe.yaml", "--learning-rate", "2e-5", "--quiet", "--seed=7")).toEqual({
      values: { "learning-rate": "2e-5", seed: "7" },
      rest: ["recipe.yaml", "--quiet"],
    });
  });

  it("may be spelled as Hugging Face does", () => {
    const ours = recipeOf(
      ...needed,
      "--validation",
      "v",
      "--learning-rate",
      "2e-5",
      "--load-best-model-at-end",
    );
    const theirs = recipeOf(
      ...["--model_name_or_path", "m", "--train_file", "t.conll", "--output_dir", "o"],
      ...["--validation_file", "v", "--learning_rate", "2e-5", "--load_best_model_at_end", "True"],
    );
    expect(theirs).toEqual(ours);
    expect(ours).toMatchObject({ learningRate: 2e-5, loadBestModelAtEnd: true, model: "m" });
  });

  it("are the same in every spelling of every field", () => {
    const settable = recipeFields.filter(({ type }) => type !== "section");
    fc.assert(
      fc.property(fc.constantFrom(...settable), fc.boolean(), ({ kebab, name, key, aliases }, joined) => {
        const spelled = [kebab, name, key, ...aliases, ...aliases.map((alias) => alias.replaceAll("_", "-"))];
        for (const flag of spelled) {
          const { values, rest } = joined ? read(`--${flag}=true`) : read(`--${flag}`, "true");
          expect(values).toEqual({ [flag]: "true" });
          expect(rest).toEqual([]);
        }
      }),
    );
  });

  it("that are true or false need no value, and take one", () => {
    expect(read("--label-all-tokens", "recipe.yaml")).toEqual({
      values: { "label-all-tokens": "true" },
      rest: ["recipe.yaml"],
    });
    expect(read("--label_all_tokens", "False").values).toEqual({ label_all_tokens: "False" });
    expect(read("--no-label-all-tokens").values).toEqual({ "label-all-tokens": "false" });
    expect(read("--no_label_all_tokens").values).toEqual({ label_all_tokens: "false" });
  });

  it("may have negative numbers for a value", () => {
    expect(read("--max-steps", "-1").values).toEqual({ "max-steps": "-1" });
  });

  it("that need a value must have one", () => {
    expect(() => read("--model", "--train", "t.conll")).toThrow("--model needs a value");
    expect(() => read("--model")).toThrow("--model needs a value");
  });

  it("are given once", () => {
    expect(() => read("--seed", "1", "--seed", "2")).toThrow("--seed is given twice");
  });

  it("that Hugging Face has and a recipe has not are left to the recipe, with their value", () => {
    expect(read("--fp16", "--report_to", "none", "--do_train", "recipe.yaml")).toEqual({
      values: { fp16: "true", report_to: "none", do_train: "true" },
      rest: ["recipe.yaml"],
    });
  });

  it("that take several values take all of them, but not the recipe", () => {
    expect(read("--report_to", "none", "wandb", "recipe.yaml", "--seed", "7")).toEqual({
      values: { report_to: "none,wandb", seed: "7" },
      rest: ["recipe.yaml"],
    });
    expect(read("recipe.yaml", "--label-names", "labels", "start_positions", "--quiet")).toEqual({
      values: { "label-names": "labels,start_positions" },
      rest: ["recipe.yaml", "--quiet"],
    });
    expect(read("--include_for_metrics", "--fp16")).toEqual({
      values: { include_for_metrics: "true", fp16: "true" },
      rest: [],
    });
    expect(recipeOf(...needed, "--labels", "O", "B-PER", "I-PER").labels).toEqual(["O", "B-PER", "I-PER"]);
    expect(recipeOf(...needed, "--labels", "O,B-PER", "--report_to", "none", "wandb").labels).toEqual([
      "O",
      "B-PER",
    ]);
  });

  it("end at --", () => {
    expect(read("--", "--model")).toEqual({ values: {}, rest: ["--", "--model"] });
  });
});
