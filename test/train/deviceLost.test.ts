/** A GPU that is lost during a run: the error names the last checkpoint, from which the run goes on. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { deviceFailure } from "../../src/runtime/engines/onnxruntime/deviceFailure.js";
import { type Ort, ort } from "../../src/runtime/engines/onnxruntime/ort.js";
import type { Engine } from "../../src/runtime/index.js";
import { train } from "../../src/train/index.js";
import { hostDevice } from "../runtime/engines/onnxruntime/hostDevice.js";
import { ending } from "./outputBytes.js";
import { tinyModel } from "./tinyModel.js";

const machine = vi.hoisted(() => ({ engine: undefined as Engine | undefined }));
vi.mock("../../src/train/prepare/engines.js", () => ({
  runEngines: async () => ({ training: machine.engine, evaluation: machine.engine }),
}));

let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel();
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

const LOST = "WebGPU device lost (2): A valid external Instance reference no longer exists.";

/** ONNX Runtime, whose asynchronous runs fail from the given one on, as they do when a GPU is lost. */
function losing(runs: number): Ort {
  const real = ort();
  const status = 1n;
  let done = 0;
  const run = real.raw.RunWithBinding;
  const failing = Object.assign(((...args) => run(...args)) as typeof run, {
    async: ((session, options, binding, callback) => {
      if (++done < runs) run.async(session, options, binding, callback);
      else setImmediate(() => callback(null, status));
    }) as typeof run.async,
  });
  return {
    ...real,
    raw: {
      ...real.raw,
      RunWithBinding: failing,
      GetErrorCode: ((of) => (of === status ? 1 : real.raw.GetErrorCode(of))) as typeof real.raw.GetErrorCode,
      GetErrorMessage: ((of) =>
        of === status ? LOST : real.raw.GetErrorMessage(of)) as typeof real.raw.GetErrorMessage,
      ReleaseStatus: ((of) =>
        of === status ? undefined : real.raw.ReleaseStatus(of)) as typeof real.raw.ReleaseStatus,
    },
  };
}

const recipe = (name: string) =>
  tiny.recipe({
    ...{
      output: join(tiny.folder, name),
      maxSteps: 6,
      saveSteps: 2,
      saveStrategy: "steps",
      evalStrategy: "no",
    },
  });

test("names the last checkpoint, and the run resumes from it with the bytes of a run that lost nothing", async () => {
  machine.engine = await hostDevice(ort());
  await train(recipe("straight")).result();
  // Counts the runs of five steps.
  let steps = 0;
  const counting = losing(Number.POSITIVE_INFINITY);
  const { async: real } = counting.raw.RunWithBinding;
  let runs = 0;
  counting.raw.RunWithBinding.async = ((...args) => {
    runs++;
    real(...args);
  }) as typeof real;
  machine.engine = await hostDevice(counting);
  let untilFive = 0;
  for await (const { type } of train(recipe("counted"))) {
    if (type === "step" && ++steps === 5) untilFive = runs;
  }

  machine.engine = await hostDevice(losing(untilFive));
  const run = train(recipe("lost"));
  const failed = await run.result().then(
    () => undefined,
    (error: unknown) => error,
  );
  const { output } = recipe("lost");
  expect(failed).toEqual(
    expect.objectContaining({
      name: "NeriumError",
      code: "TRAIN_DEVICE_LOST",
      message: expect.stringContaining(LOST),
      commandRemedy: expect.stringContaining(
        `The last checkpoint is ${join(output, "checkpoint-4")}: continue from it with --resume.`,
      ),
    }),
  );
  machine.engine = await hostDevice(ort());
  await train(recipe("lost"), { resume: true }).result();
  expect(ending(output, "checkpoint-6")).toEqual(ending(recipe("straight").output, "checkpoint-6"));
});

test("without a checkpoint, the error says so", async () => {
  machine.engine = await hostDevice(losing(1));
  await expect(train(recipe("early")).result()).rejects.toEqual(
    expect.objectContaining({
      code: "TRAIN_DEVICE_LOST",
      message: expect.stringMatching(/^The run ended after step 0\. /),
      remedy: expect.stringContaining("No checkpoint was written before"),
    }),
  );
});

test.each([
  [LOST, "RUNTIME_DEVICE_LOST"],
  ["Failed to download data from buffer. wgpu::MapAsyncStatus value: 4", "RUNTIME_DEVICE_LOST"],
  ["CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; hostname=h", "RUNTIME_DEVICE_LOST"],
  ["CUDA failure 2: out of memory ; GPU=0", "RUNTIME_MEMORY_EXHAUSTED"],
  ["BFCArena: Failed to allocate memory for requested buffer of size 1073741824", "RUNTIME_MEMORY_EXHAUSTED"],
  [
    "cuDNN is not available. Install cuDNN, update the system library search path",
    "RUNTIME_CUDA_UNAVAILABLE",
  ],
  ["CUDA failure 9: invalid configuration argument", undefined],
  ["Gemm: Dimension mismatch", undefined],
])("%s is %s", (message, code) => {
  expect(deviceFailure("step", message)?.code).toBe(code);
});
