/** Training and prediction in float32 on OpenVINO: what holds for the default engine holds there too. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { replayRecipe } from "../../bench/parity/arguments.js";
import { compare } from "../../bench/parity/compare.js";
import { recordedFigures, selfDistances } from "../../bench/parity/figures.js";
import { readRecording } from "../../bench/parity/recording.js";
import { replay } from "../../bench/parity/replay.js";
import { evaluateFolder, load } from "../../src/infer/index.js";
import { parseRecipe, type RecipeInput } from "../../src/recipe/index.js";
import { cpuEngine, machineReport } from "../../src/runtime/index.js";
import { train } from "../../src/train/index.js";
import { prepare } from "../../src/train/prepare/prepare.js";
import { StepEngine } from "../../src/train/step/stepEngine.js";
import { describeOpenvino, openvinoEngine } from "../runtime/openvinoHere.js";
import { ending } from "./outputBytes.js";
import { stopAfter } from "./stopAfter.js";
import { tinyModel } from "./tinyModel.js";

const engine = "openvino";

describeOpenvino("a recorded run of HF Trainer on OpenVINO", () => {
  test.each([
    ["tiny-bert", 1],
    ["tiny-bert", 2],
    ["tiny-deberta-v3", 1],
    ["tiny-modernbert", 1],
  ] as const)("%s is met at every bar, each step in %i batches", async (name, accumulate) => {
    const recording = readRecording(join(import.meta.dirname, "parity/recordings", name));
    const recipe = { ...replayRecipe(recording, { accumulate }), engine } as const;
    const replayed = await replay(recording, recipe, { threads: 1 });
    const { bars } = compare(
      recordedFigures(recording),
      replayed,
      replayed.tensors,
      selfDistances(recording),
    );
    expect(bars.length).toBeGreaterThan(10);
    expect(bars.filter(({ ok }) => !ok)).toEqual([]);
  });
});

describeOpenvino("a tiny model on OpenVINO", () => {
  let tiny: Awaited<ReturnType<typeof tinyModel>>;
  let folder: string;
  beforeAll(async () => {
    tiny = await tinyModel();
    const changes = { engine, numTrainEpochs: 8, learningRate: 1e-2, perDeviceTrainBatchSize: 8 } as const;
    ({ folder } = await train(tiny.recipe(changes)).result());
  });
  afterAll(() => rmSync(tiny.folder, { recursive: true }));
  const recipe = (name: string, changes: Partial<RecipeInput>) =>
    tiny.recipe({ output: join(tiny.folder, name), ...changes });

  test("learns, and its folder gives the F1 of the last evaluation on either engine", async () => {
    const { eval_f1, eval_loss } = JSON.parse(readFileSync(join(folder, "all_results.json"), "utf8"));
    const learned = await evaluateFolder(folder, tiny.files.train, { threads: 2, engine });
    expect(learned.scores.micro.f1).toBeGreaterThan(0.4);
    for (const engine of ["openvino", "onnxruntime"] as const) {
      const { scores, loss } = await evaluateFolder(folder, tiny.files.validation, { threads: 2, engine });
      expect(scores.micro.f1).toBeCloseTo(eval_f1, 12);
      expect(loss).toBeCloseTo(eval_loss, 5);
    }
  });

  test("finds what ONNX Runtime finds", async () => {
    const texts = ["Victoria Ashford works for Nexora.", "They drove to Thornville.", "Nobody came."];
    const [here, there] = [await load(folder, { engine }), await load(folder)];
    const [found, expected] = [await here(texts), await there(texts)];
    found.flat().forEach(({ score }, at) => {
      expect(score).toBeCloseTo(expected.flat()[at]!.score, 5);
    });
    const places = (all: typeof found) => all.map((each) => each.map(({ score, ...rest }) => rest));
    expect(places(found)).toEqual(places(expected));
    await here.dispose();
    await there.dispose();
  });

  test.each([
    ["with dropout", {}],
    [
      "with a conditional random field, document context and an average",
      { crf: true, context: "document", emaDecay: 0.9 },
    ],
    ["with accumulation", { gradientAccumulationSteps: 2, perDeviceTrainBatchSize: 8 }],
  ] as const)("%s, 4 steps of which 2 are resumed give the bytes of 4 at once", async (name, changes) => {
    const all = {
      ...changes,
      engine,
      maxSteps: 4,
      saveSteps: 2,
      saveStrategy: "steps",
      evalStrategy: "no",
    } as const;
    const straight = recipe(`straight ${name}`, all);
    await train(straight).result();
    const resumed = recipe(`resumed ${name}`, all);
    await stopAfter(resumed, 2);
    await train(resumed, { resume: true }).result();
    expect(ending(resumed.output, "checkpoint-4")).toEqual(ending(straight.output, "checkpoint-4"));
  });

  test.each([
    ["cross-entropy", {}],
    ["a conditional random field", { crf: true }],
    ["two batches in a step", { gradientAccumulationSteps: 2, perDeviceTrainBatchSize: 8 }],
  ])("the first gradient, of %s, is that of ONNX Runtime", async (_, changes) => {
    const gradient = async (engine: "openvino" | "onnxruntime") => {
      const parsed = parseRecipe(recipe("none", { ...changes, engine })).recipe;
      const prepared = await prepare(parsed);
      const trainer = await StepEngine.create(parsed, prepared, 2);
      const { loss, gradNorm } = await trainer.gradient([...prepared.train.windows].slice(0, 16), 1);
      const values = trainer.gradients.copyOut();
      await trainer.dispose();
      return { loss, gradNorm, values };
    };
    const [here, there] = [await gradient("openvino"), await gradient("onnxruntime")];
    expect(here.loss).toBeCloseTo(there.loss, 5);
    expect(here.gradNorm / there.gradNorm).toBeCloseTo(1, 5);
    const distance = Math.hypot(...here.values.map((value, at) => value - there.values[at]!));
    expect(distance / Math.hypot(...there.values)).toBeLessThan(1e-5);
  });

  test("an evaluation on OpenVINO reads the weights that ONNX Runtime trains", async () => {
    const { recipe: parsed } = parseRecipe(recipe("none", {}));
    const engines = { training: cpuEngine(), evaluation: openvinoEngine };
    const prepared = await prepare(parsed, undefined, { engines });
    const mixed = await StepEngine.create(parsed, prepared, 2);
    const loss = async () => (await mixed.evaluate(prepared.validation!)).metrics.loss;
    const before = await loss();
    for (let step = 1; step <= 4; step++) {
      const { gradNorm } = await mixed.gradient([...prepared.train.windows].slice(0, 16), step);
      await mixed.update(step, 1e-2, gradNorm);
    }
    const after = await loss();
    await mixed.dispose();
    expect(after).toBeLessThan(before);
  });
});

/** Why bf16 cannot be computed here, if it cannot. */
const bf16Missing = (await machineReport()).bf16Problem?.message;

describe.skipIf(bf16Missing !== undefined)(`bf16 (${bf16Missing ?? "available"})`, () => {
  let tiny: Awaited<ReturnType<typeof tinyModel>>;
  beforeAll(async () => {
    tiny = await tinyModel();
  });
  afterAll(() => rmSync(tiny.folder, { recursive: true }));

  test.each([
    ["cross-entropy", {}],
    ["a conditional random field", { crf: true }],
    ["two batches in a step", { gradientAccumulationSteps: 2, perDeviceTrainBatchSize: 8 }],
  ])("the first gradient, of %s, is near that in float32", async (_, changes) => {
    const gradient = async (bf16: boolean) => {
      const { recipe } = parseRecipe(tiny.recipe({ ...changes, bf16 }));
      const prepared = await prepare(recipe);
      const trainer = await StepEngine.create(recipe, prepared, 2);
      const { loss } = await trainer.gradient([...prepared.train.windows].slice(0, 16), 1);
      const values = trainer.gradients.copyOut();
      await trainer.dispose();
      return { loss, values };
    };
    const [here, there] = [await gradient(true), await gradient(false)];
    expect(Math.abs(here.loss / there.loss - 1)).toBeLessThan(1e-2);
    const distance =
      Math.hypot(...here.values.map((value, at) => value - there.values[at]!)) / Math.hypot(...there.values);
    expect(distance).toBeLessThan(0.05);
    // In float32 it would be a thousand times smaller.
    expect(distance).toBeGreaterThan(1e-4);
  });

  test("4 steps of which 2 are resumed give the bytes of 4 at once, and the model reads text", async () => {
    const changes = { bf16: true, maxSteps: 4, saveSteps: 2, saveStrategy: "steps" } as const;
    const straight = tiny.recipe({ ...changes, output: join(tiny.folder, "straight") });
    const { folder } = await train(straight).result();
    const resumed = tiny.recipe({ ...changes, output: join(tiny.folder, "resumed") });
    await stopAfter(resumed, 2);
    await train(resumed, { resume: true }).result();
    expect(ending(resumed.output, "checkpoint-4")).toEqual(ending(straight.output, "checkpoint-4"));
    const [rough, full] = await Promise.all(
      (["bf16", "fp32"] as const).map((dtype) => evaluateFolder(folder, tiny.files.validation, { dtype })),
    );
    expect(Math.abs(rough!.loss / full!.loss - 1)).toBeLessThan(1e-2);
    expect(rough!.loss).not.toBe(full!.loss);
  });
});
