import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sha256 } from "../../src/files/index.js";
import { parseRecipe, type RecipeInput } from "../../src/recipe/index.js";
import type { TrainEvent } from "../../src/run/index.js";
import { openSafetensors, writeSafetensors } from "../../src/safetensors/index.js";
import { train } from "../../src/train/index.js";
import { prepare } from "../../src/train/prepare/prepare.js";
import { StepEngine } from "../../src/train/step/stepEngine.js";
import { tinyModel } from "./tinyModel.js";

let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel();
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

let outputs = 0;
const recipe = (changes: Partial<RecipeInput> = {}) =>
  tiny.recipe({ output: join(tiny.folder, `output-${outputs++}`), ...changes });

async function run(changes: Partial<RecipeInput> = {}) {
  const input = recipe(changes);
  const events: TrainEvent[] = [];
  const training = train(input);
  for await (const event of training) events.push(event);
  return { events, folder: input.output, result: await training.result() };
}
const of = <T extends TrainEvent["type"]>(events: readonly TrainEvent[], type: T) =>
  events.filter((event): event is Extract<TrainEvent, { type: T }> => event.type === type);

async function tensors(folder: string) {
  const file = await openSafetensors(join(folder, "model.safetensors"));
  const all = new Map<string, Float32Array>();
  for (const [name, { shape }] of file.tensors) {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    await file.readInto(name, values);
    all.set(name, values);
  }
  await file.close();
  return all;
}

test("a run leaves a model folder, its card and HF's records, and has learned", async () => {
  const { events, folder, result } = await run({
    numTrainEpochs: 6,
    test: tiny.files.test,
    loggingSteps: 10,
  });
  const files = readdirSync(folder).sort();
  for (const name of [
    "README.md",
    "all_results.json",
    "config.json",
    "eval_results.json",
    "model.safetensors",
    "predictions.txt",
    "tokenizer.json",
    "tokenizer_config.json",
    "train_results.json",
    "trainer_state.json",
    "training_args.json",
    "vocab.txt",
  ])
    expect(files).toContain(name);
  const losses = of(events, "step").map(({ loss }) => loss);
  expect(losses).toHaveLength(36);
  expect(losses.at(-1)!).toBeLessThan(losses[0]! * 0.7);
  expect(result.reason).toBe("finished");
  expect(result.metrics).toEqual(
    of(events, "evaluation").findLast(({ split }) => split === "validation")!.metrics,
  );
  expect(readFileSync(join(folder, "predictions.txt"), "utf8").trimEnd().split("\n")).toHaveLength(30);
  const config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
  expect(config.architectures).toEqual(["BertForTokenClassification"]);
  expect(Object.keys(config.label2id)).toContain("B-PER");
  expect(readFileSync(join(folder, "README.md"), "utf8")).toContain(
    `- Loss: ${result.metrics!.loss.toFixed(4)}`,
  );
});

test("events come in their order: start, steps, evaluation, save, end, closed", async () => {
  const { events } = await run({ numTrainEpochs: 1 });
  const kinds = events
    .map(({ type }) => type)
    .filter((type) => type !== "notice" && type !== "evaluation-progress");
  expect(kinds).toEqual(["start", ...Array(6).fill("step"), "evaluation", "save", "save", "end", "closed"]);
});

test("the same run gives the same bytes, another seed gives others", async () => {
  const bytes = ({ folder }: { folder: string }) => readFileSync(join(folder, "model.safetensors"));
  const first = bytes(await run());
  expect(bytes(await run()).equals(first)).toBe(true);
  expect(bytes(await run({ seed: 43 })).equals(first)).toBe(false);
});

test("weights that no sentence uses stay as they were, but for weight decay", async () => {
  const { folder, events } = await run({ weightDecay: 0.1, maxTrainSamples: 20, maxEvalSamples: 5 });
  const [before, after] = [await tensors(tiny.encoder), await tensors(folder)];
  const name = "bert.embeddings.word_embeddings.weight";
  const { used, total } = of(events, "start")[0]!.vocabulary;
  expect(used).toBeLessThan(total);
  const factor = of(events, "step").reduce(
    (product, { learningRate }) => product * (1 - learningRate * 0.1),
    1,
  );
  const hidden = 32;
  let decayed = 0;
  for (let row = 0; row < total; row++) {
    const [old, now] = [before, after].map((each) =>
      each.get(name)!.subarray(row * hidden, (row + 1) * hidden),
    );
    if (old!.every((value, at) => Math.abs(now![at]! - value * factor) <= 1e-8)) decayed++;
  }
  expect(decayed).toBeGreaterThanOrEqual(total - used);
  expect(decayed).toBeLessThan(total);
});

test("decoding by viterbi scores in strict mode as in default mode, trains the same weights, and the card says so", async () => {
  const viterbi = await run({ decoding: "viterbi", numTrainEpochs: 3 });
  for (const { scores, strict } of of(viterbi.events, "evaluation"))
    expect(strict.micro).toEqual(scores.micro);
  const argmax = await run({ numTrainEpochs: 3 });
  expect(await tensors(viterbi.folder)).toEqual(await tensors(argmax.folder));
  const card = readFileSync(join(viterbi.folder, "README.md"), "utf8");
  expect(card).toContain("- decoding: viterbi\n");
  expect(card).toContain("Tags were decoded with the Viterbi algorithm");
  const [own, plain] = [viterbi, argmax].map(({ events }) => of(events, "evaluation").at(-1)!);
  expect(own!.argmax).toEqual(plain!.scores);
  expect(card).toMatch(/With the largest logit of each word instead, F1 is \d/);
  expect(plain).not.toHaveProperty("argmax");
  expect(readFileSync(join(argmax.folder, "README.md"), "utf8")).not.toMatch(/viterbi/i);
});

describe("gradient accumulation", () => {
  test("two batches of 8 give the gradient of one of 16, weighted by labelled words", async () => {
    const gradients = async (changes: Partial<RecipeInput>) => {
      const { recipe: checked } = parseRecipe(
        recipe({ hiddenDropoutProb: 0, attentionProbsDropoutProb: 0, ...changes }),
        "test",
      );
      const prepared = await prepare(checked);
      const trainer = await StepEngine.create(checked, prepared, 2);
      const { loss, gradNorm } = await trainer.gradient([...prepared.train.windows].slice(0, 16), 1);
      const values = trainer.gradients.copyOut();
      await trainer.dispose();
      return { loss, gradNorm, values };
    };
    const whole = await gradients({});
    const halves = await gradients({ perDeviceTrainBatchSize: 8, gradientAccumulationSteps: 2 });
    expect(halves.loss).toBeCloseTo(whole.loss, 6);
    const distance = Math.hypot(...whole.values.map((value, at) => value - halves.values[at]!));
    expect(distance / whole.gradNorm).toBeLessThan(1e-5);
  });
  test("a whole run of 2 × 8 ends where one of 16 ends", async () => {
    const still = { hiddenDropoutProb: 0, attentionProbsDropoutProb: 0 };
    const whole = await run(still);
    const halves = await run({ ...still, perDeviceTrainBatchSize: 8, gradientAccumulationSteps: 2 });
    expect(halves.result.steps).toBe(whole.result.steps);
    expect(halves.result.metrics!.loss).toBeCloseTo(whole.result.metrics!.loss, 3);
  });
});

test("evaluation every N steps, early stopping and the best model back at the end", async () => {
  const { events, folder, result } = await run({
    numTrainEpochs: 20,
    evalStrategy: "steps",
    evalSteps: 3,
    learningRate: 0.05, // Too high: the loss soon gets worse.
    saveStrategy: "steps",
    saveSteps: 3,
    loadBestModelAtEnd: true,
    metricForBestModel: "loss",
    earlyStoppingPatience: 2,
  });
  expect(result.reason).toBe("early-stopping");
  const evaluations = of(events, "evaluation");
  const best = evaluations.reduce((a, b) => (b.metrics.loss < a.metrics.loss ? b : a));
  expect(result.metrics).toEqual(best.metrics);
  expect(evaluations.at(-1)!.step).toBe(best.step + 6);
  const kept = readdirSync(folder).filter((name) => name.startsWith("checkpoint-"));
  expect(kept.sort()).toEqual([`checkpoint-${best.step}`, `checkpoint-${best.step + 6}`].sort());
  const bytes = (at: string) => readFileSync(join(folder, at, "model.safetensors"));
  expect(bytes(".").equals(bytes(`checkpoint-${best.step}`))).toBe(true);
});

test("a stopped run ends its step and leaves a whole model", async () => {
  const input = recipe({ numTrainEpochs: 50 });
  const training = train(input);
  for await (const event of training) if (event.type === "step" && event.step === 4) training.stop();
  const result = await training.result();
  expect(result.reason).toBe("stopped");
  expect(result.steps).toBeLessThan(10);
  expect((await tensors(input.output)).size).toBeGreaterThan(30);
});

test("max_steps ends the run within an epoch", async () => {
  const { events, result } = await run({ maxSteps: 4 });
  expect(result.steps).toBe(4);
  expect(of(events, "step").at(-1)!.epoch).toBeCloseTo(4 / 6, 10);
});

test("label smoothing and class weights change the loss, and balanced weights are accepted", async () => {
  const first = async (changes: Partial<RecipeInput>) =>
    of((await run({ maxSteps: 1, ...changes })).events, "step")[0]!.loss;
  const plain = await first({});
  expect(await first({ labelSmoothingFactor: 0.2 })).not.toBeCloseTo(plain, 6);
  expect(await first({ classWeights: "balanced" })).not.toBeCloseTo(plain, 6);
  expect(await first({ classWeights: { O: 0.1 } })).not.toBeCloseTo(plain, 6);
});

test("a model that was trained before starts from its own head", async () => {
  const { folder } = await run({ numTrainEpochs: 1 });
  const { events } = await run({ model: folder, maxSteps: 1 });
  expect(of(events, "notice").map(({ code }) => code)).not.toContain("HEAD_INITIALISED");
});

describe("bad input is one error, and nothing is written", () => {
  const failing = async (changes: Partial<RecipeInput>): Promise<{ error: unknown; output: string }> => {
    const input = recipe(changes);
    try {
      await train(input).result();
    } catch (error) {
      return { error, output: input.output };
    }
    throw new Error("It did not fail.");
  };
  const write = (name: string, text: string) => {
    const path = join(tiny.folder, name);
    writeFileSync(path, text);
    return path;
  };
  test.each<[string, () => Partial<RecipeInput>, string]>([
    ["a training file that is not there", () => ({ train: join(tiny.folder, "none.conll") }), "none.conll"],
    ["an empty file", () => ({ train: write("empty.conll", "") }), "empty.conll"],
    [
      "a tag beyond the recipe's labels",
      () => ({ labels: ["O", "B-PER", "I-PER"] }),
      "is not among the labels",
    ],
    ["a model folder without config.json", () => ({ model: tiny.folder }), "config.json"],
    ["more tokens than the model has positions", () => ({ maxSeqLength: 1000 }), "max_seq_length is 1000"],
    ["class weights of no label", () => ({ classWeights: { "B-NONE": 2 } }), "B-NONE"],
  ])("%s", async (_, changes, words) => {
    const { error, output } = await failing(changes());
    expect(error).toMatchObject({ name: "NeriumError" });
    const { message, where } = error as { message: string; where?: string };
    expect(`${message} ${where}`).toContain(words);
    expect(existsSync(output)).toBe(false);
  });

  test("an output folder that holds something", async () => {
    const { error } = await failing({ output: tiny.folder });
    expect(error).toMatchObject({ code: "TRAIN_OUTPUT_EXISTS" });
  });

  test("an output that is a file, which cannot be overwritten as a folder can", async () => {
    const { error } = await failing({ output: write("output", "mine") });
    expect(error).toMatchObject({
      code: "TRAIN_OUTPUT_EXISTS",
      message: "The output is a file, not a folder",
      remedy: expect.not.stringContaining("overwriteOutputDir"),
    });
  });

  test.each<[string, (folder: string) => Partial<RecipeInput>]>([
    ["the model folder itself", (folder) => ({ model: folder, output: folder })],
    [
      "the model folder, spelt otherwise",
      (folder) => ({ model: `${folder}/`, output: `${folder}/../base/.` }),
    ],
    ["a link to the model folder", (folder) => ({ model: folder, output: linkTo(folder) })],
    ["the parent of the model folder", (folder) => ({ model: folder, output: dirname(folder) })],
    [
      "where a link in the model folder leads",
      (folder) => ({ model: folderOfLinks(folder), output: folder }),
    ],
    ["the folder of the tokenizer", (folder) => ({ tokenizer: folder, output: folder })],
    ["the folder of the training data", (folder) => ({ train: trainIn(folder), output: folder })],
  ])("an output that would replace what is read: %s", async (_, changes) => {
    const folder = join(mkdtempSync(join(tiny.folder, "own-")), "base");
    cpSync(tiny.encoder, folder, { recursive: true });
    const files = () =>
      readdirSync(folder).map((name) => [name, sha256(readFileSync(join(folder, name), "latin1"))]);
    const recipe = changes(folder);
    const before = files();
    const { error } = await failing({ ...recipe, overwriteOutputDir: true });
    expect(error).toMatchObject({
      code: expect.stringMatching(/^(RECIPE_FIELDS_CONFLICT|TRAIN_OUTPUT_IS_INPUT)$/),
    });
    expect(files()).toEqual(before);
  });
  const linkTo = (folder: string) => {
    symlinkSync(folder, `${folder}-link`, "dir");
    return `${folder}-link`;
  };
  const folderOfLinks = (folder: string) => {
    const links = `${folder}-links`;
    mkdirSync(links);
    for (const name of readdirSync(folder)) symlinkSync(join(folder, name), join(links, name));
    return links;
  };
  const trainIn = (folder: string) => {
    writeFileSync(join(folder, "train.conll"), "Ada B-PER\n");
    return join(folder, "train.conll");
  };

  test.each<[string, (output: string) => void]>([
    ["a file", (output) => writeFileSync(join(output, "vocab.txt"), "mine")],
    ["a folder", (output) => mkdirSync(join(output, "README.md", "notes"), { recursive: true })],
    ["a link", (output) => symlinkSync("elsewhere", join(output, "model.safetensors"))],
    ["a checkpoint of another program", (output) => mkdirSync(join(output, "checkpoint-7"))],
  ])("an output folder with something of the user in the place of an output: %s", async (_, write) => {
    const output = mkdtempSync(join(tiny.folder, "theirs-"));
    writeFileSync(join(output, "notes.txt"), "mine");
    write(output);
    const before = readdirSync(output, { recursive: true });
    const { error } = await failing({ output, overwriteOutputDir: true, force: true });
    expect(error).toMatchObject({ code: "FILES_NOT_OURS" });
    expect(readdirSync(output, { recursive: true })).toEqual(before);
  });

  test("a file that the user has added to the folder of a run", async () => {
    const { folder } = await run({ maxSteps: 1 });
    writeFileSync(join(folder, "predictions.txt"), "mine");
    const { error } = await failing({ output: folder, overwriteOutputDir: true });
    expect(error).toMatchObject({ code: "FILES_NOT_OURS", where: join(folder, "predictions.txt") });
    rmSync(join(folder, "predictions.txt"));
    await run({ output: folder, overwriteOutputDir: true, maxSteps: 1 });
  });

  test("a model card that somebody edited", async () => {
    const { folder } = await run({ maxSteps: 1 });
    writeFileSync(join(folder, "README.md"), "# My own words");
    const { error } = await failing({ output: folder, overwriteOutputDir: true });
    expect(error).toMatchObject({ code: "TRAIN_CARD_EDITED" });
    expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("# My own words");
    await run({ output: folder, overwriteOutputDir: true, force: true, maxSteps: 1 });
  });

  test("weights that are not finite are an error before the first step", async () => {
    const poisoned = await tinyModel();
    const weights = await tensors(poisoned.encoder);
    const shapes = await openSafetensors(join(poisoned.encoder, "model.safetensors"));
    weights.get("bert.encoder.layer.0.output.dense.weight")![3] = Number.NaN;
    await writeSafetensors(
      join(poisoned.encoder, "model.safetensors"),
      [...weights].map(([name, data]) => ({ name, data, shape: shapes.tensors.get(name)!.shape })),
    );
    await shapes.close();
    const output = join(poisoned.folder, "output");
    await expect(train(poisoned.recipe({ output })).result()).rejects.toMatchObject({
      code: "MODEL_NOT_FINITE",
      where: join(poisoned.encoder, "model.safetensors"),
    });
    expect(existsSync(join(output, "model.safetensors"))).toBe(false);
    rmSync(poisoned.folder, { recursive: true });
  });
});
