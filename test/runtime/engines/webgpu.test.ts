/** A GPU through WebGPU computes what the CPU does, on SwiftShader. Each new shape costs seconds there, so shapes are few. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportModel } from "../../../src/export/index.js";
import { emit, input, multiply, scale } from "../../../src/graph/index.js";
import { evaluateFolder, load } from "../../../src/infer/index.js";
import { parseRecipe, type RecipeInput } from "../../../src/recipe/index.js";
import { chosenEngine, cpuEngine, type Engine } from "../../../src/runtime/index.js";
import { train } from "../../../src/train/index.js";
import { prepare } from "../../../src/train/prepare/prepare.js";
import { StepEngine } from "../../../src/train/step/stepEngine.js";
import { ending } from "../../train/outputBytes.js";
import { stopAfter } from "../../train/stopAfter.js";
import { tinyModel } from "../../train/tinyModel.js";
import { comparedOperations } from "../comparedOperations.js";
import { describeWebgpu, webgpuEngine } from "../webgpuHere.js";

const code = (code: string) => expect.objectContaining({ name: "NeriumError", code });

test.each([
  [{ engine: "openvino" }, "The device webgpu cannot be used with the engine openvino"],
  [{ bf16: true }, "The device webgpu cannot be used with bf16"],
] as const)("%o is refused on webgpu", async (choice, message) => {
  await expect(chosenEngine({ ...choice, device: "webgpu" })).rejects.toEqual(
    expect.objectContaining({ code: "RUNTIME_DEVICE_UNSUPPORTED", message }),
  );
});

test.each(["q8", "int8"] as const)("a model does not load in %s on webgpu", async (dtype) => {
  await expect(load("nowhere", { dtype, device: "webgpu" })).rejects.toEqual(
    code("RUNTIME_DEVICE_UNSUPPORTED"),
  );
});

describeWebgpu("a graph on WebGPU", () => {
  test("gives every operation and its gradient as the CPU does", async () => {
    const { outputs, wrong } = await comparedOperations(webgpuEngine);
    expect(outputs).toBeGreaterThan(200);
    expect(wrong).toEqual([]);
  });

  test("reads and writes blocks, of which the host may change a part", async () => {
    const x = input("x", "float32", ["n"]);
    const graph = await webgpuEngine.compile(
      emit({ y: scale(multiply(x, x), 2) }, { profile: webgpuEngine.profile }),
      { name: "squares", threads: 1 },
    );
    const binding = graph.bind();
    const block = webgpuEngine.block(8 * 4);
    block.copyIn(0, Float32Array.of(1, 2, 3, 4));
    const tensor = (byteOffset: number) =>
      ({ buffer: block, byteOffset, type: "float32", dims: [4] }) as const;
    binding.bindInput("x", tensor(0));
    binding.bindOutput("y", tensor(16));
    await binding.run();
    expect([...block.read()]).toEqual([1, 2, 3, 4, 2, 8, 18, 32]);
    // In place: what the graph reads stays whole until it has ended.
    binding.bindOutput("y", tensor(0));
    await binding.run();
    expect([...block.copyOut(0, 4)]).toEqual([2, 8, 18, 32]);
    // The host writes a part of what is on the device.
    block.copyIn(4, Float32Array.of(1, 0));
    await binding.run();
    expect([...block.read(0, 4)]).toEqual([8, 2, 0, 2048]);
    // A graph reads another part than the one that was written.
    binding.bindInput("x", tensor(8));
    await binding.run();
    expect([...block.read()]).toEqual([0, 8_388_608, 8, 128, 2, 8, 18, 32]);
    block.fetch();
    const last = binding.run();
    expect(() => block.free()).toThrow(expect.objectContaining({ code: "RUNTIME_BUSY" }));
    await last;
    graph.dispose();
    block.free();
  });

  test("refuses a block of the CPU", async () => {
    const block = cpuEngine().block(4);
    const other = await webgpuEngine.compile(
      emit({ y: scale(input("x", "float32", [1]), 2) }, { profile: webgpuEngine.profile }),
      { name: "test", threads: 1 },
    );
    expect(() =>
      other.bind().bindInput("x", { buffer: block, byteOffset: 0, type: "float32", dims: [1] }),
    ).toThrow(expect.objectContaining({ code: "RUNTIME_TENSOR_MISMATCH" }));
    other.dispose();
    block.free();
  });
});

describeWebgpu("a tiny model on WebGPU", () => {
  let tiny: Awaited<ReturnType<typeof tinyModel>>;
  let same: string;
  beforeAll(async () => {
    tiny = await tinyModel();
    // All sentences have the same length, and so all batches the same shape.
    same = join(tiny.folder, "same.conll");
    const sentence = "Ada B-PER\nLovelace I-PER\nlived O\nin O\nLondon B-LOC\n. O\n\n";
    writeFileSync(same, sentence.repeat(16));
  });
  afterAll(() => rmSync(tiny.folder, { recursive: true }));
  const recipe = (name: string, changes: Partial<RecipeInput> = {}) =>
    tiny.recipe({
      ...{ train: same, validation: same, output: join(tiny.folder, name), perDeviceTrainBatchSize: 4 },
      ...{ device: "webgpu", maxSteps: 4, saveSteps: 2, saveStrategy: "steps", evalStrategy: "no" },
      ...changes,
    });

  test("takes the steps that the CPU takes, and no operation falls back to the CPU", async () => {
    const profiles = mkdtempSync(join(tmpdir(), "nerium-profile-"));
    const steps = async (engine: Engine, profile?: string) => {
      const { recipe: parsed } = parseRecipe(
        recipe("none", { gradientAccumulationSteps: 2, emaDecay: 0.9, maxGradNorm: 0.5 }),
      );
      const prepared = await prepare(parsed, undefined, {
        engines: { training: engine, evaluation: engine },
      });
      const trainer = await StepEngine.create(parsed, prepared, 1, { profile });
      const windows = [...prepared.train.windows].slice(0, 8);
      const figures = [];
      for (let step = 1; step <= 2; step++) {
        const { loss, gradNorm } = await trainer.gradient(windows, step);
        figures.push(loss, gradNorm);
        await trainer.update(step, 1e-3, gradNorm);
      }
      const values = {
        figures,
        gradient: trainer.gradients.copyOut(),
        weights: prepared.weights.block.copyOut(),
        average: trainer.average!.block.copyOut(),
      };
      const files = trainer.endProfiling();
      await trainer.dispose();
      return { ...values, files };
    };
    const here = await steps(cpuEngine());
    const there = await steps(webgpuEngine, join(profiles, "step"));
    there.figures.forEach((figure, at) => {
      expect(figure / here.figures[at]!).toBeCloseTo(1, 5);
    });
    for (const name of ["gradient", "weights", "average"] as const) {
      const distance = Math.hypot(...there[name].map((value, at) => value - here[name][at]!));
      expect(distance / Math.hypot(...here[name]), name).toBeLessThan(1e-5);
    }
    const providers = there.files.map((file) => assignment(file));
    expect(providers).toHaveLength(2);
    for (const { webgpu, others } of providers) {
      expect(others).toEqual([]);
      expect(webgpu).toBeGreaterThan(300);
    }
    rmSync(profiles, { recursive: true });
  });

  test("4 steps of which 2 are resumed give the bytes of 4 at once; its model reads as on the CPU", async () => {
    const straight = recipe("straight");
    const { folder } = await train(straight).result();
    const resumed = recipe("resumed");
    await stopAfter(resumed, 2);
    await train(resumed, { resume: true }).result();
    expect(ending(resumed.output, "checkpoint-4")).toEqual(ending(straight.output, "checkpoint-4"));

    const figures = await Promise.all(
      (["webgpu", "cpu"] as const).map((device) => evaluateFolder(folder, same, { device })),
    );
    expect(figures[0]!.loss).toBeCloseTo(figures[1]!.loss, 5);
    const [there, here] = [await load(folder, { device: "webgpu" }), await load(folder)];
    const text = "Ada Lovelace lived in London.";
    const [found, expected] = [await there(text), await here(text)];
    expect(found.map(({ score, ...rest }) => rest)).toEqual(expected.map(({ score, ...rest }) => rest));
    found.forEach(({ score }, at) => {
      expect(score).toBeCloseTo(expected[at]!.score, 5);
    });
    await Promise.all([there.dispose(), here.dispose()]);

    // Exported files are checked there too.
    const exported = await Promise.all(
      (["webgpu", "cpu"] as const).map((device) =>
        exportModel(folder, { device, dtypes: ["fp32"], check: same, minEqualTags: 0, threads: 1 }),
      ),
    );
    for (const { files } of exported) {
      expect(files[0]!.logitDifference).toBeLessThan(1e-5);
      expect(files[0]!.equalTags).toBe(1);
    }
  });
});

/** The number of operations that ran on WebGPU, by ONNX Runtime's own profile, and those that did not. */
function assignment(file: string): { readonly webgpu: number; readonly others: readonly string[] } {
  const events: { cat: string; name: string; args: { op_name: string; provider: string } }[] = JSON.parse(
    readFileSync(file, "utf8"),
  );
  const nodes = new Map(
    events
      .filter(({ cat, name }) => cat === "Node" && name.endsWith("_kernel_time"))
      .map(({ name, args }) => [name, args]),
  );
  const others = [...nodes].filter(([, { provider }]) => provider !== "WebGpuExecutionProvider");
  return {
    webgpu: nodes.size - others.length,
    others: others.map(([name, { op_name }]) => `${op_name} ${name}`),
  };
}
