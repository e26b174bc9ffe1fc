/** Training on a GPU through WebGPU, on SwiftShader, where each step takes seconds. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHROMIUM } from "../../bench/gpu/swiftshader.js";
import { replayRecipe } from "../../bench/parity/arguments.js";
import { compare } from "../../bench/parity/compare.js";
import { recordedFigures, selfDistances } from "../../bench/parity/figures.js";
import { readRecording } from "../../bench/parity/recording.js";
import { replay } from "../../bench/parity/replay.js";
import type { RecipeInput } from "../../src/recipe/index.js";
import type { TrainEvent } from "../../src/run/index.js";
import { train } from "../../src/train/index.js";
import { compiledProgram, type Program } from "../cli/program.js";
import { describeWebgpu } from "../runtime/webgpuHere.js";
import { appeared } from "./crash/commandLine.js";
import { ending } from "./outputBytes.js";
import { tinyModel } from "./tinyModel.js";

describeWebgpu("a recorded run of HF Trainer on WebGPU", () => {
  test("tiny-bert is met at every bar for five steps", async () => {
    const recording = readRecording(join(import.meta.dirname, "parity/recordings/tiny-bert"));
    const recipe = { ...replayRecipe(recording), device: "webgpu" } as const;
    const replayed = await replay(recording, recipe, { threads: 1, most: 5 });
    const { steps } = recordedFigures(recording);
    const recorded = { steps: steps.slice(0, 5), evaluations: [] };
    const { bars } = compare(recorded, replayed, replayed.tensors, selfDistances(recording));
    expect(replayed.steps).toHaveLength(5);
    expect(bars.length).toBeGreaterThan(5);
    expect(bars.filter(({ ok }) => !ok)).toEqual([]);
  });
});

describeWebgpu("a tiny model on WebGPU", () => {
  let tiny: Awaited<ReturnType<typeof tinyModel>>;
  let program: Program;
  let same: string;
  beforeAll(async () => {
    program = compiledProgram();
    tiny = await tinyModel({ num_hidden_layers: 1 });
    // Documents of two sentences, all of the same length, so that batches have few shapes.
    same = join(tiny.folder, "same.conll");
    const sentence = "Ada B-PER\nLovelace I-PER\nlived O\nin O\nLondon B-LOC\n. O\n\n";
    writeFileSync(same, `-DOCSTART- O\n\n${sentence.repeat(2)}`.repeat(8));
  });
  afterAll(() => {
    program.remove();
    rmSync(tiny.folder, { recursive: true });
  });
  const recipe = (name: string, changes: Partial<RecipeInput>) =>
    tiny.recipe({
      ...{ train: same, validation: same, output: join(tiny.folder, name), perDeviceTrainBatchSize: 4 },
      ...{ perDeviceEvalBatchSize: 16, threads: 1 },
      ...changes,
    });

  test("with a conditional random field and document context, it stops early where it does on the CPU", async () => {
    const run = async (device: "webgpu" | "cpu") => {
      const losses: number[] = [];
      const input = recipe(device, {
        ...{ device, crf: true, context: "document", contextLengths: "document", contextEvalTokens: 32 },
        ...{ evalStrategy: "steps", evalSteps: 1, saveStrategy: "no", maxSteps: 8, learningRate: 1e-4 },
        // Nothing is good enough for it.
        ...{ earlyStoppingPatience: 2, earlyStoppingThreshold: 1, metricForBestModel: "f1" },
      });
      const training = train(input);
      for await (const event of training) {
        if (event.type === "step") losses.push(event.loss);
        if (event.type === "evaluation") losses.push(event.metrics.loss);
      }
      const { reason } = await training.result();
      return { reason, losses };
    };
    const [there, here] = [await run("webgpu"), await run("cpu")];
    expect(there.reason).toBe("early-stopping");
    expect(here.reason).toBe("early-stopping");
    expect(there.losses).toHaveLength(here.losses.length);
    there.losses.forEach((loss, at) => {
      expect(loss / here.losses[at]!).toBeCloseTo(1, 4);
    });
  });

  test("killed with kill -9 and resumed, it ends with the bytes of a run that was not killed", async () => {
    const changes = { device: "webgpu", maxSteps: 4, saveSteps: 2, saveStrategy: "steps" } as const;
    const straight = recipe("straight", { ...changes, evalStrategy: "no" });
    const events: TrainEvent["type"][] = [];
    const training = train(straight);
    for await (const { type } of training) events.push(type);
    expect(events.filter((type) => type === "step")).toHaveLength(4);

    const output = join(tiny.folder, "killed");
    const flags = {
      ...{ model: tiny.encoder, train: same, validation: same, output, device: "webgpu", threads: 1 },
      ...{ "per-device-train-batch-size": 4, "per-device-eval-batch-size": 16, "learning-rate": 3e-3 },
      ...{
        "num-train-epochs": 2,
        "max-steps": 4,
        "save-steps": 2,
        "save-strategy": "steps",
        "eval-strategy": "no",
      },
    };
    const args = [
      "train",
      "--quiet",
      ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, `${value}`]),
    ];
    const env = { LD_LIBRARY_PATH: CHROMIUM };
    const killed = program.start(args, { env });
    await appeared(join(output, "checkpoint-2"), killed);
    killed.child.kill("SIGKILL");
    expect((await killed.ended).signal).toBe("SIGKILL");
    const resumed = await program.start([...args, "--resume"], { env }).ended;
    expect(resumed).toMatchObject({ code: 0 });
    expect(ending(output, "checkpoint-4")).toEqual(ending(straight.output, "checkpoint-4"));
  });
});
