/** CUDA: finding its library, what is said where something is missing, and what can be shown without a card. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { nerium } from "../../../../src/cli/nerium.js";
import { isNeriumError } from "../../../../src/errors.js";
import { load } from "../../../../src/infer/index.js";
import { parseRecipe } from "../../../../src/recipe/index.js";
import {
  addCuda,
  cudaLibrary,
  openGpu,
  providersOf,
} from "../../../../src/runtime/engines/onnxruntime/cuda.js";
import {
  type CudaDriver,
  requireCudaDevice,
} from "../../../../src/runtime/engines/onnxruntime/cudaDriver.js";
import { cudaLibraries, findCudaLibrary } from "../../../../src/runtime/engines/onnxruntime/cudaLibrary.js";
import { type Ort, ort, outValue } from "../../../../src/runtime/engines/onnxruntime/ort.js";
import { chosenEngine, cpuEngine, type Engine } from "../../../../src/runtime/index.js";
import { prepare } from "../../../../src/train/prepare/prepare.js";
import { StepEngine } from "../../../../src/train/step/stepEngine.js";
import { testIo } from "../../../cli/testIo.js";
import { tinyModel } from "../../../train/tinyModel.js";
import { comparedOperations } from "../../comparedOperations.js";
import { hostDevice } from "./hostDevice.js";
import { compileStandIns } from "./standIns.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "nerium-cuda-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

const error = (code: string, facts: object = {}) =>
  expect.objectContaining({ name: "NeriumError", code, ...facts });

function file(...path: string[]): string {
  const at = join(root, ...path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, "");
  return at;
}

const CAPI = ["lib", "python3.11", "site-packages", "onnxruntime", "capi"];
const NAME = "libonnxruntime.so.1.31.1";
const PROVIDER = "libonnxruntime_providers_cuda.so";
const find = (environment: Record<string, string>) => findCudaLibrary({ PATH: "", ...environment }, "linux");

describe("the library with CUDA", () => {
  test("is what NERIUM_ONNXRUNTIME names: the file, its folder, or a Python environment", () => {
    const library = file("env", ...CAPI, NAME);
    file("env", ...CAPI, PROVIDER);
    for (const named of [library, dirname(library), join(root, "env")])
      expect(find({ NERIUM_ONNXRUNTIME: named })).toEqual({ file: library, by: "NERIUM_ONNXRUNTIME" });
  });

  test("is found in a Python environment, after one whose library has no CUDA", () => {
    file("plain", ...CAPI, NAME);
    const library = file("gpu", ...CAPI, NAME);
    file("gpu", ...CAPI, PROVIDER);
    const python = file("gpu", "bin", "python3");
    expect(find({ VIRTUAL_ENV: join(root, "plain"), NERIUM_PYTHON: python })).toEqual({
      file: library,
      by: "NERIUM_PYTHON",
    });
  });

  test("must have its provider beside it, and no other is taken in its place", () => {
    const plain = file("plain", ...CAPI, NAME);
    file("gpu", ...CAPI, NAME);
    file("gpu", ...CAPI, PROVIDER);
    const missing = error("RUNTIME_CUDA_MISSING", {
      message: `This ONNX Runtime has no CUDA: ${PROVIDER} is not beside it`,
      where: plain,
      remedy: expect.stringContaining('pip install "onnxruntime-gpu[cuda,cudnn]"'),
    });
    expect(() => find({ NERIUM_ONNXRUNTIME: plain, VIRTUAL_ENV: join(root, "gpu") })).toThrow(missing);
    expect(() => find({ VIRTUAL_ENV: join(root, "plain") })).toThrow(missing);
  });

  test("is installed with the command in the error, which says where it was searched", () => {
    expect(() => find({ VIRTUAL_ENV: join(root, "empty") })).toThrow(
      error("RUNTIME_CUDA_MISSING", {
        where: expect.stringMatching(/^NERIUM_ONNXRUNTIME, VIRTUAL_ENV, .*pip's folders$/),
        remedy: expect.stringContaining('pip install "onnxruntime-gpu[cuda,cudnn]"'),
      }),
    );
    expect(() => find({ NERIUM_ONNXRUNTIME: "/nowhere" })).toThrow(
      error("RUNTIME_CUDA_MISSING", { where: "NERIUM_ONNXRUNTIME=/nowhere" }),
    );
  });

  test("may not be older than 1.24, and is not loaded then", () => {
    const old = file("old", "libonnxruntime.so.1.23.2");
    file("old", PROVIDER);
    vi.stubEnv("NERIUM_ONNXRUNTIME", old);
    const refused = {
      message: "ONNX Runtime 1.23.2 is too old for the device cuda: Nerium needs 1.24 or later",
    };
    expect(() => cudaLibrary()).toThrow(error("RUNTIME_CUDA_VERSION", { ...refused, where: old }));
  });

  test("must say itself that it has CUDA", () => {
    const packaged = join(root, "libonnxruntime.so");
    symlinkSync(ort().file, packaged);
    file(PROVIDER);
    vi.stubEnv("NERIUM_ONNXRUNTIME", packaged);
    expect(providersOf(ort())).toContain("CPUExecutionProvider");
    expect(() => cudaLibrary(() => ["CPUExecutionProvider"])).toThrow(
      error("RUNTIME_CUDA_MISSING", { message: `ONNX Runtime ${ort().version} was built without CUDA` }),
    );
    // Whatever it says, without the file of its provider it refuses.
    const { call } = ort();
    const options = outValue((cell) => call.CreateSessionOptions(cell));
    expect(() => addCuda(ort(), options, {})).toThrow(error("RUNTIME_CALL_FAILED"));
    call.ReleaseSessionOptions(options);
  });

  test("is loaded after NVIDIA's libraries of the same environment, each after those that it needs", () => {
    const library = file("env", ...CAPI, NAME);
    const nvidia = (...path: string[]) => file("env", ...CAPI.slice(0, 3), "nvidia", ...path);
    const [cudnn, cublas, cublasLt, cudart] = [
      nvidia("cudnn", "lib", "libcudnn.so.9"),
      nvidia("cu13", "lib", "libcublas.so.13"),
      nvidia("cu13", "lib", "libcublasLt.so.13"),
      nvidia("cu13", "lib", "libcudart.so.13"),
    ];
    nvidia("cu13", "lib", "libnvblas.so.13");
    expect(cudaLibraries(library, "linux")).toEqual([cudart, cublasLt, cublas, cudnn]);
    expect(cudaLibraries(join(root, "elsewhere", "a", "b"), "linux")).toEqual([]);
  });
});

describe("NVIDIA's driver", () => {
  const driver = (names: readonly string[], status = 0): CudaDriver => ({
    start: () => status,
    count: () => names.length,
    nameOf: (device) => names[device]!,
  });

  test("names the GPU", () => {
    expect(requireCudaDevice(1, driver(["NVIDIA A10", "NVIDIA H200"]))).toBe("NVIDIA H200");
  });

  test.each([
    [driver([], 100), "NVIDIA's driver finds no GPU"],
    [driver([], 803), "NVIDIA's driver cannot be started (error 803)"],
    [driver(["NVIDIA A10"]), "there is no cuda:2; there is: cuda:0 (NVIDIA A10)"],
  ])("without the GPU that was asked for, the error says what there is", (installed, reason) => {
    expect(() => requireCudaDevice(2, installed)).toThrow(
      error("RUNTIME_CUDA_UNAVAILABLE", { message: `No GPU can be used through CUDA: ${reason}` }),
    );
  });
});

describe("what does not exist is refused by name", () => {
  test.each([
    [{ engine: "openvino", device: "cuda" }, "The device cuda cannot be used with the engine openvino"],
    [{ tf32: true, device: "cpu" }, "The device cpu cannot be used with tf32"],
    [{ tf32: true, device: "webgpu" }, "The device webgpu cannot be used with tf32"],
    [{ tf32: true, engine: "openvino" }, "The device cpu cannot be used with tf32"],
  ] as const)("%o", async (choice, message) => {
    await expect(chosenEngine(choice)).rejects.toEqual(error("RUNTIME_DEVICE_UNSUPPORTED", { message }));
  });

  test.each(["q8", "int8"] as const)("a model in %s on cuda", async (dtype) => {
    await expect(load("nowhere", { dtype, device: "cuda:1" })).rejects.toEqual(
      error("RUNTIME_DEVICE_UNSUPPORTED"),
    );
  });

  test("a device without a library, before anything is read", async () => {
    vi.stubEnv("NERIUM_ONNXRUNTIME", "/nowhere");
    const { io, stderr } = testIo();
    const args = ["predict", "nobody/no-model", "Anna lives in Berlin.", "--device", "cuda:1"];
    expect(await nerium(args, io)).toBe(1);
    expect(stderr.text).toMatch(/^error: ONNX Runtime with CUDA was not found .*\[RUNTIME_CUDA_MISSING\]\n/);
    expect(stderr.text).toContain("pip install");
    expect(stderr.text).not.toContain("    at ");
  });
});

/** What two accumulated training steps of a tiny model give. */
async function steps(engine: Engine) {
  const tiny = await tinyModel();
  const { recipe } = parseRecipe(
    tiny.recipe({ perDeviceTrainBatchSize: 4, gradientAccumulationSteps: 2, emaDecay: 0.9, output: root }),
  );
  const prepared = await prepare(recipe, undefined, { engines: { training: engine, evaluation: engine } });
  const trainer = await StepEngine.create(recipe, prepared, 1);
  const windows = [...prepared.train.windows].slice(0, 16);
  const figures: number[] = [];
  for (const step of [1, 2]) {
    const { loss, gradNorm } = await trainer.gradient(windows.slice((step - 1) * 8, step * 8), step);
    figures.push(loss, gradNorm);
    await trainer.update(step, 1e-3, gradNorm);
    await trainer.followAverage(step, true);
  }
  const values = {
    figures,
    gradients: trainer.gradients.copyOut(),
    weights: prepared.weights.block.copyOut(),
    average: trainer.average!.block.copyOut(),
  };
  await trainer.dispose();
  rmSync(tiny.folder, { recursive: true });
  return values;
}

const apart = (a: Float32Array, b: Float32Array): number =>
  Math.hypot(...a.map((value, at) => value - b[at]!)) / Math.hypot(...b);

test("steps on a device from which a graph copies give the numbers of the CPU", async () => {
  const device = await hostDevice(ort());
  const [there, here] = [await steps(device), await steps(cpuEngine())];
  expect(device.copies()).toBeGreaterThan(0);
  expect(there.figures).toEqual(here.figures);
  for (const name of ["gradients", "weights", "average"] as const)
    expect(apart(there[name], here[name]), name).toBeLessThan(1e-6);
});

function found(): Ort | string {
  try {
    return cudaLibrary();
  } catch (error) {
    if (isNeriumError(error)) return error.message;
    throw error;
  }
}
const library = found();
const hasCompiler = ["cc", "nm"].every(
  (name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0,
);
const title = "the library of onnxruntime-gpu";

describe.skipIf(typeof library === "string")(
  typeof library === "string" ? `${title} (skipped: ${library})` : title,
  () => {
    test("computes training steps on the CPU beside the packaged library, with the same numbers", async () => {
      const other = await hostDevice(library as Ort);
      expect(other.version()).not.toBe("");
      const [there, here] = [await steps(other), await steps(cpuEngine())];
      there.figures.forEach((figure, at) => {
        expect(figure / here.figures[at]!).toBeCloseTo(1, 5);
      });
      expect(apart(there.gradients, here.gradients)).toBeLessThan(1e-5);
      expect(apart(there.weights, here.weights)).toBeLessThan(1e-5);
    });

    test("ends with a clear error where CUDA cannot be used", async () => {
      const opened = await openGpu(0, library as Ort).then(
        ({ name }) => name,
        (refused: unknown) => refused,
      );
      // A machine with a card opens it.
      if (typeof opened === "string") return expect(opened).not.toBe("");
      expect(opened).toEqual(error("RUNTIME_CUDA_UNAVAILABLE"));
      // The same without asking the driver first: then ONNX Runtime and the system say what is missing.
      const present: CudaDriver = { start: () => 0, count: () => 1, nameOf: () => "NVIDIA A10" };
      await expect(openGpu(0, library as Ort, present)).rejects.toEqual(
        error("RUNTIME_CUDA_UNAVAILABLE", {
          message: expect.stringMatching(
            /^No GPU can be used through CUDA: NVIDIA's library lib\S+ is missing$/,
          ),
          remedy: expect.stringContaining("pip install"),
        }),
      );
    });

    describe.skipIf(!hasCompiler)(
      `with stand-ins for NVIDIA's libraries${hasCompiler ? "" : " (skipped: no cc and nm)"}`,
      () => {
        let folder: string;
        beforeAll(() => {
          folder = mkdtempSync(join(tmpdir(), "nerium-stand-ins-"));
          compileStandIns(join(dirname((library as Ort).file), PROVIDER), folder);
        });
        afterAll(() => rmSync(folder, { recursive: true }));

        test.each([
          ["bert", "fp32"],
          ["bert", "tf32"],
          ["bert", "bf16"],
          ["deberta-v2", "bf16"],
        ])("every operation of a step of %s in %s is on CUDA, except sizes of shapes", (family, format) => {
          const program = join(import.meta.dirname, "cudaSteps.ts");
          const { status, stdout, stderr } = spawnSync(
            process.execPath,
            ["--import", "tsx", program, family, format],
            {
              encoding: "utf8",
              env: { ...process.env, NERIUM_ONNXRUNTIME: (library as Ort).file, LD_LIBRARY_PATH: folder },
            },
          );
          expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
          const { device, nodes, copiedBack } = JSON.parse(stdout.trim().split("\n").at(-1)!);
          expect(device).toBe("cuda, Stand-in, through CUDA");
          expect(copiedBack).toBe(true);
          expect(nodes.CUDAExecutionProvider.length).toBeGreaterThan(500);
          const elsewhere = new Set(nodes.CPUExecutionProvider);
          const allowed = ["Gather", ...(family === "deberta-v2" ? ["Add", "Sub", "Mul", "Concat"] : [])];
          expect([...elsewhere].filter((name) => !allowed.includes(name as string))).toEqual([]);
          // What NVIDIA's libraries are asked for: 3 is TF32, and 14 the type bfloat16.
          expect(stderr.includes("math mode 3")).toBe(format === "tf32");
          expect(stderr.includes("product of type 14")).toBe(format === "bf16");
        });
      },
    );
  },
);

const card =
  typeof library === "string"
    ? library
    : await chosenEngine({ device: "cuda" }).catch((error: Error) => error.message);
describe.skipIf(typeof card === "string")(
  `a GPU of NVIDIA${typeof card === "string" ? ` (skipped: ${card})` : ""}`,
  () => {
    const gpu = card as Engine;
    test("gives every operation and its gradient as the CPU does", async () => {
      const { outputs, wrong } = await comparedOperations(gpu);
      expect(outputs).toBeGreaterThan(200);
      expect(wrong).toEqual([]);
    });

    test("takes the steps of the CPU, with the same bytes each time", async () => {
      const [first, again, here] = [await steps(gpu), await steps(gpu), await steps(cpuEngine())];
      expect(again).toEqual(first);
      for (const name of ["gradients", "weights", "average"] as const)
        expect(apart(first[name], here[name]), name).toBeLessThan(1e-5);
    });

    test.each([{ tf32: true }, { bf16: true }])(
      "with %o it rounds, and its gradient is near",
      async (format) => {
        const rounded = await steps(await chosenEngine({ device: "cuda", ...format }));
        const distance = apart(rounded.gradients, (await steps(gpu)).gradients);
        expect(distance).toBeGreaterThan(1e-6);
        expect(distance).toBeLessThan(0.05);
      },
    );
  },
);
