/** Which device `auto` takes, and the GPUs that machines say they have. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { nerium } from "../../../src/cli/nerium.js";
import { NeriumError, type NeriumWarning } from "../../../src/errors.js";
import { load } from "../../../src/infer/index.js";
import { autoEngine } from "../../../src/runtime/engines/auto.js";
import { type Gpu, gpusIn } from "../../../src/runtime/gpus.js";
import { chosenEngine, cpuEngine, type Engine } from "../../../src/runtime/index.js";
import { train } from "../../../src/train/index.js";
import { runEngines } from "../../../src/train/prepare/engines.js";
import { gpuAdvice } from "../../../src/train/prepare/gpuAdvice.js";
import { testIo } from "../../cli/testIo.js";
import { tinyModel } from "../../train/tinyModel.js";

const machine = vi.hoisted(() => ({
  gpus: [] as Gpu[],
  webgpu: undefined as (() => Promise<Engine>) | undefined,
}));
vi.mock("../../../src/runtime/engines/onnxruntime/webgpu.js", async (original) => {
  const real = await original<typeof import("../../../src/runtime/engines/onnxruntime/webgpu.js")>();
  return { ...real, requireWebgpu: () => (machine.webgpu ?? real.requireWebgpu)() };
});
vi.mock("../../../src/runtime/gpus.js", async (original) => ({
  ...(await original<typeof import("../../../src/runtime/gpus.js")>()),
  machineGpus: () => machine.gpus,
}));

const h200: Gpu = {
  ...{ name: "NVIDIA H200", vendor: "NVIDIA", isDiscrete: true },
  ...{ memory: 143_771 * 2 ** 20, driver: "nvidia 550.54.15" },
};
const radeon: Gpu = {
  name: "GPU of AMD",
  vendor: "AMD",
  isDiscrete: true,
  memory: 16 * 2 ** 30,
  driver: "amdgpu",
};
const ofProcessor: Gpu = { name: "GPU of Intel", vendor: "Intel", isDiscrete: false, driver: "i915" };

describe("auto", () => {
  /** Chooses among engines of which those named in `missing` cannot be used. */
  const chosen = async (gpus: readonly Gpu[], ...missing: string[]) => {
    const asked: string[] = [];
    const engine = await autoEngine(async (device) => {
      asked.push(device);
      if (missing.includes(device)) throw new NeriumError("TEST", `${device} is missing`);
      return { ...cpuEngine(), device, description: device } satisfies Engine;
    }, gpus);
    return { asked, device: engine.device, description: engine.description };
  };

  test.each([
    ["a GPU of NVIDIA is used through CUDA", [h200], [], "cuda", "cuda"],
    ["or through WebGPU, without CUDA", [h200], ["cuda"], "webgpu", "webgpu"],
    ["another one through WebGPU", [radeon], [], "webgpu", "webgpu"],
    ["that of a processor is not used", [ofProcessor], [], "cpu", "cpu. This machine has no discrete GPU"],
    ["without one, the CPU computes", [], [], "cpu", "cpu. This machine has no discrete GPU"],
    [
      "if none can be used, it says why",
      [ofProcessor, h200],
      ["cuda", "webgpu"],
      "cpu",
      "cpu. cuda is missing. webgpu is missing",
    ],
  ] as const)("%s", async (_, gpus, missing, device, description) => {
    expect(await chosen(gpus, ...missing)).toMatchObject({ device, description });
  });

  test("an error that is not about the device is not hidden", async () => {
    const bug = new TypeError("bug");
    await expect(autoEngine(() => Promise.reject(bug), [h200])).rejects.toBe(bug);
  });

  test("tells who loads a model where it computes", async () => {
    machine.gpus = [];
    const tiny = await tinyModel({ num_hidden_layers: 1 });
    const { folder } = await train(tiny.recipe({ maxSteps: 1, evalStrategy: "no" })).result();
    const warnings: NeriumWarning[] = [];
    const ner = await load(folder, { device: "auto", onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([
      { code: "DEVICE", message: "The model computes on the CPU. This machine has no discrete GPU." },
    ]);
    await ner.dispose();
    const notices: string[] = [];
    for await (const event of train(
      tiny.recipe({ maxSteps: 1, evalStrategy: "no", device: "auto", output: join(tiny.folder, "auto") }),
    ))
      if (event.type === "notice") notices.push(`${event.code}: ${event.message}`);
    expect(notices[0]).toBe("DEVICE: The run computes on the CPU. This machine has no discrete GPU.");
    rmSync(tiny.folder, { recursive: true });
  });

  test("evaluates in bf16 where it trains", async () => {
    machine.gpus = [radeon];
    vi.stubEnv("NERIUM_OPENVINO", "/nowhere");
    const webgpu = { ...cpuEngine(), device: "webgpu", description: "a GPU" };
    machine.webgpu = async () => webgpu;
    const asked = { engine: "auto", device: "auto", tf32: undefined } as const;
    expect(await runEngines({ ...asked, bf16: false, bf16FullEval: false })).toMatchObject({
      training: { device: "webgpu" },
      evaluation: { device: "webgpu" },
    });
    await expect(runEngines({ ...asked, bf16: false, bf16FullEval: true })).rejects.toEqual(
      expect.objectContaining({ message: "The device webgpu cannot be used with bf16" }),
    );
    machine.webgpu = undefined;
    vi.unstubAllEnvs();
  });

  test("is the CPU on a machine without a GPU, in every number format", async () => {
    machine.gpus = [];
    for (const choice of [{}, { weights: "q8" }, { engine: "onnxruntime" }] as const)
      expect(await chosenEngine({ ...choice, device: "auto" })).toMatchObject({ device: "cpu" });
    await expect(chosenEngine({ tf32: true, device: "auto" })).rejects.toEqual(
      expect.objectContaining({ code: "RUNTIME_DEVICE_UNSUPPORTED" }),
    );
  });
});

describe("a run on the CPU", () => {
  const recipe = { device: "cpu" } as const;
  test("of a machine with a discrete GPU gets a notice that names it", () => {
    expect(gpuAdvice(recipe, [ofProcessor, h200])).toEqual({
      type: "notice",
      code: "GPU_AVAILABLE",
      message: expect.stringMatching(
        /^This machine has a GPU, NVIDIA H200\. .*--device auto.* nerium devices .*docs\/gpu\.md\.$/,
      ),
    });
  });
  test.each([
    ["of a machine without", recipe, [ofProcessor]],
    ["that was asked to use it", { device: "webgpu" } as const, [h200]],
    ["where auto took the CPU", { device: "auto" } as const, [h200]],
  ])("%s gets none", (_, asked, gpus) => {
    expect(gpuAdvice(asked, gpus)).toBeUndefined();
  });
});

describe("the GPUs of a machine", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "nerium-gpus-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** A card as Linux shows it: `cardN/device` leads to a folder named by its address, with files in it. */
  function card(number: number, place: string, driver: string, files: Record<string, string>): void {
    const device = join(root, "pci", place);
    mkdirSync(device, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(device, name), `${text}\n`);
    mkdirSync(join(root, "drivers", driver), { recursive: true });
    symlinkSync(join(root, "drivers", driver), join(device, "driver"));
    mkdirSync(join(root, "drm", `card${number}`), { recursive: true });
    symlinkSync(device, join(root, "drm", `card${number}`, "device"));
    mkdirSync(join(root, "drm", `card${number}-HDMI-A-1`), { recursive: true });
  }
  const listed = (nvidia?: string) => gpusIn({ nvidia: () => nvidia, cards: join(root, "drm") });

  test("of NVIDIA are those that nvidia-smi lists", () => {
    card(0, "0000:17:00.0", "nvidia", { vendor: "0x10de" });
    expect(listed("NVIDIA H200, 143771, 550.54.15\nNVIDIA GB10, [N/A], 580.95\n")).toEqual([
      h200,
      { name: "NVIDIA GB10", vendor: "NVIDIA", isDiscrete: true, driver: "nvidia 580.95" },
    ]);
  });

  test("of NVIDIA are listed without its driver too", () => {
    card(0, "0000:17:00.0", "nouveau", { vendor: "0x10de" });
    for (const nothing of [
      undefined,
      "",
      "NVIDIA-SMI has failed because it couldn't communicate with the driver",
    ])
      expect(listed(nothing)).toEqual([
        { name: "GPU of NVIDIA", vendor: "NVIDIA", isDiscrete: true, driver: "nouveau" },
      ]);
  });

  test("of AMD and Intel are discrete by their memory or their place", () => {
    card(0, "0000:00:02.0", "i915", { vendor: "0x8086" });
    card(1, "0000:03:00.0", "xe", { vendor: "0x8086" });
    card(2, "0000:0a:00.0", "amdgpu", { vendor: "0x1002", mem_info_vram_total: `${16 * 2 ** 30}` });
    card(3, "0000:0b:00.0", "amdgpu", { vendor: "0x1002", mem_info_vram_total: `${2 ** 29}` });
    // The screen of a server.
    card(4, "0000:02:00.0", "ast", { vendor: "0x1a03" });
    expect(listed()).toEqual([
      ofProcessor,
      { ...ofProcessor, isDiscrete: true, driver: "xe" },
      radeon,
      { ...radeon, isDiscrete: false, memory: 2 ** 29 },
    ]);
  });

  test("are none where Linux lists none, or the system is another", () => {
    expect(listed()).toEqual([]);
  });

  test("are listed by nerium devices with memory and driver, and with what is missing", async () => {
    machine.gpus = [h200, ofProcessor];
    const usual = testIo();
    expect(await nerium(["devices"], usual.io)).toBe(0);
    expect(usual.stdout.text).toMatch(/^NVIDIA H200 \(cuda:0\) +discrete +150\.8 GB +nvidia 550\.54\.15$/m);
    expect(usual.stdout.text).toMatch(/^GPU of Intel +shares the memory of the CPU +– +i915$/m);
    machine.gpus = [];
    const none = testIo();
    expect(await nerium(["devices", "--json"], none.io)).toBe(0);
    expect(JSON.parse(none.stdout.text)).toMatchObject({ gpus: [] });
  });
});
