/**
 * C4 and C5: a disk that is really full, and signals, tested on the command line: the output on standard
 * error, the exit code, and that the resumed run ends with the same bytes.
 */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newestWhole } from "../../../src/train/checkpoint/find.js";
import { compiledProgram, type Program } from "../../cli/program.js";
import { quickFolder } from "../../files/scratch.js";
import { ending } from "../outputBytes.js";
import { tinyModel } from "../tinyModel.js";
import { appeared, STEPS, STEPS_PER_EPOCH, trainFlags } from "./commandLine.js";
import { mayMount, mountedMemory } from "./mount.js";
import { debris } from "./savedRun.js";

let program: Program;
let tiny: Awaited<ReturnType<typeof tinyModel>>;
let scratch: string;
beforeAll(async () => {
  program = compiledProgram();
  tiny = await tinyModel();
  scratch = quickFolder("signals");
});
afterAll(() => {
  program.remove();
  rmSync(tiny.folder, { recursive: true });
  rmSync(scratch, { recursive: true });
});

let outputs = 0;
/** All outputs have the same last name, since the card contains it. */
const newOutput = (parent = scratch) => join(parent, `run-${outputs++}`, "output");

const LAST = `checkpoint-${STEPS}`;
const bytes = (output: string) => ending(output, LAST);

async function finished(flags: readonly string[]) {
  const { code, stderr } = await program.start(flags).ended;
  expect(`${code} ${stderr}`).toBe("0 ");
}

async function newestStep(output: string): Promise<number | undefined> {
  const { checkpoint, damaged } = await newestWhole(output);
  expect(damaged).toEqual([]);
  return checkpoint?.step;
}

describe("C4: a disk that is full", () => {
  const keepAll = { "save-steps": 1, "save-total-limit": 0 };

  test.skipIf(!mayMount())(
    "is named, harms no checkpoint, and the run goes on once there is room (skipped where nothing may be mounted)",
    async () => {
      const straight = newOutput();
      await finished(trainFlags(tiny, straight, keepAll));
      const disk = mountedMemory("8m")!;
      try {
        const output = newOutput(disk.folder);
        const flags = trainFlags(tiny, output, keepAll);
        const { code, stderr } = await program.start(flags).ended;
        expect(code).toBe(1);
        expect(stderr).toContain("[FILES_DISK_FULL]");
        expect(stderr).toContain(output);
        expect(debris(output)).toEqual([]);
        const newest = await newestStep(output);
        expect(newest).toBeGreaterThan(5);
        expect(newest).toBeLessThan(STEPS);
        disk.remount("size=64m");
        await finished([...flags, "--resume"]);
        expect(bytes(output)).toEqual(bytes(straight));
        console.log(`C4: disk of 8 MiB full after step ${newest}, then on to the same bytes`);
      } finally {
        disk.remove();
      }
    },
  );

  test("a limit of a file's size is named, harms no checkpoint, and the run goes on without it", async () => {
    const flags = (output: string) => trainFlags(tiny, output, { "save-steps": 6 });
    const straight = newOutput();
    await finished(flags(straight));
    const output = newOutput();
    const running = program.start(flags(output));
    await appeared(join(output, "checkpoint-6"), running);
    running.child.kill("SIGTERM");
    expect((await running.ended).code).toBe(143);
    const before = await newestStep(output);
    // The limit is in blocks of 512 bytes. The weights fit; the optimizer's state, which is twice as large,
    // does not.
    const weights = statSync(join(output, `checkpoint-${before}`, "model.safetensors")).size;
    const { code, stderr } = await program.start([...flags(output), "--resume"], {
      prefix: `ulimit -f ${Math.ceil((weights * 1.5) / 512)};`,
    }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain("[FILES_TOO_LARGE]");
    expect(stderr).toContain("optimizer.safetensors");
    expect(debris(output)).toEqual([]);
    expect(await newestStep(output)).toBe(before);
    await finished([...flags(output), "--resume"]);
    expect(bytes(output)).toEqual(bytes(straight));
  });
});

describe("C5: a signal", () => {
  const flags = (output: string) => trainFlags(tiny, output, { "save-steps": 2 });
  let straight: ReturnType<typeof bytes>;
  beforeAll(async () => {
    const output = newOutput();
    await finished(flags(output));
    straight = bytes(output);
  });

  /** Starts a run and sends it signals once a checkpoint exists. */
  async function interrupted(run: readonly string[], checkpoint: string, ...signals: NodeJS.Signals[]) {
    const running = program.start(run);
    await appeared(checkpoint, running);
    for (const signal of signals) running.child.kill(signal);
    return (await running.ended).code;
  }

  const evaluations = (output: string) =>
    readFileSync(join(output, "trainer_state.json"), "utf8").match(/"eval_loss"/g)?.length ?? 0;

  test.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("%s: a checkpoint and exit code %i, and on to the same bytes", async (signal, expected) => {
    const output = newOutput();
    expect(await interrupted(flags(output), join(output, "checkpoint-2"), signal)).toBe(expected);
    const step = (await newestStep(output))!;
    expect(step).toBeGreaterThanOrEqual(2);
    expect(step).toBeLessThan(STEPS);
    // At the end of an epoch, it may have come before the evaluation.
    const epochs = step / STEPS_PER_EPOCH;
    expect(evaluations(output)).toBeGreaterThanOrEqual(Math.ceil(epochs) - 1);
    expect(evaluations(output)).toBeLessThanOrEqual(Math.floor(epochs));
    expect(debris(output)).toEqual([]);
    await finished([...flags(output), "--resume"]);
    expect(bytes(output)).toEqual(straight);
    console.log(`C5: ${signal} after checkpoint-2, left with checkpoint-${step}`);
  });

  test("between the batches of an evaluation: it is done again when the run goes on", async () => {
    const validation = join(tiny.folder, "long.conll");
    writeFileSync(validation, readFileSync(tiny.files.validation, "utf8").repeat(60));
    const twoEpochs = { "num-train-epochs": 2, "save-steps": STEPS_PER_EPOCH };
    const long = (folder: string) =>
      trainFlags(tiny, folder, { ...twoEpochs, validation, "max-eval-samples": 2400 });
    const output = newOutput();
    // At the end of an epoch, the evaluation starts while the checkpoint is still being written.
    const first = join(output, `checkpoint-${STEPS_PER_EPOCH}`);
    expect(await interrupted(long(output), first, "SIGTERM")).toBe(143);
    expect(await newestStep(output)).toBe(STEPS_PER_EPOCH);
    expect(evaluations(output)).toBe(0);
    await finished([...long(output), "--resume"]);
    const unbroken = newOutput();
    await finished(long(unbroken));
    const last = `checkpoint-${2 * STEPS_PER_EPOCH}`;
    expect(ending(output, last)).toEqual(ending(unbroken, last));
    expect(evaluations(output)).toBe(2);
  });

  test("the second leaves at once, with the checkpoints that there are", async () => {
    const output = newOutput();
    const code = await interrupted(flags(output), join(output, "checkpoint-2"), "SIGINT", "SIGTERM");
    // The system may deliver the signals in either order.
    expect([130, 143]).toContain(code);
    expect(readdirSync(output)).not.toContain("trainer_state.json");
    expect(await newestStep(output)).toBeGreaterThanOrEqual(2);
    await finished([...flags(output), "--resume"]);
    expect(bytes(output)).toEqual(straight);
  });
});
