import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { hyperparameterList } from "../../src/card/hyperparameters.js";
import { hyperparameterFields } from "../../src/recipe/cardHyperparameters.js";
import { cardRecipe, recipeOfCard, recipeYaml } from "../../src/recipe/fromCard.js";
import { parseRecipe, readRecipeFile } from "../../src/recipe/index.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-card-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const goldens = JSON.parse(
  readFileSync(resolve(import.meta.dirname, "goldens/hf_cards.json"), "utf8"),
) as Record<string, { arguments: Record<string, unknown>; card: string }>;

describe("the recipe of a card that Trainer wrote", () => {
  const described = { model: "dslim/bert-base-NER", dataset: "wnut_17", output: "my-ner" };
  const card = { model_name: "my-ner", license: "mit", language: ["en"] };

  it.each(["defaults", "the reference", "everything"])("has all of the run's arguments: %s", (name) => {
    const golden = goldens[name]!;
    const { fields, notes } = cardRecipe(golden.card, "README.md");
    expect(notes).toEqual([]);
    const { optim, ...asked } = golden.arguments;
    expect(fields).toMatchObject({ ...described, card, ...asked });
    const bySteps = name === "everything";
    expect(fields.eval_strategy).toBe(bySteps ? "steps" : "epoch");
    const { recipe, warnings } = parseRecipe(fields);
    const byHf = parseRecipe({
      ...described,
      card,
      ...asked,
      ...(bySteps ? { eval_strategy: "steps", eval_steps: 20 } : {}),
    });
    expect(recipe).toEqual(byHf.recipe);
    expect(warnings).toEqual([]);
  });

  it("says how Nerium computed, if that was not the default", () => {
    const hyperparameters = {
      ...{ learningRate: 5e-5, trainBatchSize: 8, evalBatchSize: 8, seed: 42, numEpochs: 3 },
      ...{ adamBeta1: 0.9, adamBeta2: 0.999, adamEpsilon: 1e-8, lrSchedulerType: "linear" },
    };
    const fields = { train_sampling_strategy: "group_by_length", engine: "openvino", bf16: true } as const;
    const written = hyperparameterList({ ...hyperparameters, computation: fields });
    expect(written).toContain("- engine: openvino\n- bf16: true\n");
    const read = hyperparameterFields(`### Training hyperparameters\n\n${written}`);
    expect(read).toMatchObject({ fields, notes: [] });
    const unknown = hyperparameterFields("### Training hyperparameters\n\n- engine: abacus\n- bf16: false\n");
    expect(unknown!.notes).toEqual([
      "engine: abacus (must be one of auto, onnxruntime, openvino)",
      "bf16: false (only true is possible)",
    ]);
  });

  it("names what it can't take over, and why", () => {
    const { fields, notes } = cardRecipe(goldens["another optimiser"]!.card, "README.md");
    expect(notes).toEqual([
      expect.stringMatching(/^optimizer: Use .*ADAFACTOR.* \(the optimizer is always AdamW\)$/),
      expect.stringMatching(/^lr_scheduler_type: reduce_lr_on_plateau \(the schedules are linear, cosine/),
    ]);
    expect(fields).toMatchObject({ warmup_steps: 100, num_train_epochs: 3 });
    expect(fields.lr_scheduler_type).toBeUndefined();
    expect(recipeYaml({ fields, notes })).toMatch(/^# Not used: optimizer: /);
  });

  it("gives several devices as accumulated batches", () => {
    const text = [
      "### Training hyperparameters",
      "",
      "- train_batch_size: 8",
      "- distributed_type: multi-GPU",
      "- num_devices: 4",
      "- gradient_accumulation_steps: 2",
      "- total_train_batch_size: 64",
      "- lr_scheduler_type: SchedulerType.COSINE",
      "- lr_scheduler_warmup_ratio: 0.06",
      "- mixed_precision_training: Native AMP",
      "- mood: fine",
      "- constructor: none",
    ].join("\n");
    const { fields, notes } = cardRecipe(text, "README.md");
    expect(fields).toEqual({
      model: "MODEL",
      train: "TRAIN",
      validation: "VALIDATION",
      output: "my-model",
      per_device_train_batch_size: 8,
      gradient_accumulation_steps: 8,
      lr_scheduler_type: "cosine",
      warmup_steps: 0.06,
    });
    expect(notes.map((note) => note.split(":")[0])).toEqual([
      "distributed_type",
      "num_devices",
      "mixed_precision_training",
      "mood",
      "constructor",
    ]);
  });

  it("is a file that trains: rates as people write them", async () => {
    const file = join(scratch, "README.md");
    writeFileSync(file, goldens["the reference"]!.card);
    const yaml = await recipeOfCard(scratch);
    expect(yaml).toBe(await recipeOfCard(file));
    expect(yaml).toContain("learning_rate: 2e-5\n");
    const recipe = join(scratch, "recipe.yaml");
    writeFileSync(recipe, yaml);
    expect(parseRecipe(await readRecipeFile(recipe)).recipe).toMatchObject({
      learningRate: 2e-5,
      adamEpsilon: 1e-8,
    });
  });

  it("without a list of hyperparameters is an error", async () => {
    expect(() => cardRecipe("# A model\n", "README.md")).toThrow(/no list under the heading/);
    await expect(recipeOfCard(join(scratch, "nothing.md"))).rejects.toMatchObject({
      code: "FILES_NOT_FOUND",
    });
  });
});

it("the card of the reference run gives the recipe that is kept of it, but for the data", async () => {
  const here = import.meta.dirname;
  const { train, validation, logging_steps, save_strategy, ...kept } = parse(
    readFileSync(resolve(here, "../../recipes/roberta-large_ner_conll2003.yaml"), "utf8"),
  );
  const card = join(scratch, "reference.md");
  const theirs = readFileSync(resolve(here, "../card/goldens/hf-cards.json"), "utf8");
  const { card: text } = (JSON.parse(theirs) as { cards: { card: string }[] }).cards.at(-1)!;
  writeFileSync(card, text.replaceAll("model-of-test", "roberta-large_ner_conll2003"));
  const { dataset, dataset_args, finetuned_from, ...described } = kept.card;
  expect(parse(await recipeOfCard(card))).toEqual({ ...kept, dataset: "conll2003", card: described });
  expect([dataset, dataset_args, finetuned_from]).toEqual(["conll2003", "conll2003", "roberta-large"]);
});
