/** R7: a step whose loss or gradient is not finite ends the run or is skipped, and never reaches a checkpoint. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeFs } from "../../src/files/index.js";
import { parseRecipe, type RecipeInput } from "../../src/recipe/index.js";
import type { TrainEvent } from "../../src/run/index.js";
import { openSafetensors, writeSafetensors } from "../../src/safetensors/index.js";
import { newestWhole } from "../../src/train/checkpoint/find.js";
import { Snapshot } from "../../src/train/checkpoint/snapshot.js";
import { writeCheckpoint } from "../../src/train/checkpoint/write.js";
import { writeModel } from "../../src/train/finish/modelFolder.js";
import { train } from "../../src/train/index.js";
import { prepare } from "../../src/train/prepare/prepare.js";
import { StepEngine } from "../../src/train/step/stepEngine.js";
import { tinyModel } from "./tinyModel.js";

const TABLE = "bert.embeddings.word_embeddings.weight";
const HIDDEN = 32;
const SEED = 5;
/** A position that only the poisoned sentence reaches. */
const PLACE = 70;

let tiny: Awaited<ReturnType<typeof tinyModel>>;
/**
 * The folder of a model in which one word at one position overflows; only one sentence has the word there.
 * All weights are finite.
 */
let poisoned: string;
let trainFile: string;
let poisonedLine: number;
beforeAll(async () => {
  tiny = await tinyModel();
  const { recipe } = parseRecipe(tiny.recipe());
  const { train: split, weights } = await prepare(recipe);
  const vocabulary = readFileSync(join(tiny.encoder, "vocab.txt"), "utf8").trimEnd().split("\n");
  const used = new Set(weights.vocabulary!.ids);
  const id = vocabulary.findIndex((token, each) => !used.has(each) && /^\w+$/.test(token));
  expect(id).toBeGreaterThan(0);
  await weights.dispose();
  poisoned = join(tiny.folder, "poisoned");
  cpSync(tiny.encoder, poisoned, { recursive: true });
  await poison(poisoned, id);
  const lines = readFileSync(tiny.files.train, "utf8").trimEnd();
  poisonedLine = lines.split("\n").length + 2;
  trainFile = join(tiny.folder, "poisoned.conll");
  const other = vocabulary.find((token, each) => used.has(each) && /^\w+$/.test(token));
  writeFileSync(trainFile, `${lines}\n\n${`${other} O\n`.repeat(PLACE - 1)}${vocabulary[id]} O\n`);
  expect(split.facts.sentences).toBe(96);
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

async function poison(folder: string, id: number): Promise<void> {
  const path = join(folder, "model.safetensors");
  const file = await openSafetensors(path);
  const tensors = [];
  for (const [name, { shape }] of file.tensors) {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    await file.readInto(name, data);
    // Both values are finite, but their sum is not.
    if (name.endsWith("position_embeddings.weight")) data.fill(1e37, PLACE * HIDDEN, (PLACE + 1) * HIDDEN);
    if (name.endsWith("word_embeddings.weight")) data.fill(3.39e38, id * HIDDEN, (id + 1) * HIDDEN);
    tensors.push({ name, shape, data });
  }
  await file.close();
  await writeSafetensors(path, tensors);
}

let outputs = 0;
const recipe = (changes: Partial<RecipeInput> = {}): RecipeInput =>
  tiny.recipe({
    model: poisoned,
    train: trainFile,
    output: join(tiny.folder, `output-${outputs++}`),
    seed: SEED,
    numTrainEpochs: 2,
    saveStrategy: "steps",
    saveSteps: 50,
    ...changes,
  });

async function run(input: RecipeInput, resume = false) {
  const events: TrainEvent[] = [];
  const training = train(input, { resume, listeners: [(event) => void events.push(event)] });
  const outcome = await training.result().then(
    (result) => ({ result, error: undefined }),
    (error: unknown) => ({ result: undefined, error }),
  );
  return { ...outcome, events };
}

describe("R7", () => {
  test("the run ends, names step, sentences and checkpoint, and the checkpoint is that of the step before", async () => {
    const input = recipe();
    const { error, events } = await run(input);
    const steps = events.filter(({ type }) => type === "step").length;
    expect(steps).toBeGreaterThan(0);
    expect(error).toMatchObject({
      code: "TRAIN_NOT_FINITE",
      where: expect.stringContaining(`step ${steps + 1}`),
      message: expect.stringContaining(`${trainFile}:${poisonedLine}`),
      remedy: expect.stringContaining(`checkpoint-${steps}`),
    });
    const { checkpoint } = await newestWhole(input.output);
    expect(checkpoint?.step).toBe(steps);
    expect(existsSync(join(input.output, "model.safetensors"))).toBe(false);
    // A resumed run fails in the same way: nothing depends on chance.
    expect((await run(input, true)).error).toMatchObject({ code: "TRAIN_NOT_FINITE" });
  });

  test("skipped steps are told and counted, the run ends well, and a resumed one ends alike", async () => {
    const input = recipe({ nonFiniteStep: "skip" });
    const { result, events } = await run(input);
    const skipped = events.filter((event) => event.type === "warning" && event.code === "STEP_SKIPPED");
    expect(skipped).toHaveLength(2);
    expect(result?.steps).toBe(14);
    expect(events.filter(({ type }) => type === "step")).toHaveLength(12);
    for (const event of events) if (event.type === "step") expect(event.loss).toBeLessThan(4);
    const bytes = readFileSync(join(input.output, "model.safetensors"));

    const other = recipe({ nonFiniteStep: "skip" });
    const training = train(other);
    for await (const event of training) if (event.type === "step" && event.step >= 9) training.stop();
    await training.result();
    await run(other, true);
    expect(readFileSync(join(other.output, "model.safetensors")).equals(bytes)).toBe(true);
  });

  test("the third skipped step in a row ends the run", async () => {
    const alone = join(tiny.folder, "alone.conll");
    const sentence = readFileSync(trainFile, "utf8").split("\n\n").at(-1);
    writeFileSync(alone, `${sentence}\n`.repeat(64));
    const input = recipe({ nonFiniteStep: "skip", train: alone });
    const { error, events } = await run(input);
    expect(error).toMatchObject({
      code: "TRAIN_NOT_FINITE",
      message: expect.stringContaining("step 3 and in the 2 steps before"),
    });
    expect(events.filter((event) => "code" in event && event.code === "STEP_SKIPPED")).toHaveLength(2);
  });

  test("weights that are not finite are never written", async () => {
    const { recipe: checked } = parseRecipe(tiny.recipe());
    const prepared = await prepare(checked);
    const trainer = await StepEngine.create(checked, prepared, 1);
    prepared.weights.set(
      "classifier.weight",
      prepared.weights.values("classifier.weight").with(7, Number.NaN),
    );
    const folder = join(tiny.folder, "never");
    const named = { code: "TRAIN_WEIGHTS_NOT_FINITE", message: expect.stringContaining("classifier.weight") };
    const content = { step: 3, snapshot: trainer.snapshot(), state: "{}", trainerState: "{}" };
    await expect(writeCheckpoint(folder, prepared, content, nodeFs)).rejects.toMatchObject(named);
    expect(existsSync(folder)).toBe(false);
    await expect(writeModel(tiny.folder, prepared)).rejects.toMatchObject(named);
    expect(existsSync(join(tiny.folder, "model.safetensors"))).toBe(false);
    await trainer.dispose();
  });

  test("a batch without a label has loss 0 and moves nothing but by weight decay", async () => {
    const { recipe: checked } = parseRecipe(tiny.recipe());
    const prepared = await prepare(checked);
    const trainer = await StepEngine.create(checked, prepared, 1);
    const windows = [...prepared.train.windows]
      .slice(0, 4)
      .map(({ inputIds, labels }) => ({ inputIds, labels: labels.map(() => -100) }));
    const before = prepared.weights.block.copyOut();
    const { loss, gradNorm } = await trainer.gradient(windows, 1);
    expect({ loss, gradNorm }).toEqual({ loss: 0, gradNorm: 0 });
    await trainer.update(1, 1e-3, gradNorm);
    expect(prepared.weights.block.copyOut()).toEqual(before);
    await trainer.dispose();
  });
});

describe("a snapshot", () => {
  test("gives every float as it was, whatever is changed after it was released", async () => {
    const { recipe: checked } = parseRecipe(tiny.recipe());
    const prepared = await prepare(checked);
    const { layout, block, engine } = prepared.weights;
    const blocks = { weights: block, mean: layout.allocate(engine), square: layout.allocate(engine) };
    for (const buffer of Object.values(blocks)) {
      buffer.write(0, layout.length, (values) => {
        for (let at = 0; at < values.length; at++) values[at] = at;
      });
    }
    const snapshot = new Snapshot(layout, blocks, 1);
    const read: number[] = [];
    const table = layout.offset(TABLE);
    const reader = snapshot.read(table, table + 100);
    read.push(...reader.next().value!.subarray(0, 5));
    let released = false;
    const waiting = snapshot.beforeWrite(0, layout.length).then(() => {
      released = true;
    });
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    // The reader still holds memory that is in use.
    expect(released).toBe(false);
    reader.next();
    await waiting;
    for (const buffer of Object.values(blocks)) buffer.copyIn(0, new Float32Array(layout.length).fill(-1));
    for (const name of ["weights", "mean", "square"] as const) {
      const from = name === "weights" ? table + 100 : table;
      const all = [...snapshot.readBlock(name, from, table + 3200)].flatMap((token) => [...token]);
      expect(all).toEqual(Array.from({ length: table + 3200 - from }, (_, at) => from + at));
    }
    snapshot.end();
    for (const buffer of [blocks.mean, blocks.square]) buffer.free();
    await prepared.weights.dispose();
    expect(read).toHaveLength(5);
  });

  test("that has no room for copies makes the optimiser wait for the writer", async () => {
    const { recipe: checked } = parseRecipe(tiny.recipe());
    const prepared = await prepare(checked);
    const { layout, block, engine } = prepared.weights;
    const blocks = { weights: block, mean: layout.allocate(engine), square: layout.allocate(engine) };
    const snapshot = new Snapshot(layout, blocks, 1, { mostCopies: 0 });
    let released = false;
    const waiting = snapshot.beforeWrite(0, layout.length).then(() => {
      released = true;
    });
    for (const name of ["weights", "mean", "square"] as const)
      for (const { name: parameter, shape } of layout.parameters) {
        expect(released).toBe(false);
        const from = layout.offset(parameter);
        for (const _ of snapshot.readBlock(name, from, from + shape.reduce((a, b) => a * b, 1)))
          await new Promise(setImmediate);
      }
    await waiting;
    for (const buffer of [blocks.mean, blocks.square]) buffer.free();
    await prepared.weights.dispose();
  });
});
