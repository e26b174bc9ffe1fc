/** Training with a conditional random field: the loss between two graphs; saving, resuming and loading. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CrfHead, freshCrf } from "../../src/crf/head.js";
import { readCrf, transitionsOf } from "../../src/crf/index.js";
import { ILLEGAL, legalTransitions } from "../../src/crf/legalTransitions.js";
import { evaluateFolder, load } from "../../src/infer/index.js";
import { parseRecipe, type RecipeInput } from "../../src/recipe/index.js";
import type { TrainEvent } from "../../src/run/index.js";
import { wordChains } from "../../src/tasks/tokenClassification/examples/chains.js";
import { train } from "../../src/train/index.js";
import { prepare } from "../../src/train/prepare/prepare.js";
import { clipFactor } from "../../src/train/step/gradientNorm.js";
import { StepEngine } from "../../src/train/step/stepEngine.js";
import { sampled } from "../breadth.js";
import { ending } from "./outputBytes.js";
import { stopAfter } from "./stopAfter.js";
import { tinyModel } from "./tinyModel.js";

const python = process.env.NERIUM_PYTHON;

let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel();
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

let outputs = 0;
const recipe = (changes: Partial<RecipeInput> = {}): RecipeInput =>
  tiny.recipe({ output: join(tiny.folder, `output-${outputs++}`), crf: true, ...changes });

async function run(input: RecipeInput) {
  const events: TrainEvent[] = [];
  const training = train(input, { listeners: [(event) => void events.push(event)] });
  const result = await training.result();
  const evaluations = events.filter((event) => event.type === "evaluation");
  return { events, evaluations, result, output: input.output };
}

/** The loss and gradient of the first step, on 16 sentences. */
async function firstStep(input: RecipeInput) {
  const { recipe } = parseRecipe(input);
  const prepared = await prepare(recipe);
  const trainer = await StepEngine.create(recipe, prepared, 2);
  const { loss, gradNorm } = await trainer.gradient([...prepared.train.windows].slice(0, 16), 1);
  const values = trainer.gradients.copyOut();
  await trainer.dispose();
  return { loss, gradNorm, values };
}
const distance = (a: Float32Array, b: Float32Array): number =>
  Math.hypot(...a.map((value, at) => value - b[at]!));

describe("the loss between two graphs", () => {
  test("is cross-entropy, and so is its gradient, where no move is better than another", async () => {
    // With labels without prefixes all transitions are allowed, so all their values are 0.
    const bare = Object.fromEntries(
      Object.entries(tiny.files).map(([split, file]) => {
        const path = join(tiny.folder, `${split}.bare`);
        writeFileSync(path, readFileSync(file, "utf8").replace(/ [BI]-/g, " "));
        return [split, path];
      }),
    );
    const whole = await firstStep(recipe({ ...bare, crf: false }));
    const cut = await firstStep(recipe(bare));
    expect(cut.loss).toBeCloseTo(whole.loss, 5);
    expect(distance(cut.values, whole.values) / Math.hypot(...whole.values)).toBeLessThan(1e-5);
    // The norm includes the gradient of the transitions.
    expect(cut.gradNorm).toBeGreaterThan(whole.gradNorm);
  });

  test("and of two batches of 8 is that of one of 16", async () => {
    const still = { hiddenDropoutProb: 0, attentionProbsDropoutProb: 0 };
    const whole = await firstStep(recipe(still));
    const halves = await firstStep(
      recipe({ ...still, perDeviceTrainBatchSize: 8, gradientAccumulationSteps: 2 }),
    );
    expect(halves.loss).toBeCloseTo(whole.loss, 6);
    expect(halves.gradNorm).toBeCloseTo(whole.gradNorm, 5);
    expect(distance(halves.values, whole.values) / whole.gradNorm).toBeLessThan(1e-5);
  });
});

test("words of a window are chains by sentence, cut where a word has no pieces", () => {
  const words = [
    [0, 3],
    [0, 4],
    [1, 0],
    [1, 2],
    [2, 0],
  ].map(([sentence, word]) => ({ sentence: sentence!, word: word! }));
  const ownedTokens = Int32Array.from(words.keys());
  expect(wordChains({ ownedWords: words, ownedTokens }, (sentence) => [5, 3, 4][sentence]!)).toEqual([
    { words: 2, begins: false, ends: true },
    { words: 1, begins: true, ends: false },
    { words: 1, begins: false, ends: true },
    { words: 1, begins: true, ends: false },
  ]);
});

test("transitions learn what follows what, and illegal moves stay illegal", () => {
  const labels = ["O", "B-PER", "I-PER"];
  const options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const head = new CrfHead(labels, freshCrf(labels), options);
  const gold = Int32Array.of(0, 1, 2, 0);
  const chains = [{ words: 4, begins: true, ends: true }];
  const losses: number[] = [];
  for (let step = 1; step <= 60; step++) {
    head.begin();
    losses.push(head.loss(new Float32Array(12), { labels: gold, chains, weight: 1 / 4 }).loss);
    const clip = clipFactor(Math.sqrt(head.squaredNorm), 1);
    head.update({ step, learningRate: 0.05, clip });
  }
  expect(losses.at(-1)!).toBeLessThan(losses[0]! / 4);
  const { start, between } = transitionsOf(head.values, 3);
  expect(between[1 * 3 + 2]!).toBeGreaterThan(1);
  const moves = legalTransitions(labels);
  expect(start[2]).toBe(ILLEGAL);
  expect(between[0 * 3 + 2]).toBe(ILLEGAL);
  expect(Array.from(moves.between).filter((score) => score === ILLEGAL)).toHaveLength(1);
});

describe("a run", () => {
  let finished: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    finished = await run(recipe({ numTrainEpochs: 6, test: tiny.files.test, loggingSteps: 6 }));
  });

  test("learns, decodes what the scheme allows, and its folder gives the figures that its card has", async () => {
    const { evaluations, output, events } = finished;
    const losses = events.filter((event) => event.type === "step").map(({ loss }) => loss);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! * 0.7);
    for (const { scores, strict } of evaluations) expect(strict.micro).toEqual(scores.micro);
    const tested = evaluations.find(({ split }) => split === "test")!;
    const again = await evaluateFolder(output, tiny.files.test, { threads: 2 });
    expect(again).toMatchObject({ crf: true, decoding: "viterbi" });
    expect(again.scores).toEqual(tested.scores);
    expect(again.loss).toBeCloseTo(tested.metrics.loss, 5);
    const argmax = await evaluateFolder(output, tiny.files.test, { threads: 2, decoding: "argmax" });
    expect(argmax.predicted).not.toEqual(again.predicted);
    expect(tested.argmax).toEqual(argmax.scores);
    const card = readFileSync(join(output, "README.md"), "utf8");
    expect(card).toContain("- crf: true\n- crf_learning_rate: 0.05\n");
    const reported = evaluations.findLast(({ split }) => split === "validation")!;
    expect(card).toContain(
      `Programs that take the largest logit of each word instead find other tags, with F1 ${reported.argmax!.micro.f1.toFixed(4)}.`,
    );
    const config = JSON.parse(readFileSync(join(output, "config.json"), "utf8"));
    expect(config.nerium.crf).toBe(true);
  });

  test("finds entities in text, with marginals as scores", async () => {
    const ner = await load(finished.output, { threads: 1 });
    const words = readFileSync(tiny.files.test, "utf8").split("\n\n")[0]!.split("\n");
    const input = { words: words.map((line) => line.split(" ")[0]!) };
    for (const { score } of await ner(input)) {
      expect(score).toBeGreaterThan(0);
      expect(score).toBeLessThanOrEqual(1);
    }
    await ner.dispose();
  });

  test("can be fine-tuned further, with its transitions or without", async () => {
    const { output } = finished;
    const { recipe: checked } = parseRecipe(recipe({ model: output }));
    const prepared = await prepare(checked);
    expect(prepared.crf).toEqual(await readCrf(output, prepared.labels.length));
    await prepared.weights.dispose();
    const plain = await run(recipe({ model: output, crf: false, numTrainEpochs: 1 }));
    expect(existsSync(join(plain.output, "crf.safetensors"))).toBe(false);
    expect(JSON.parse(readFileSync(join(plain.output, "config.json"), "utf8")).nerium).toBeUndefined();
  });

  test("is refused by name where its transitions are gone", async () => {
    const moved = join(tiny.folder, "moved.safetensors");
    const file = join(finished.output, "crf.safetensors");
    copyFileSync(file, moved);
    rmSync(file);
    await expect(load(finished.output)).rejects.toMatchObject({ code: "MODEL_CRF_MISSING", where: file });
    copyFileSync(moved, file);
  });

  test.skipIf(python === undefined)(
    "loads in Python as any model, without a warning (needs NERIUM_PYTHON)",
    () => {
      const program = [
        "import sys, warnings, logging, io",
        "warnings.simplefilter('error')",
        "log = io.StringIO()",
        "from transformers import AutoModelForTokenClassification, AutoTokenizer",
        "from transformers.utils import logging as hf",
        "hf.set_verbosity_warning(); hf.disable_default_handler(); hf.add_handler(logging.StreamHandler(log))",
        "model, info = AutoModelForTokenClassification.from_pretrained(sys.argv[1], output_loading_info=True)",
        "AutoTokenizer.from_pretrained(sys.argv[1])",
        "print(type(model).__name__, sorted(info['missing_keys']), sorted(info['unexpected_keys']), repr(log.getvalue()))",
      ].join("\n");
      const text = execFileSync(python!, ["-c", program, finished.output], { encoding: "utf8" });
      expect(text.trim()).toBe("BertForTokenClassification [] [] ''");
    },
  );

  test.skipIf(python === undefined)(
    "has a card whose program finds the same tags in Python (needs NERIUM_PYTHON)",
    async () => {
      const card = readFileSync(join(finished.output, "README.md"), "utf8");
      const program = /```python\n(.*?)```/s.exec(card)![1]!;
      const [setUp, body] = program.split(/^words = .*\n/m) as [string, string];
      const { data, predicted } = await evaluateFolder(finished.output, tiny.files.test);
      const sentences = [...data.sentences].slice(0, 12).map(({ words }) => words);
      const each = [
        "import json, sys",
        setUp,
        "for words in json.loads(sys.argv[1]):",
        body.replace(/^/gm, "    "),
      ].join("\n");
      const printed = execFileSync(python!, ["-c", each, JSON.stringify(sentences)], {
        cwd: finished.output,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      const tags = printed
        .trim()
        .split("\n")
        .map((pairs) => [...pairs.matchAll(/, '([^']+)'\)/g)].map(([, tag]) => tag));
      expect(tags).toEqual(predicted.slice(0, 12));
    },
  );
});

test.each([
  ["alone", {}],
  ["with an average of weights", { emaDecay: 0.9, loadBestModelAtEnd: true }],
])("a run that is stopped after any step goes on to the same bytes: %s", async (_, also) => {
  const changes: Partial<RecipeInput> = {
    maxTrainSamples: 44,
    maxEvalSamples: 12,
    perDeviceTrainBatchSize: 4,
    gradientAccumulationSteps: 2,
    numTrainEpochs: 2,
    evalStrategy: "steps",
    evalSteps: 4,
    saveSteps: 4,
    saveTotalLimit: 0,
    loggingSteps: 2,
    ...also,
  };
  const straight = recipe(changes);
  await run(straight);
  const unbroken = ending(straight.output, "checkpoint-12");
  expect(unbroken.folder).toHaveProperty("crf.safetensors");
  expect(unbroken.checkpoint).toHaveProperty("crf_optimizer.safetensors");
  for (const step of sampled([3, 0, 4, 9], 2)) {
    const input = recipe(changes);
    await stopAfter(input, step);
    await train(input, { resume: true }).result();
    expect(ending(input.output, "checkpoint-12"), `stopped after step ${step}`).toEqual(unbroken);
  }
});

test("an average of weights has transitions of its own, which are evaluated and saved with it", async () => {
  const { evaluations, output } = await run(
    recipe({
      emaDecay: 0.9,
      learningRate: 0.02,
      lrSchedulerType: "constant",
      numTrainEpochs: 3,
      test: tiny.files.test,
    }),
  );
  const last = evaluations.findLast(({ split }) => split === "validation")!;
  const checkpoint = join(output, "checkpoint-18");
  const labels = JSON.parse(readFileSync(join(output, "config.json"), "utf8")).id2label;
  const count = Object.keys(labels).length;
  const average = await readCrf(checkpoint, count, { file: "crf_optimizer.safetensors", suffix: ".average" });
  const own = await readCrf(checkpoint, count);
  expect(average).not.toEqual(own);
  expect(await readCrf(output, count)).toEqual(last.compared!.better === "average" ? average : own);
  const tested = evaluations.find(({ split }) => split === "test")!;
  const again = await evaluateFolder(output, tiny.files.test, { threads: 2 });
  expect(again.loss).toBeCloseTo(tested.metrics.loss, 5);
});

test.each([
  [{ labelAllTokens: true }, /label_all_tokens/],
  [{ labelSmoothingFactor: 0.1 }, /no targets to smooth/],
  [{ classWeights: "balanced" }, /labels/],
  [{ decoding: "argmax" }, /decoding is argmax/],
  [{ datasetCache: "always" }, /dataset_cache/],
] as const)("what makes no sense beside it is refused: %o", (changes, message) => {
  expect(() => parseRecipe(recipe(changes as Partial<RecipeInput>))).toThrow(message);
});
