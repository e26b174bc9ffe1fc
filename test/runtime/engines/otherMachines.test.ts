/** What a user reads on other machines than this one: in a container with a limit, and on processors with and without bf16. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { nerium } from "../../../src/cli/nerium.js";
import type { TrainEvent } from "../../../src/run/index.js";
import { train } from "../../../src/train/index.js";
import { bf16Advice, MEASURED } from "../../../src/train/prepare/bf16Advice.js";
import { testIo } from "../../cli/testIo.js";
import { stopAfter } from "../../train/stopAfter.js";
import { tinyModel } from "../../train/tinyModel.js";

/** The files of another machine, and whether it is Linux. */
const machine = vi.hoisted(() => ({ files: {} as Record<string, string | undefined>, processors: 8 }));

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const readFileSync = (file: string, ...rest: never[]) => {
    if (!/^\/(proc\/(cpuinfo|self\/cgroup)$|sys\/fs\/cgroup\/)/.test(String(file)))
      return fs.readFileSync(file, ...rest);
    const text = machine.files[file];
    if (text === undefined) throw Object.assign(new Error(`ENOENT: ${file}`), { code: "ENOENT" });
    return text;
  };
  return { ...fs, readFileSync, default: { ...fs, readFileSync } };
});
vi.mock("node:os", async (original) => ({
  ...(await original<typeof import("node:os")>()),
  availableParallelism: () => machine.processors,
}));

const scratch = mkdtempSync(join(tmpdir(), "nerium-machines-"));
let tiny: Awaited<ReturnType<typeof tinyModel>> | undefined;
afterAll(() => {
  rmSync(scratch, { recursive: true });
  if (tiny !== undefined) rmSync(tiny.folder, { recursive: true });
});

const flags = (words: string) => ({ "/proc/cpuinfo": `processor\t: 0\nflags\t\t: fpu sse2 ${words}\n` });
beforeEach(() => {
  machine.files = flags("avx2 avx512f avx512bw avx512_vnni avx512_bf16");
});

/** What a command prints, and its exit code. */
async function printed(...args: string[]) {
  const { io, stdout, stderr } = testIo();
  const code = await nerium(args, io);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

describe("in a container that may use 2 of 8 processors", () => {
  beforeEach(() => {
    Object.assign(machine.files, {
      "/proc/self/cgroup": "0::/\n",
      "/sys/fs/cgroup/cpu.max": "200000 100000\n",
    });
  });

  test("nerium devices says so", async () => {
    const { stdout } = await printed("devices");
    expect(stdout).toMatch(/^threads +2, as many as its container allows$/m);
    machine.files = {};
    expect((await printed("devices")).stdout).toMatch(/^threads +8$/m);
  });

  test.each([
    [undefined, 2],
    [1, 1],
  ])("a run with threads %s computes with %i", async (threads, expected) => {
    tiny ??= await tinyModel();
    const run = train(
      tiny.recipe({ threads, maxSteps: 1, evalStrategy: "no", output: join(scratch, `${threads}`) }),
    );
    const started: number[] = [];
    for await (const event of run) if (event.type === "start") started.push(event.threads);
    expect(started).toEqual([expected]);
  });
});

describe.skipIf(process.arch !== "x64")("on a processor without bf16", () => {
  const train = ["train", "--model", "/nowhere", "--train", "/nowhere"];
  const remedy = "Leave bf16 out to compute in fp32, or use a CPU with AVX512_BF16 or AMX.";

  test.each([
    // OpenVINO would emulate bf16 here, more slowly than fp32.
    ["AVX-512 alone", "avx2 avx512f avx512bw avx512dq avx512vl avx512_vnni"],
    // OpenVINO would compute in fp32 without a word.
    ["AVX2", "avx avx2 fma f16c avx_vnni"],
  ])("with %s, asking for bf16 is an error before anything is read", async (_, words) => {
    machine.files = flags(words);
    const expected = {
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^error: This CPU cannot compute in bf16: it has neither AVX512_BF16 nor AMX +\[RUNTIME_BF16_UNSUPPORTED\]\n/,
      ),
    };
    const asked = [
      [...train, "--output", join(scratch, "training"), "--bf16"],
      [...train, "--output", join(scratch, "evaluation"), "--bf16-full-eval", "--engine", "openvino"],
      ["predict", "nobody/no-model", "Anna lives in Berlin.", "--dtype", "bf16"],
      ["evaluate", "nobody/no-model", "/nowhere", "--dtype", "bf16"],
    ];
    for (const args of asked) {
      const result = await printed(...args);
      expect(result).toEqual(expected);
      expect(result.stderr).toContain(remedy);
    }
    const { stdout } = await printed("devices");
    expect(stdout).toMatch(
      /^bf16 +no: This CPU cannot compute in bf16: it has neither AVX512_BF16 nor AMX$/m,
    );
  });

  test("where the processor's flags are unknown, bf16 is refused too", async () => {
    machine.files = {};
    const { code, stderr } = await printed(...train, "--output", join(scratch, "unknown"), "--bf16");
    expect(code).toBe(1);
    expect(stderr).toContain("its instructions are only known on Linux");
  });
});

describe("a run in fp32 on a processor with bf16", () => {
  const wide = { hiddenSize: 768 };
  const standard = { engine: "auto", device: "cpu", bf16: false } as const;

  test("gets a notice with the instructions of the processor, what they bring, and where to read", () => {
    expect(bf16Advice(standard, wide, "AMX")).toEqual({
      type: "notice",
      code: "BF16_AVAILABLE",
      message: expect.stringMatching(
        /^This CPU has AMX, .*--bf16.* 0\.\d+ of the time .* docs\/engines\.md\.$/,
      ),
    });
    expect(bf16Advice(standard, wide)?.message).toContain("AVX512_BF16");
  });

  test("the figure is the one in the documentation", () => {
    const page = readFileSync(join(import.meta.dirname, "../../..", MEASURED.page), "utf8");
    const figure =
      /a step in bf16 takes [\d.]+ of the time .* for the gradient, and ([\d.]+) with the optimizer/;
    expect(figure.exec(page.replace(/\s+/g, " "))?.[1]).toBe(MEASURED.share);
  });

  test.each([
    ["the processor has no bf16", standard, wide, "none"],
    ["the processor is unknown", standard, wide, "unknown"],
    ["the run is in bf16", { ...standard, bf16: true }, wide, "AMX"],
    ["the recipe chooses ONNX Runtime", { ...standard, engine: "onnxruntime" }, wide, "AMX"],
    ["the run is on a GPU", { ...standard, device: "webgpu" }, wide, "AMX"],
    ["the encoder is small", standard, { hiddenSize: 256 }, "AMX"],
  ] as const)("gets none if %s", (_, recipe, encoder, support) => {
    expect(bf16Advice(recipe, encoder, support)).toBeUndefined();
  });

  test("gets it once: not when it is resumed, and not with every run of a process", async () => {
    const model = await tinyModel({ hidden_size: 384, num_hidden_layers: 1 });
    const settings = { evalStrategy: "no", saveStrategy: "steps", saveSteps: 1 } as const;
    const recipe = (name: string, maxSteps: number) =>
      model.recipe({ ...settings, maxSteps, output: join(scratch, name) });
    const told = async (run: AsyncIterable<TrainEvent>) => {
      const seen = { resumedAt: -1, notices: 0 };
      for await (const event of run) {
        if (event.type === "start") seen.resumedAt = event.resumedAt;
        if (event.type === "notice" && event.code === "BF16_AVAILABLE") seen.notices++;
      }
      return seen;
    };
    // Resumed first, since a process that has said it is silent anyway.
    machine.files = flags("avx2");
    await stopAfter(recipe("first", 2), 1);
    machine.files = flags("avx512_bf16");
    expect(await told(train(recipe("first", 2), { resume: true }))).toEqual({ resumedAt: 1, notices: 0 });
    expect(await told(train(recipe("second", 1)))).toEqual({ resumedAt: 0, notices: 1 });
    expect(await told(train(recipe("third", 1)))).toEqual({ resumedAt: 0, notices: 0 });
    rmSync(model.folder, { recursive: true });
  });
});
