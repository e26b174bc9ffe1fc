import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isNeriumError, type NeriumError } from "../../src/errors.js";
import {
  cardFields,
  mergeRecipes,
  parseRecipe,
  rawRecipe,
  readRecipeFile,
  recipeFields,
  recipeFromYaml,
  recipeToYaml,
} from "../../src/recipe/index.js";

const needed = { model: "bert-base-cased", train: "train.conll", output: "out" };
const withValidation = { ...needed, validation: "valid.conll" };
const flags = { kind: "flags" } as const;

function failure(action: () => unknown): NeriumError {
  try {
    action();
  } catch (error) {
    if (isNeriumError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const refusal = (input: Record<string, unknown>) => failure(() => parseRecipe({ ...needed, ...input }));
const ofYaml = (text: string) => failure(() => parseRecipe(recipeFromYaml(text, "my.yaml")));

describe("defaults", () => {
  test("are Hugging Face's, name by name, but for those that the documentation lists", () => {
    const hf = JSON.parse(
      readFileSync(join(import.meta.dirname, "goldens", "hf_arguments.json"), "utf8"),
    ) as Record<string, unknown>;
    const ours = {
      eval_strategy: "no",
      save_strategy: "steps",
      save_steps: 500,
      eval_steps: null,
      metric_for_best_model: null,
    };
    for (const { name, default: standard } of recipeFields) {
      if (!(name in hf) || name === "output_dir" || name in ours) continue;
      if (name === "save_total_limit") expect(standard).toBe(1);
      else if (name === "lr_scheduler_kwargs") expect(standard).toEqual({});
      else expect(standard ?? null, name).toEqual(hf[name]);
    }
    const { recipe } = parseRecipe(needed);
    expect(recipe).toMatchObject({
      evalStrategy: "no",
      saveStrategy: "steps",
      saveSteps: 500,
      metricForBestModel: "loss",
    });
  });

  test("with validation data, evaluation and checkpoints follow the epochs", () => {
    const { recipe, warnings } = parseRecipe(withValidation);
    expect(recipe).toMatchObject({
      evalStrategy: "epoch",
      saveStrategy: "epoch",
      saveTotalLimit: 1,
      greaterIsBetter: false,
    });
    expect(warnings).toEqual([]);
  });

  test("steps fall back on each other as in Hugging Face", () => {
    const { recipe } = parseRecipe({ ...withValidation, eval_strategy: "steps", logging_steps: 50 });
    expect(recipe).toMatchObject({ evalSteps: 50, saveStrategy: "steps", saveSteps: 50 });
  });

  test("the metric may have its eval_ and decides what is better", () => {
    const { recipe } = parseRecipe({ ...withValidation, metric_for_best_model: "eval_f1" });
    expect(recipe).toMatchObject({ metricForBestModel: "f1", greaterIsBetter: true });
  });

  test("the overlap fits the windows, and 0 checkpoints to keep means all", () => {
    expect(parseRecipe(needed).recipe.overlap).toBe(64);
    expect(parseRecipe({ ...needed, max_seq_length: 32 }).recipe.overlap).toBe(8);
    expect(parseRecipe({ ...needed, save_total_limit: 0 }).recipe.saveTotalLimit).toBeUndefined();
  });
});

describe("spellings", () => {
  test("snake_case, kebab-case, camelCase and Hugging Face's names mean one field", () => {
    const expected = parseRecipe({ ...withValidation, learningRate: 2e-5, warmupSteps: 0.1 }).recipe;
    const hf = {
      model_name_or_path: "bert-base-cased",
      train_file: "train.conll",
      validation_file: "valid.conll",
      output_dir: "out",
      learning_rate: 2e-5,
      warmup_ratio: 0.1,
    };
    expect(parseRecipe(hf).recipe).toEqual(expected);
    const kebab = Object.fromEntries(
      Object.entries(hf).map(([name, value]) => [name.replaceAll("_", "-"), String(value)]),
    );
    expect(parseRecipe(kebab, flags).recipe).toEqual(expected);
  });

  test("one field under two spellings must agree", () => {
    expect(refusal({ learning_rate: 1e-5, learningRate: 2e-5 })).toMatchObject({
      code: "RECIPE_FIELD_TWICE",
    });
    expect(parseRecipe({ ...needed, learning_rate: 1e-5, learningRate: 1e-5 }).recipe.learningRate).toBe(
      1e-5,
    );
  });

  test("warmup_ratio is the old name of a share, and gives way where it is 0", () => {
    expect(parseRecipe({ ...needed, warmup_ratio: 0, warmup_steps: 500 }).recipe.warmupSteps).toBe(500);
    expect(parseRecipe({ ...needed, warmup_steps: 0, warmup_ratio: 0.06 }).recipe.warmupSteps).toBe(0.06);
    expect(refusal({ warmup_ratio: 10 })).toMatchObject({ code: "RECIPE_FIELD_INVALID" });
    expect(refusal({ warmup_ratio: 0.1, warmup_steps: 5 })).toMatchObject({ code: "RECIPE_FIELD_TWICE" });
  });

  test("an unknown key is refused with the nearest name, spelled as its source spells", () => {
    expect(refusal({ learning_rat: 1 })).toMatchObject({
      code: "RECIPE_UNKNOWN_FIELD",
      remedy: "Did you mean learningRate?",
    });
    expect(failure(() => parseRecipe({ "learn-rate": "1" }, flags)).commandRemedy).toBe(
      "Did you mean --learning-rate?",
    );
    expect(refusal({ quite_something_else: 1 }).remedy).toMatch(/RecipeInput/);
    expect(failure(() => parseRecipe({ "quite-something-else": "1" }, flags)).commandRemedy).toMatch(
      /--help/,
    );
    expect(refusal({ card: { licence: "mit" } })).toMatchObject({ remedy: "Did you mean card.license?" });
    for (const name of ["__proto__", "constructor", "toString"])
      expect(failure(() => rawRecipe(JSON.parse(`{"${name}":1}`), flags)).code).toBe("RECIPE_UNKNOWN_FIELD");
  });

  test("nothing given is not given: null and undefined leave the default", () => {
    expect(parseRecipe({ ...needed, validation: null, seed: undefined }).recipe).toEqual(
      parseRecipe(needed).recipe,
    );
  });
});

describe("arguments of Hugging Face's", () => {
  test("all of Trainer's and run_ner's are known, and each with its default asks for nothing", () => {
    const hf = JSON.parse(
      readFileSync(join(import.meta.dirname, "goldens", "hf_arguments.json"), "utf8"),
    ) as Record<string, unknown>;
    const { output_dir, report_to, ...defaults } = hf;
    const warnings = parseRecipe({ ...needed, ...defaults, save_total_limit: 1 }).warnings.map(
      ({ message }) => message,
    );
    expect(warnings.filter((message) => !/^save_steps/.test(message))).toEqual([]);
    const runNer = [
      "config_name cache_dir model_revision token trust_remote_code ignore_mismatched_sizes task_name dataset_name",
      "dataset_config_name overwrite_cache preprocessing_num_workers pad_to_max_length return_entity_level_metrics",
      "tokenizer_name text_column_name label_column_name max_seq_length max_train_samples label_all_tokens",
    ].flatMap((names) => names.split(" "));
    for (const name of runNer) expect(() => rawRecipe({ [name]: false }, flags), name).not.toThrow();
  });

  test("without a meaning here they are accepted with a message of their own", () => {
    const { warnings } = parseRecipe({
      ...needed,
      fp16: true,
      do_train: true,
      report_to: "wandb",
      dataloader_num_workers: 4,
    });
    expect(warnings.map(({ message }) => message.split(" has no effect: ")[0])).toEqual([
      "fp16",
      "do_train",
      "dataloader_num_workers",
      "report_to wandb",
    ]);
    expect(warnings[0]).toMatchObject({
      code: "RECIPE_NO_EFFECT",
      message: expect.stringContaining("float32"),
    });
  });

  test.each([
    ["label_smoothing_factor", { label_smoothing_factor: 0.1, teachers: ["a"] }],
    ["warmup_steps", { warmup_steps: 2, lr_scheduler_type: "constant" }],
    ["per_device_train_batch_size", { per_device_train_batch_size: 4, train_batch_tokens: 300 }],
    ["save_total_limit", { save_total_limit: 3, save_strategy: "no" }],
  ])("%s has no effect beside some other fields", (name, fields) => {
    const idle = (given: object) =>
      parseRecipe({ ...needed, ...given }).warnings.map(({ message }) => message);
    expect(idle(fields)).toEqual([expect.stringMatching(`^${name} has no effect: `)]);
    const other = { ...fields, distillation_alpha: 0.5, lr_scheduler_type: "linear", save_strategy: "epoch" };
    const own = "train_batch_tokens" in other ? { ...other, train_batch_tokens: undefined } : other;
    expect(idle(own).filter((message) => message.startsWith(name))).toEqual([]);
  });

  test("report_to takes one place or several, and names those that Nerium cannot report to", () => {
    const of = (report_to: unknown) => parseRecipe({ ...needed, report_to });
    expect(parseRecipe(needed).recipe.reportTo).toEqual([]);
    expect(of("none").recipe.reportTo).toEqual([]);
    expect(of("tensorboard").recipe.reportTo).toEqual(["tensorboard"]);
    expect(of(["mlflow", "tensorboard", "mlflow"]).recipe.reportTo).toEqual(["tensorboard", "mlflow"]);
    expect(parseRecipe({ ...needed, "report-to": "tensorboard,mlflow" }, flags).recipe.reportTo).toHaveLength(
      2,
    );
    const { recipe, warnings } = of(["wandb", "tensorboard", "comet_ml"]);
    expect(recipe.reportTo).toEqual(["tensorboard"]);
    expect(warnings.map(({ message }) => message)).toEqual([
      "report_to wandb, comet_ml has no effect: Nerium can report to tensorboard, mlflow, trackio (the recipe: report_to)",
    ]);
    expect(refusal({ report_to: "tensorbord" }).message).toBe(
      'report_to must be none, tensorboard, mlflow, trackio, or a list of them, not "tensorbord"',
    );
    const written = parseRecipe(recipeFromYaml(recipeToYaml(of("mlflow").recipe), "r.yaml")).recipe;
    expect(written.reportTo).toEqual(["mlflow"]);
  });

  test("those that ask for something else are refused by name", () => {
    expect(refusal({ trust_remote_code: true })).toMatchObject({
      code: "RECIPE_NOT_SUPPORTED",
      where: "the recipe: trust_remote_code",
    });
    expect(refusal({ optim: "adafactor" }).message).toMatch(
      /optim is not supported: the optimizer is always AdamW/,
    );
    expect(parseRecipe({ ...needed, optim: "adamw_torch", push_to_hub: false }).warnings).toEqual([]);
    expect(refusal({ per_gpu_train_batch_size: 8 }).remedy).toBe(
      "Remove it, and use per_device_train_batch_size.",
    );
  });
});

describe("values", () => {
  test("what is missing is named with its flag", () => {
    expect(failure(() => parseRecipe({ model: "m", train: "t" }, flags))).toMatchObject({
      code: "RECIPE_FIELD_MISSING",
      where: "--output",
    });
    expect(failure(() => parseRecipe({})).message).toBe("model is missing");
  });

  test("the wrong kind and values out of range say what they must be and what they are", () => {
    expect(refusal({ learning_rate: -1 }).message).toBe("learning_rate must be a number above 0, not -1");
    expect(refusal({ learning_rate: Number.NaN }).message).toBe(
      "learning_rate must be a number above 0, not NaN",
    );
    expect(refusal({ learning_rate: "fast" }).message).toBe(
      'learning_rate must be a number above 0, not "fast"',
    );
    expect(refusal({ num_train_epochs: 0 }).message).toMatch(/above 0/);
    expect(refusal({ max_steps: 0 }).message).toMatch(/or -1, not 0/);
    expect(refusal({ per_device_train_batch_size: 1.5 }).message).toMatch(
      /whole number of at least 1, not 1.5/,
    );
    expect(refusal({ adam_beta1: 1 }).message).toMatch(/below 1/);
    expect(refusal({ seed: 2 ** 32 }).message).toMatch(/4294967295/);
    expect(refusal({ labels: ["O", "O"] }).message).toMatch(/a list without duplicates/);
    expect(refusal({ labels: ["O", 1] }).message).toMatch(/^labels.1 must be/);
    expect(refusal({ class_weights: { "B-PER": 0 } }).message).toBe(
      "class_weights.B-PER must be a number above 0, not 0",
    );
    expect(refusal({ class_weights: "balance" }).message).toMatch(/balanced/);
    expect(refusal({ load_best_model_at_end: "maybe" }).message).toMatch(/true or false/);
    expect(refusal({ card: { tags: [1] } }).message).toMatch(/^card.tags/);
    expect(refusal({ card: "mine" }).message).toBe('card must be a section with keys, not "mine"');
    expect(refusal({ token_column: -1 }).message).toMatch(/from 0, or its name/);
    expect(refusal({ model: "" }).message).toMatch(/not empty/);
    for (const wrong of [null, [], "model: x", 7])
      expect(failure(() => parseRecipe(wrong)).code).toBe("RECIPE_NOT_A_MAP");
  });

  test("no field lets the schema library's own words through", () => {
    const wrong = [
      -1,
      0.5,
      2 ** 60,
      Number.NaN,
      "",
      "x",
      true,
      [],
      [""],
      [1],
      {},
      { a: "" },
      { a: {} },
      { a: -1 },
    ];
    for (const { key, name } of recipeFields)
      for (const value of wrong)
        try {
          parseRecipe({ ...withValidation, [key]: value });
        } catch (error) {
          expect(isNeriumError(error), `${name}: ${String(error)}`).toBe(true);
          expect((error as Error).message, name).not.toMatch(/expected|Too (small|big)|Invalid|Unrecognized/);
        }
    for (const { key, name } of cardFields)
      for (const value of wrong)
        try {
          parseRecipe({ ...needed, card: { [key]: value } });
        } catch (error) {
          expect((error as Error).message, name).toMatch(/^card\.\w+(\.\d+)? must be a text/);
        }
  });

  test("an unknown schedule is refused with the nearest", () => {
    const error = refusal({ lr_scheduler_type: "cosin" });
    expect(error.message).toMatch(/one of linear, cosine,/);
    expect(error.remedy).toBe("Did you mean cosine?");
    expect(refusal({ lr_scheduler_type: "reduce_lr_on_plateau" }).code).toBe("RECIPE_FIELD_INVALID");
  });

  test("flags are read by the kind of their field", () => {
    const { recipe } = parseRecipe(
      {
        ...needed,
        "learning-rate": "2e-5",
        "label-all-tokens": true,
        "load-best-model-at-end": "False",
        labels: "O, B-PER,I-PER",
        "class-weights": '{"B-PER": 2}',
        "token-column": "0",
        "tag-column": "ner_tags",
        "lr-scheduler-type": "polynomial",
        "lr-scheduler-kwargs": '{"power": 2}',
        model: "1",
      },
      flags,
    );
    expect(recipe).toMatchObject({
      learningRate: 2e-5,
      labelAllTokens: true,
      loadBestModelAtEnd: false,
      labels: ["O", "B-PER", "I-PER"],
      classWeights: { "B-PER": 2 },
      tokenColumn: 0,
      tagColumn: "ner_tags",
      lrSchedulerKwargs: { power: 2 },
      model: "1",
    });
    const wrong = { ...needed, "learning-rate": "fast", "lr-scheduler-kwargs": "{" };
    expect(failure(() => parseRecipe(wrong, flags))).toMatchObject({
      code: "RECIPE_FIELD_INVALID",
      where: "--learning-rate",
    });
  });
});

describe("fields together", () => {
  const conflicts: [string, Record<string, unknown>][] = [
    ["eval_strategy", { eval_strategy: "epoch" }],
    ["load_best_model_at_end", { load_best_model_at_end: true }],
    ["early_stopping_patience", { early_stopping_patience: 2 }],
    ["save_strategy", { save_strategy: "best" }],
    ["save_strategy", { validation: "v", load_best_model_at_end: true, save_strategy: "steps" }],
    [
      "save_steps",
      {
        validation: "v",
        load_best_model_at_end: true,
        eval_strategy: "steps",
        eval_steps: 20,
        save_steps: 50,
      },
    ],
    ["overlap", { overlap: 30, max_seq_length: 32 }],
    ["output", { output: "./bert-base-cased/" }],
    ["lr_scheduler_kwargs", { lr_scheduler_kwargs: { num_cycles: 2 } }],
    ["lr_scheduler_type", { lr_scheduler_type: "cosine_with_min_lr" }],
  ];
  for (const [field, input] of conflicts)
    test(`${JSON.stringify(input)} is refused`, () => {
      expect(refusal(input)).toMatchObject({ code: "RECIPE_FIELDS_CONFLICT", where: `the recipe: ${field}` });
    });

  test("what goes together passes", () => {
    const best = { ...withValidation, load_best_model_at_end: true, early_stopping_patience: 2 };
    expect(parseRecipe(best).warnings).toEqual([]);
    expect(parseRecipe({ ...best, save_strategy: "best" }).warnings).toEqual([]);
    expect(parseRecipe({ ...best, eval_strategy: "steps", eval_steps: 20, save_steps: 40 }).warnings).toEqual(
      [],
    );
  });

  test("a field that the others leave nothing to do is warned of", () => {
    const { warnings } = parseRecipe({
      ...withValidation,
      eval_steps: 5,
      max_predict_samples: 3,
      early_stopping_threshold: 0.1,
    });
    expect(warnings.map(({ message }) => message.split(" ")[0])).toEqual([
      "eval_steps",
      "max_predict_samples",
      "early_stopping_threshold",
    ]);
  });
});

describe("files", () => {
  test("errors name file, line and key", () => {
    const head = "model: m\ntrain: t\noutput: o\n";
    expect(ofYaml(`${head}\nlearning_rate: fast\n`)).toMatchObject({ where: "my.yaml:5:learning_rate" });
    expect(ofYaml(`${head}learning_rat: 1\n`)).toMatchObject({
      where: "my.yaml:4:learning_rat",
      remedy: "Did you mean learning_rate?",
    });
    expect(ofYaml(`${head}labels:\n  - O\n  - 1\n`).where).toMatch(/^my.yaml:6:labels.1$/);
    expect(ofYaml(`${head}card:\n  license: mit\n  tags: 3\n`)).toMatchObject({
      where: "my.yaml:6:card.tags",
    });
    expect(ofYaml(`${head}card:\n  licens: mit\n`)).toMatchObject({ where: "my.yaml:5:card.licens" });
    expect(ofYaml(`${head}trust_remote_code: true\n`)).toMatchObject({
      where: "my.yaml:4:trust_remote_code",
    });
    expect(ofYaml(`${head}early_stopping_patience: 2\n`)).toMatchObject({
      where: "my.yaml:4:early_stopping_patience",
    });
    expect(ofYaml("model: m\n")).toMatchObject({ code: "RECIPE_FIELD_MISSING", where: "my.yaml" });
  });

  test("broken YAML, a key twice and a list are refused", () => {
    expect(ofYaml("model: [\n")).toMatchObject({ code: "RECIPE_YAML_INVALID" });
    expect(ofYaml("model: a\nmodel: b\n")).toMatchObject({ code: "RECIPE_YAML_INVALID", where: "my.yaml:2" });
    expect(ofYaml("- a\n")).toMatchObject({ code: "RECIPE_NOT_A_MAP", where: "my.yaml" });
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghij"
      .split("")
      .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[i]}`)}]`)
      .join("\n")}`;
    expect(ofYaml(bomb).code).toBe("RECIPE_YAML_INVALID");
  });

  test("flags win over a file, and each keeps its place", async () => {
    const folder = await mkdtemp(join(tmpdir(), "nerium-recipe-"));
    const file = join(folder, "my.yaml");
    await writeFile(file, "model: m\ntrain: t\noutput: o\nseed: 1\nlearning_rate: 1e-5\nfp16: true\n");
    const merged = mergeRecipes(await readRecipeFile(file), rawRecipe({ seed: "2", output_dir: "p" }, flags));
    const { recipe, warnings } = parseRecipe(merged);
    expect(recipe).toMatchObject({ seed: 2, output: "p", learningRate: 1e-5 });
    expect(warnings[0]?.message).toContain(`${file}:6:fp16`);
    const bad = mergeRecipes(await readRecipeFile(file), rawRecipe({ seed: "x" }, flags));
    expect(failure(() => parseRecipe(bad)).where).toBe("--seed");
    await expect(readRecipeFile(join(folder, "none.yaml"))).rejects.toMatchObject({
      code: "FILES_NOT_FOUND",
    });
    await rm(folder, { recursive: true });
  });

  test("the reference card's recipe is checked and complete", async () => {
    const raw = await readRecipeFile(
      join(import.meta.dirname, "../../recipes/roberta-large_ner_conll2003.yaml"),
    );
    const { recipe, warnings } = parseRecipe(raw);
    expect(warnings).toEqual([]);
    expect(recipe).toMatchObject({
      model: "roberta-large",
      learningRate: 2e-5,
      perDeviceTrainBatchSize: 16,
      perDeviceEvalBatchSize: 16,
      numTrainEpochs: 5,
      lrSchedulerType: "cosine",
      seed: 42,
      loggingSteps: 500,
      evalStrategy: "epoch",
      card: { modelName: "roberta-large_ner_conll2003", license: "mit", dataset: "conll2003" },
    });
  });

  test("the best recipe for CoNLL-2003 is checked and complete", async () => {
    const raw = await readRecipeFile(join(import.meta.dirname, "../../recipes/conll2003-best.yaml"));
    const { recipe, warnings } = parseRecipe(raw);
    expect(warnings).toEqual([]);
    expect(recipe).toMatchObject({
      context: "document",
      contextEvalTokens: 128,
      learningRate: 8e-5,
      crf: true,
    });
  });

  test("a recipe written as YAML gives the same recipe again, without warnings", () => {
    const number = fc.double({ min: 1e-9, max: 0.99, noNaN: true });
    const text = fc.string({ minLength: 1, unit: "grapheme" });
    const given = fc.record(
      {
        validation: fc.constant("valid.conll"),
        learningRate: number,
        warmupSteps: fc.oneof(number, fc.nat(1000)),
        labels: fc.uniqueArray(text, { minLength: 1, maxLength: 4 }),
        classWeights: fc.oneof(fc.constant("balanced" as const), fc.dictionary(text, number)),
        tokenColumn: fc.oneof(fc.nat(9), text),
        saveTotalLimit: fc.nat(3),
        maxSeqLength: fc.integer({ min: 8, max: 512 }),
        metricForBestModel: fc.constantFrom("loss", "f1"),
        lrSchedulerType: fc.constantFrom("linear", "cosine"),
        loggingSteps: fc.integer({ min: 1, max: 999 }),
        seed: fc.nat(2 ** 32 - 1),
        card: fc.record(
          { license: text, tags: fc.array(text, { minLength: 1, maxLength: 3 }), description: text },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(given, (fields) => {
        const { recipe } = parseRecipe({ ...needed, ...fields });
        const again = parseRecipe(recipeFromYaml(recipeToYaml(recipe), "again.yaml"));
        expect(again.recipe).toEqual(recipe);
        expect(again.warnings).toEqual([]);
      }),
    );
  });
});

describe("hostile files", () => {
  const deep = (open: string) => open.repeat(Math.floor(30_000 / open.length));
  test.each([
    ["lists in lists", deep("["), /nested too deeply/],
    ["maps in maps", deep("{a: "), /nested too deeply/],
    ["dashes", deep("- "), /nested too deeply/],
    ["keys that are maps", deep("? "), /nested too deeply/],
    ["keys that are maps of maps", "? ? ? ? ? ? ? ? a", /a key must be plain text/],
    ["an alias of itself", "a: &a [*a]", /nested too deeply/],
    [
      "aliases of aliases",
      Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i},*a${i},*a${i}]`)
        .join("\n")
        .replace(/^/, "a0: &a0 [x]\n"),
      /alias/,
    ],
    ["a key twice", "seed: 1\nseed: 2", /the key seed appears twice/],
    ["a key twice in a section", "card:\n  license: a\n  license: b", /the key license appears twice/],
    [
      "more text than any recipe",
      `model: ${"x".repeat(40_000)}`,
      /40007 characters, but at most 32768 are allowed/,
    ],
    // A reader that followed the aliases of aliases would never end.
  ])("with %s are refused", (_, text, message) => {
    const error = ofYaml(text);
    expect(error.code).toBe("RECIPE_YAML_INVALID");
    expect(error.message).toMatch(message);
  });

  test("a file that is no UTF-8 is refused", async () => {
    const folder = await mkdtemp(join(tmpdir(), "nerium-recipe-"));
    const file = join(folder, "recipe.yaml");
    await writeFile(file, Buffer.from("model: caf\xe9", "latin1"));
    await expect(readRecipeFile(file)).rejects.toMatchObject({ code: "RECIPE_YAML_INVALID", where: file });
    await rm(folder, { recursive: true });
  });
});

describe("recipeFields", () => {
  test("every field has a name in each spelling, a kind and a text", () => {
    for (const field of [...recipeFields, ...cardFields]) {
      expect(field.name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(field.kebab).toBe(field.name.replaceAll("_", "-"));
      expect(field.description, field.name).toMatch(/^[A-Z].*\.$/);
    }
    expect(recipeFields.find(({ name }) => name === "learning_rate")).toMatchObject({
      kebab: "learning-rate",
      key: "learningRate",
      default: 5e-5,
      type: "number",
      group: "Optimisation",
    });
    expect(recipeFields.find(({ name }) => name === "train")?.aliases).toEqual(["train_file"]);
  });
});
