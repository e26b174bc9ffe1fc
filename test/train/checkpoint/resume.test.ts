/**
 * Resuming after an interruption, R1 to R7: the interrupted run ends with the same bytes as an uninterrupted
 * one.
 */
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { LOCK } from "../../../src/files/index.js";
import type { RecipeInput } from "../../../src/recipe/index.js";
import type { TrainEvent } from "../../../src/run/index.js";
import { cpuEngine } from "../../../src/runtime/index.js";
import { newestWhole } from "../../../src/train/checkpoint/find.js";
import { readState } from "../../../src/train/checkpoint/state.js";
import { type TrainOptions, train } from "../../../src/train/index.js";
import { sampled } from "../../breadth.js";
import { copyWhileWritten } from "../copyWhileWritten.js";
import { bytesOf, ending, everything } from "../outputBytes.js";
import { stopAfter } from "../stopAfter.js";
import { tinyModel } from "../tinyModel.js";

let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel();
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

let outputs = 0;
const newOutput = () => join(tiny.folder, `output-${outputs++}`);

/**
 * Three epochs of three steps with two batches each, with dropout, evaluations, and a checkpoint every other
 * step.
 */
const recipe = (changes: Partial<RecipeInput> = {}): RecipeInput =>
  tiny.recipe({
    output: newOutput(),
    maxTrainSamples: 44,
    maxEvalSamples: 12,
    perDeviceTrainBatchSize: 8,
    gradientAccumulationSteps: 2,
    numTrainEpochs: 3,
    weightDecay: 0.01,
    evalStrategy: "steps",
    evalSteps: 2,
    saveStrategy: "steps",
    saveSteps: 2,
    saveTotalLimit: 0,
    loggingSteps: 2,
    loadBestModelAtEnd: true,
    ...changes,
  });
const STEPS = 9;

async function run(input: RecipeInput, options: TrainOptions = {}) {
  const events: TrainEvent[] = [];
  const listener = (event: TrainEvent) => void events.push(event);
  const training = train(input, { ...options, listeners: [listener, ...(options.listeners ?? [])] });
  return { events, result: await training.result() };
}

const of = <T extends TrainEvent["type"]>(events: readonly TrainEvent[], type: T) =>
  events.filter((event): event is Extract<TrainEvent, { type: T }> => event.type === type);

describe.each([1, 2])("R1: on %i threads", (threads) => {
  /**
   * A copy of the output folder after each step, as a power cut would leave it, including unfinished saves.
   */
  const crashed = new Map<number, string>();
  let unbroken: ReturnType<typeof ending>;
  beforeAll(async () => {
    const input = recipe({ threads });
    const copy = (event: TrainEvent) => {
      if (event.type !== "step") return;
      const folder = newOutput();
      copyWhileWritten(input.output, folder);
      rmSync(join(folder, LOCK));
      crashed.set(event.step, folder);
    };
    await run(input, { listeners: [copy] });
    unbroken = ending(input.output);
    expect(unbroken.checkpoint).toHaveProperty("optimizer.safetensors");
    expect(crashed.size).toBe(STEPS);
  });

  test(`a run that is stopped after any of its ${STEPS} steps, and before the first, goes on to the same bytes`, async () => {
    const stops = sampled(
      Array.from({ length: STEPS + 1 }, (_, k) => k),
      4,
    );
    for (const k of stops) {
      const input = recipe({ threads });
      const stopping = new AbortController();
      const stop = (event: TrainEvent) => {
        if ((event.type === "start" && k === 0) || (event.type === "step" && event.step === k))
          stopping.abort();
      };
      const { result } = await run(input, { listeners: [stop], signal: stopping.signal });
      expect(result).toMatchObject({ reason: "stopped", steps: k });
      const { result: end, events } = await run(input, { resume: true });
      expect(end).toMatchObject({ reason: "finished", steps: STEPS });
      expect(of(events, "start")[0]!.resumedAt).toBe(k);
      expect(ending(input.output), `stopped after step ${k}`).toEqual(unbroken);
    }
    console.log(`R1: ${stops.length} stops on ${threads} threads, all to the same bytes`);
  });

  test("a run that is cut off at any step, its checkpoint half written or not, goes on to the same bytes", async () => {
    let resumed = 0;
    const cuts = sampled([...crashed], 4);
    for (const [k, output] of cuts) {
      const { checkpoint } = await newestWhole(output);
      await run(recipe({ threads, output, overwriteOutputDir: checkpoint === undefined }), {
        resume: checkpoint !== undefined,
      });
      if (checkpoint !== undefined) resumed++;
      expect(ending(output), `cut off after step ${k}`).toEqual(unbroken);
      expect(readdirSync(output).filter((name) => /\.(new|old|gone)-/.test(name))).toEqual([]);
    }
    expect(resumed).toBeGreaterThanOrEqual(cuts.length / 2);
    console.log(`R1: ${cuts.length} cuts on ${threads} threads, ${resumed} went on from a checkpoint`);
  });
});

/** Runs a recipe and stops it after a step. Returns the recipe. */
async function stoppedAt(step: number, changes: Partial<RecipeInput> = {}): Promise<RecipeInput> {
  const input = recipe(changes);
  await stopAfter(input, step);
  return input;
}

test("R1: an evaluation that is interrupted is done again, and early stopping counts on", async () => {
  const changes: Partial<RecipeInput> = { learningRate: 0.05, earlyStoppingPatience: 2, numTrainEpochs: 8 };
  const straight = recipe(changes);
  const { result } = await run(straight);
  expect(result.reason).toBe("early-stopping");
  const input = recipe(changes);
  for (let attempts = 0; ; attempts++) {
    const stopping = new AbortController();
    let evaluations = 0;
    const stop = (event: TrainEvent) => {
      if (event.type === "evaluation") evaluations++;
      // Stops in the next evaluation, which follows this step.
      if (event.type === "step" && event.step % 2 === 0 && evaluations >= 1) stopping.abort();
    };
    const again = await run(input, { resume: attempts > 0, listeners: [stop], signal: stopping.signal });
    if (again.result.reason !== "stopped") break;
    expect(attempts).toBeLessThan(10);
  }
  expect(ending(input.output, `checkpoint-${result.steps}`)).toEqual(
    ending(straight.output, `checkpoint-${result.steps}`),
  );
});

test("R2: a folder that was moved goes on where it is", async () => {
  const straight = recipe();
  await run(straight);
  const { output } = await stoppedAt(4);
  const moved = newOutput();
  renameSync(output, moved);
  await run(recipe({ output: moved }), { resume: true });
  expect(ending(moved)).toEqual(ending(straight.output));
});

describe("R3: what the run did not begin with is refused by its name", () => {
  let input: RecipeInput;
  beforeAll(async () => {
    input = await stoppedAt(4);
  });
  const otherFile = (name: string, change: (text: string) => string) => {
    const path = join(tiny.folder, name);
    writeFileSync(path, change(readFileSync(tiny.files.train, "utf8")));
    return path;
  };
  test.each<[string, () => Partial<RecipeInput>]>([
    ["per_device_train_batch_size", () => ({ perDeviceTrainBatchSize: 4 })],
    ["seed", () => ({ seed: 43 })],
    ["learning_rate", () => ({ learningRate: 1e-3 })],
    ["num_train_epochs", () => ({ numTrainEpochs: 4 })],
    ["train", () => ({ train: otherFile("other.conll", (text) => text.replace(/\n(\S+)/, "\n$1x")) })],
    ["validation", () => ({ validation: tiny.files.test })],
    ["test", () => ({ test: tiny.files.test })],
    ["labels", () => ({ labels: ["O", "B-ORG", "B-PER", "B-LOC", "I-PER", "I-ORG", "I-LOC"] })],
  ])("%s", async (field, changes) => {
    const before = everything(input.output);
    await expect(train({ ...input, ...changes() }, { resume: true }).result()).rejects.toMatchObject({
      code: "TRAIN_RESUME_CHANGED",
      message: expect.stringMatching(new RegExp(`(^|\\W)${field}\\W`)),
    });
    expect(everything(input.output)).toEqual(before);
  });

  test("equal data under another name is the same data; logging and saving may change", async () => {
    const output = newOutput();
    cpSync(input.output, output, { recursive: true });
    const copy = otherFile("copy.conll", (text) => text);
    const { events } = await run(
      { ...input, output, train: copy, loggingSteps: 1, saveStrategy: "no", loadBestModelAtEnd: false },
      { resume: true },
    );
    expect(of(events, "warning").map(({ code }) => code)).toEqual(["RECIPE_NO_EFFECT"]);
  });

  test("other threads warn that the last bits may differ", async () => {
    const output = newOutput();
    cpSync(input.output, output, { recursive: true });
    const { events } = await run({ ...input, output, threads: 1 }, { resume: true });
    expect(of(events, "warning").map(({ code }) => code)).toEqual(["THREADS_CHANGED"]);
  });

  test("another engine or processor warns that the last bits may differ", async () => {
    const output = newOutput();
    cpSync(input.output, output, { recursive: true });
    vi.spyOn(cpuEngine(), "version").mockReturnValue("1.99.0");
    const { events } = await run({ ...input, output }, { resume: true });
    vi.restoreAllMocks();
    const [warning] = of(events, "warning");
    expect(warning).toMatchObject({
      code: "ENGINE_CHANGED",
      message: expect.stringContaining("onnxruntime 1.99.0 in fp32"),
    });
  });

  test("with force the run goes on, says so and records it, and rows new to the vocabulary are trained", async () => {
    const output = newOutput();
    cpSync(input.output, output, { recursive: true });
    const { events, result } = await run(
      { ...input, output, learningRate: 1e-3, maxTrainSamples: 80, force: true },
      { resume: true },
    );
    expect(result.reason).toBe("finished");
    expect(of(events, "warning").map(({ code }) => code)).toEqual(["RESUME_FORCED"]);
    const { forced } = JSON.parse(readFileSync(join(output, "training_args.json"), "utf8"));
    expect(forced).toEqual([{ step: 4, fields: ["maxTrainSamples", "learningRate", "train"] }]);
    const step = of(events, "step");
    expect(step[0]!.step).toBe(5);
    // It continues with the weights and optimizer state from before.
    const { events: anew } = await run({ ...input, output: newOutput(), maxTrainSamples: 80, maxSteps: 1 });
    expect(step[0]!.loss).toBeLessThan(of(anew, "step")[0]!.loss * 0.95);
  });

  test("other labels are refused even with force", async () => {
    const labels = ["O", "B-ORG", "B-PER", "B-LOC", "I-PER", "I-ORG", "I-LOC"];
    await expect(train({ ...input, labels, force: true }, { resume: true }).result()).rejects.toMatchObject({
      code: expect.stringMatching(/TRAIN_LABELS?_/),
    });
  });
});

describe("R4: damaged checkpoints", () => {
  let straight: RecipeInput;
  let stopped: RecipeInput;
  beforeAll(async () => {
    straight = recipe();
    await run(straight);
    stopped = await stoppedAt(6);
  });
  const files = [
    "manifest.json",
    "run_state.json",
    "model.safetensors",
    "optimizer.safetensors",
    "config.json",
    "tokenizer.json",
  ];
  const harms: Record<string, (path: string) => void> = {
    missing: (path) => rmSync(path),
    empty: (path) => truncateSync(path, 0),
    truncated: (path) => truncateSync(path, statSync(path).size - 2),
    "changed in one bit": (path) => {
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(path, bytes);
    },
  };
  const cases = files.flatMap((file) => Object.keys(harms).map((harm) => [file, harm] as const));

  test.each(cases)("%s %s: a warning, and the one before is taken", async (file, harm) => {
    const output = newOutput();
    cpSync(stopped.output, output, { recursive: true });
    harms[harm]!(join(output, "checkpoint-6", file));
    const { checkpoint, damaged } = await newestWhole(output);
    expect(checkpoint?.step).toBe(4);
    expect(damaged).toMatchObject([{ step: 6, damage: expect.stringContaining(file) }]);
  });

  test("the run goes on from the one before to the same bytes, and writes the damaged one anew", async () => {
    const output = newOutput();
    cpSync(stopped.output, output, { recursive: true });
    harms.truncated!(join(output, "checkpoint-6", "optimizer.safetensors"));
    const { events } = await run({ ...stopped, output }, { resume: true });
    expect(of(events, "warning")).toMatchObject([
      { code: "CHECKPOINT_DAMAGED", message: expect.stringContaining("checkpoint-6") },
    ]);
    expect(ending(output)).toEqual(ending(straight.output));
    expect(bytesOf(output, "checkpoint-6")).toEqual(bytesOf(straight.output, "checkpoint-6"));
  });

  test("none whole: an error, and nothing is touched", async () => {
    const output = newOutput();
    cpSync(stopped.output, output, { recursive: true });
    for (const step of [2, 4, 6]) harms.empty!(join(output, `checkpoint-${step}`, "model.safetensors"));
    const before = everything(output);
    await expect(train({ ...stopped, output }, { resume: true }).result()).rejects.toMatchObject({
      code: "TRAIN_CHECKPOINTS_DAMAGED",
    });
    expect(everything(output)).toEqual(before);
  });

  test("no checkpoint at all: an error, and no folder is left behind", async () => {
    const input = recipe({ output: join(newOutput(), "deep", "er") });
    await expect(train(input, { resume: true }).result()).rejects.toMatchObject({
      code: "TRAIN_NO_CHECKPOINT",
    });
    expect(existsSync(join(input.output, "..", ".."))).toBe(false);
  });
});

test("R5: of a finished run nothing is done", async () => {
  const input = recipe();
  const { result } = await run(input);
  const before = everything(input.output);
  const again = await run(input, { resume: true });
  expect(again.result).toEqual(result);
  expect(again.events.map((event) => ("code" in event ? event.code : event.type))).toEqual([
    "ALREADY_FINISHED",
    "closed",
  ]);
  expect(everything(input.output)).toEqual(before);
  await expect(train({ ...input, seed: 1 }, { resume: true }).result()).rejects.toMatchObject({
    code: "TRAIN_RESUME_CHANGED",
  });
});

test("R6: the newest and the best checkpoint stay, and there is one at every moment after the first", async () => {
  const input = recipe({ saveTotalLimit: 1, learningRate: 0.03, numTrainEpochs: 6, loggingSteps: 1 });
  let saved = false;
  let looks = 0;
  const look = async (event: TrainEvent) => {
    saved ||= event.type === "save";
    if (!saved) return;
    looks++;
    const copy = newOutput();
    copyWhileWritten(input.output, copy);
    const { checkpoint, damaged } = await newestWhole(copy);
    expect(checkpoint).toBeDefined();
    expect(damaged).toEqual([]);
    rmSync(copy, { recursive: true });
  };
  const { events } = await run(input, { listeners: [look] });
  expect(of(events, "warning")).toEqual([]);
  expect(looks).toBeGreaterThan(20);
  const { evaluations } = { evaluations: of(events, "evaluation") };
  const best = evaluations.reduce((a, b) => (b.metrics.loss < a.metrics.loss ? b : a)).step;
  const kept = readdirSync(input.output).filter((name) => name.startsWith("checkpoint-"));
  expect(kept.sort()).toEqual([...new Set([`checkpoint-${best}`, "checkpoint-18"])].sort());
});

test("an overwritten run's checkpoints go once the new run has one of its own", async () => {
  const old = await stoppedAt(5);
  const { result } = await run({ ...old, seed: 7, overwriteOutputDir: true, saveSteps: 4, evalSteps: 4 });
  expect(result.reason).toBe("finished");
  expect(
    readdirSync(old.output)
      .filter((name) => name.startsWith("checkpoint-"))
      .sort(),
  ).toEqual(["checkpoint-4", "checkpoint-8"]);
  const state = await readState(join(old.output, "checkpoint-4"));
  expect(state).toMatchObject({ recipe: { seed: 7 } });
});
