/** Which engine computes is what was asked for, or an error. What this processor has decides which of the tests run. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { nerium } from "../../../src/cli/nerium.js";
import { load } from "../../../src/infer/index.js";
import { chosenEngine, cpuEngine, machineReport } from "../../../src/runtime/index.js";
import { bf16Support } from "../../../src/runtime/processor.js";
import { train } from "../../../src/train/index.js";
import { testIo } from "../../cli/testIo.js";
import { tinyModel } from "../../train/tinyModel.js";

const code = (code: string) => expect.objectContaining({ name: "NeriumError", code });
const support = bf16Support();

beforeEach(() => {
  vi.stubEnv("NERIUM_OPENVINO", "/nowhere");
});
afterEach(() => vi.unstubAllEnvs());

test("auto is ONNX Runtime for float32", async () => {
  expect(await chosenEngine()).toBe(cpuEngine());
  expect(await chosenEngine({ engine: "auto", bf16: false })).toBe(cpuEngine());
});

test("ONNX Runtime does not compute in bf16", async () => {
  await expect(chosenEngine({ engine: "onnxruntime", bf16: true })).rejects.toEqual(
    code("RUNTIME_BF16_ENGINE"),
  );
});

test("without OpenVINO, asking for it is an error with the command that installs it", async () => {
  await expect(chosenEngine({ engine: "openvino" })).rejects.toEqual(
    expect.objectContaining({
      code: "RUNTIME_OPENVINO_MISSING",
      remedy: expect.stringContaining("pip install openvino"),
    }),
  );
});

describe.skipIf(support !== "none")(`bf16 on a processor without it (this one: ${support})`, () => {
  let tiny: Awaited<ReturnType<typeof tinyModel>> | undefined;
  afterAll(() => tiny && rmSync(tiny.folder, { recursive: true }));

  test.each(["auto", "openvino"] as const)(
    "is an error with the engine %s, installed or not",
    async (engine) => {
      await expect(chosenEngine({ engine, bf16: true })).rejects.toEqual(code("RUNTIME_BF16_UNSUPPORTED"));
    },
  );

  test.each(["bf16", "bf16FullEval"])("a recipe with %s does not start", async (field) => {
    tiny ??= await tinyModel();
    const run = train(tiny.recipe({ [field]: true }));
    await expect(run.result()).rejects.toEqual(code("RUNTIME_BF16_UNSUPPORTED"));
  });

  test("a model does not load in bf16", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nerium-bf16-"));
    await expect(load(folder, { dtype: "bf16" })).rejects.toEqual(code("RUNTIME_BF16_UNSUPPORTED"));
    rmSync(folder, { recursive: true });
  });
});

describe.skipIf(support === "none" || support === "unknown")(
  `bf16 on a processor with it (this one: ${support})`,
  () => {
    test("needs OpenVINO", async () => {
      await expect(chosenEngine({ bf16: true })).rejects.toEqual(code("RUNTIME_OPENVINO_MISSING"));
    });
  },
);

describe("nerium devices", () => {
  test("lists engines, what the processor has, and what is missing", async () => {
    const { io, stdout } = testIo();
    expect(await nerium(["devices"], io)).toBe(0);
    expect(stdout.text).toMatch(/^processor +\S/m);
    expect(stdout.text).toMatch(/^bf16 +(no: |yes, with )/m);
    expect(stdout.text).toMatch(/^onnxruntime +1\.\d+\.\d+ +\/.*libonnxruntime/m);
    expect(stdout.text).toMatch(/^openvino +– +OpenVINO was not found/m);
    expect(stdout.text).toContain("pip install openvino");
  });

  test("prints the same as JSON", async () => {
    const { io, stdout } = testIo();
    expect(await nerium(["devices", "--json"], io)).toBe(0);
    const { engines, bf16, threads } = JSON.parse(stdout.text);
    expect({ bf16, threads }).toEqual({ bf16: support, threads: (await machineReport()).threads });
    expect(engines).toMatchObject([
      { name: "onnxruntime", version: expect.stringMatching(/^1\./) },
      { name: "openvino", problem: { code: "RUNTIME_OPENVINO_MISSING", where: "NERIUM_OPENVINO=/nowhere" } },
    ]);
  });
});
