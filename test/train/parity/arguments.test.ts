/** Arguments of a recording: a replay honours each of them or throws an error. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CONLL_LABELS, replayRecipe, WITHOUT_NUMBERS } from "../../../bench/parity/arguments.js";
import { NotReplayable, type Recording, readRecording } from "../../../bench/parity/recording.js";
import { foreignArgument } from "../../../src/recipe/hfArguments.js";
import { type Recipe, recipeFields } from "../../../src/recipe/index.js";
import type { Window } from "../../../src/tasks/tokenClassification/index.js";
import { StepSequence } from "../../../src/train/examples/batches.js";

const folder = mkdtempSync(join(tmpdir(), "nerium-recording-"));
afterAll(() => rmSync(folder, { recursive: true }));

const recordingOf = (args: Record<string, unknown>, changes: Partial<Recording> = {}): Recording => ({
  name: "made-up",
  file: "run.json",
  folder,
  init: "init",
  finalWeights: undefined,
  self: undefined,
  data: { train: "first 320 sentences of conll2003/train.txt", validation: "conll2003/valid.txt, whole" },
  arguments: args,
  order: [],
  steps: [],
  evaluations: [],
  sample: [{ input_ids: [1], logits: [[0]] }],
  ...changes,
});
const files = { train: "train.txt", validation: "valid.txt" };
const recipeOf = (args: Record<string, unknown>, places = {}) =>
  replayRecipe(recordingOf(args), { ...files, ...places });

describe("a recording's arguments", () => {
  it("become the recipe", () => {
    const recipe = recipeOf({
      learning_rate: 0.003,
      per_device_train_batch_size: 5,
      per_device_eval_batch_size: 7,
      num_train_epochs: 2.5,
      seed: 11,
      data_seed: 12,
      lr_scheduler_type: "polynomial",
      lr_scheduler_kwargs: { power: 2, lr_end: 1e-5 },
      warmup_ratio: 0.1,
      weight_decay: 0.1,
      adam_beta1: 0.8,
      adam_beta2: 0.95,
      adam_epsilon: 1e-6,
      max_grad_norm: 0.1,
      label_smoothing_factor: 0.1,
      eval_strategy: "epoch",
      save_strategy: "epoch",
      logging_steps: 1,
      dropout: 0,
    });
    expect(recipe).toMatchObject({
      model: "init",
      train: "train.txt",
      maxTrainSamples: 320,
      validation: "valid.txt",
      labels: CONLL_LABELS,
      longSentences: "truncate",
      learningRate: 0.003,
      perDeviceTrainBatchSize: 5,
      perDeviceEvalBatchSize: 7,
      numTrainEpochs: 2.5,
      seed: 11,
      dataSeed: 12,
      lrSchedulerType: "polynomial",
      lrSchedulerKwargs: { power: 2, lr_end: 1e-5 },
      warmupSteps: 0.1,
      weightDecay: 0.1,
      adamBeta1: 0.8,
      adamBeta2: 0.95,
      adamEpsilon: 1e-6,
      maxGradNorm: 0.1,
      labelSmoothingFactor: 0.1,
      evalStrategy: "epoch",
      saveStrategy: "no",
      hiddenDropoutProb: 0,
      attentionProbsDropoutProb: 0,
      classifierDropout: 0,
    });
  });

  it("have Trainer's defaults where they say nothing: no evaluation, linear, batches of 8", () => {
    const recipe = recipeOf({});
    const standard = { evalStrategy: "no", lrSchedulerType: "linear", perDeviceTrainBatchSize: 8 };
    expect(recipe).toMatchObject(standard);
    expect(recipe.hiddenDropoutProb).toBeUndefined();
    expect(recipe.maxEvalSamples).toBeUndefined();
  });

  it("may ask for bf16, and say that the order is random", () => {
    const bf16 = { bf16: true, bf16_full_eval: true };
    expect(recipeOf({ ...bf16, group_by_length: false })).toMatchObject({ bf16: true, bf16FullEval: true });
  });

  it("may say where a run is reported and how data is fetched", () => {
    const told = {
      report_to: ["wandb"],
      run_name: "a",
      use_cpu: true,
      disable_tqdm: true,
      dataloader_num_workers: 4,
    };
    expect(recipeOf({ ...told, output_dir: "x", save_total_limit: 3 })).toEqual(recipeOf({}));
  });

  it.each([
    ["fp16", true],
    ["fp16_full_eval", true],
    ["tf32", true],
    ["group_by_length", true],
    ["auto_find_batch_size", true],
    ["accelerator_config", { use_seedable_sampler: false }],
    ["use_liger_kernel", true],
    ["torch_compile", true],
    ["task_name", "pos"],
    ["dropout", 0.1],
    ["logging_steps", 10],
    ["gradient_accumulation_steps", 2],
    ["load_best_model_at_end", true],
    ["early_stopping_patience", 2],
    ["train_file", "other.txt"],
    ["non_finite_step", "skip"],
    ["class_weight", "balanced"],
    ["optim", "adafactor"],
    ["neftune_noise_alpha", 5],
    ["dataloader_drop_last", true],
    ["eval_on_start", true],
    ["eval_steps", 0.5],
    ["lr_scheduler_type", "reduce_lr_on_plateau"],
    ["lr_scheduler_kwargs", { cycles: 2 }],
    ["max_gradient", 1],
  ])("are refused, by name, where a replay would not honour them: %s", (name, value) => {
    const best = name === "load_best_model_at_end" ? { eval_strategy: "epoch" } : {};
    expect(() => recipeOf({ ...best, [name]: value })).toThrow(
      name === "lr_scheduler_kwargs" ? /has no setting cycles/ : name,
    );
  });

  it("that count as without numbers are Trainer's, and none is refused elsewhere", () => {
    const fields = new Set(recipeFields.map(({ key }) => key));
    for (const name of WITHOUT_NUMBERS)
      if (!fields.has(name)) expect(foreignArgument(name)?.effect, name).toBe("none");
  });
});

describe("the smaller batches of --accumulate", () => {
  it("hold the recorded steps", () => {
    const recorded = { per_device_train_batch_size: 16, num_train_epochs: 2.5, seed: 3 };
    const windows = Array.from({ length: 45 }, (): Window => {
      return { inputIds: new Int32Array(1), ownedTokens: new Int32Array(1), ownedWords: [] };
    });
    const stepsOf = (recipe: Recipe) =>
      [...new StepSequence(() => windows, recipe, { windows: recipe.perDeviceTrainBatchSize }).steps()].map(
        ({ members }) => members.map((window) => windows.indexOf(window)),
      );
    const whole = stepsOf(recipeOf(recorded));
    const halves = recipeOf(recorded, { accumulate: 2 });
    expect(halves).toMatchObject({ perDeviceTrainBatchSize: 8, gradientAccumulationSteps: 2 });
    expect(whole.map((members) => members.length)).toEqual([16, 16, 13, 16, 16, 13, 16, 16]);
    expect(stepsOf(halves)).toEqual(whole);
  });

  it("must divide the recorded ones", () => {
    for (const accumulate of [3, 0, 1.5, Number.NaN])
      expect(() => recipeOf({ per_device_train_batch_size: 16 }, { accumulate })).toThrow(NotReplayable);
  });
});

describe("a recording", () => {
  const write = (json: unknown) => {
    const file = join(folder, "run.json");
    writeFileSync(file, typeof json === "string" ? json : JSON.stringify(json));
    return file;
  };
  const steps = [1, 2].map((step) => ({ step, loss: 1, grad_norm: 1, learning_rate: 1e-3 }));
  const valid = { arguments: {}, data: "conll2003/train.txt, whole", order: [[0], [1]], steps };

  it("is read from its file or its folder", () => {
    const file = write(valid);
    expect(readRecording(folder)).toEqual(readRecording(file));
    expect(readRecording(file)).toMatchObject({
      evaluations: [],
      sample: [],
      init: undefined,
      self: undefined,
    });
  });

  it.each([
    ["a file that is no JSON", "{"],
    ["a step without a loss", { ...valid, steps: [{ step: 1, learning_rate: 1 }] }],
    ["steps with gaps", { ...valid, steps: [steps[1]] }],
    ["no steps", { ...valid, steps: [] }],
    ["no arguments", { ...valid, arguments: undefined }],
  ])("is refused for %s, with the file's name", (_, json) => {
    const file = write(json);
    expect(() => readRecording(file)).toThrow(NotReplayable);
    expect(() => readRecording(file)).toThrow(file);
  });

  it("without its model or its data says which option gives them", () => {
    const places = { ...files };
    expect(() => replayRecipe(recordingOf({}, { init: undefined }), places)).toThrow(/--model FOLDER/);
    expect(() => replayRecipe(recordingOf({}), { train: "train.txt", data: folder })).toThrow(
      /validation data \(conll2003\/valid\.txt, whole\).*--validation FILE/,
    );
  });
});
