/** Whoever computes goes through Engine and StateBlock alone: on another engine, whose blocks are no host memory, all is the same. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ExportedTagger } from "../../src/export/exportedTagger.js";
import { exportModel } from "../../src/export/index.js";
import { nodeFs } from "../../src/files/index.js";
import { standard } from "../../src/graph/index.js";
import { Tagger } from "../../src/infer/tagger.js";
import {
  type Dtype,
  InferenceWeights,
  ModelWeights,
  readConfig,
  type Sequence,
} from "../../src/models/index.js";
import { parseRecipe, type RecipeInput } from "../../src/recipe/index.js";
import { cpuEngine, type Engine, type StateBlock } from "../../src/runtime/index.js";
import { readOptimizerState } from "../../src/train/checkpoint/blockFiles.js";
import { restoreModel } from "../../src/train/checkpoint/restore.js";
import { writeCheckpoint } from "../../src/train/checkpoint/write.js";
import { prepare } from "../../src/train/prepare/prepare.js";
import { StepEngine } from "../../src/train/step/stepEngine.js";
import { iob2, writeTinyModel } from "../infer/tinyModel.js";
import { tinyModel } from "../train/tinyModel.js";
import { deviceEngine } from "./deviceEngine.js";

const tiny = await tinyModel();
const model = join(tiny.folder, "model");
beforeAll(async () => {
  await writeTinyModel(model);
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

const windowsOf = (step: number) => [(step * 5) % 40, (step * 7) % 40].flatMap((at) => [at, at + 1, at + 2]);

/** What a block holds, in few letters. */
const digest = (block: StateBlock): string => createHash("sha256").update(block.copyOut()).digest("hex");

/** Ten updates, the last beside a checkpoint that is being written; evaluations; what the checkpoint then gives back. */
async function trained(engine: Engine, changes: Partial<RecipeInput>) {
  const { recipe } = parseRecipe(
    tiny.recipe({ gradientAccumulationSteps: 2, perDeviceTrainBatchSize: 4, emaDecay: 0.9, ...changes }),
  );
  const prepared = await prepare(recipe, undefined, { engines: { training: engine, evaluation: engine } });
  const { weights, validation } = prepared;
  const trainer = await StepEngine.create(recipe, prepared, 1);
  const step = async (number: number) => {
    const windows = windowsOf(number).map((at) => prepared.train.windows.at(at)!);
    const { loss, gradNorm } = await trainer.gradient(windows, number);
    const updated = trainer.update(number, recipe.learningRate, gradNorm);
    trainer.stage(
      windowsOf(number + 1).map((at) => prepared.train.windows.at(at)!),
      number + 1,
    );
    await updated;
    return { loss, gradNorm };
  };
  const steps = [];
  for (let number = 1; number < 10; number++) steps.push(await step(number));
  const folder = join(tiny.folder, `checkpoint-${engine.name}`);
  const snapshot = trainer.snapshot();
  const written = writeCheckpoint(
    folder,
    prepared,
    { step: 9, snapshot, state: "{}", trainerState: "{}" },
    nodeFs,
  );
  steps.push(await step(10));
  await written;
  const figures = {
    steps,
    evaluations: [
      await trainer.evaluate(validation!),
      await trainer.evaluate(validation!, { average: true }),
    ],
    gradients: digest(trainer.gradients),
    weights: digest(weights.block),
    average: digest(trainer.average!.block),
    optimizer: Object.values(trainer.optimizer.blocks).map(digest),
    files: Object.fromEntries(
      readdirSync(folder)
        .filter((name) => name.endsWith(".safetensors"))
        .map((name) => [
          name,
          createHash("sha256")
            .update(readFileSync(join(folder, name)))
            .digest("hex"),
        ]),
    ),
  };
  await restoreModel(folder, prepared, { average: true });
  const restored = [digest(weights.block)];
  const table = weights.layout.parameters.find(({ name }) => name.endsWith("word_embeddings.weight"))!;
  const rows = Array.from({ length: table.shape[0]! }, (_, row) => row - 1);
  const { blocks } = trainer.optimizer;
  await readOptimizerState(folder, weights.layout, blocks, { parameter: table.name, from: rows });
  restored.push(...Object.values(blocks).map(digest));
  const window = prepared.train.windows.at(0)!;
  const none = await trainer.gradient([{ ...window, labels: window.labels.map(() => -100) }], 12);
  restored.push(digest(trainer.gradients));
  await trainer.dispose();
  rmSync(folder, { recursive: true });
  return { ...figures, restored, none };
}

test.each([
  ["a head of its own", { crf: false }, 5],
  ["a conditional random field", { crf: true }, 6],
])("training with %s", async (_, changes, graphs) => {
  const engine = deviceEngine();
  const there = await trained(engine, changes);
  expect(there).toEqual(await trained(cpuEngine(), changes));
  expect(there.steps.every(({ loss }) => Number.isFinite(loss))).toBe(true);
  expect(there.none.gradNorm).toBe(0);
  // Those of the step, and one each for update, average and evaluation.
  expect(engine.counts).toMatchObject({ compiled: graphs, blocks: 0 });
  expect(engine.counts.runs).toBeGreaterThan(30);
});

const sequences: readonly Sequence[] = [5, 12, 1, 8].map((length, seed) => {
  const ids = Int32Array.from({ length }, (_, at) => 2 + ((at * 11 + seed * 17) % 90));
  return { ids, labelled: Int32Array.from(ids.keys()) };
});

async function tagged(open: (owner: { dispose(): unknown }[]) => Promise<Pick<Tagger, "logits">>) {
  const owner: { dispose(): unknown }[] = [];
  const tagger = await open(owner);
  // Twice, the second time in batches that grow.
  const logits = [await tagger.logits(sequences.slice(2)), await tagger.logits([...sequences, ...sequences])];
  for (const each of owner.reverse()) await each.dispose();
  return logits;
}

test.each(["fp32", "q8", "int8"] as const satisfies Dtype[])("a finished model in %s", async (dtype) => {
  const engine = deviceEngine();
  const run = (engine: Engine) =>
    tagged(async (owner) => {
      const weights = await InferenceWeights.load(model, await readConfig(model), iob2.length, dtype, engine);
      const tagger = await Tagger.open(weights, { threads: 1 });
      owner.push(weights, tagger);
      return tagger;
    });
  expect(await run(engine)).toEqual(await run(cpuEngine()));
  expect(engine.counts).toEqual({ compiled: 1, runs: 2, blocks: 0 });
});

test("weights as training has them, and graphs as a poorer engine wants them", async () => {
  const poor = deviceEngine({
    ...standard,
    logSoftmax: false,
    comparedIntegers: "int32",
    scatterElements: false,
    exactSine: false,
  });
  const run = (engine: Engine) =>
    tagged(async (owner) => {
      const { weights } = await ModelWeights.load(model, await readConfig(model), iob2.length, { engine });
      const tagger = await Tagger.create(weights, { threads: 1 });
      owner.push(weights, tagger);
      return tagger;
    });
  const [there, here] = [await run(poor), await run(cpuEngine())];
  there.flat().forEach((row, at) => {
    row.forEach((value, column) => {
      expect(value).toBeCloseTo(here.flat()[at]![column]!, 5);
    });
  });
  expect(poor.counts).toEqual({ compiled: 1, runs: 2, blocks: 0 });
});

test("a file that was exported", async () => {
  await exportModel(model, { threads: 1, dtypes: ["fp32"] });
  const engine = deviceEngine();
  const run = (engine: Engine) =>
    tagged(async (owner) => {
      const file = join(model, "onnx", "model.onnx");
      const tagger = await ExportedTagger.open(file, await readConfig(model), iob2.length, 1, engine);
      owner.push(tagger);
      return tagger;
    });
  expect(await run(engine)).toEqual(await run(cpuEngine()));
  expect(engine.counts).toEqual({ compiled: 1, runs: 2, blocks: 0 });
});
