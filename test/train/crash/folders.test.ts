/**
 * C6 and C7: other processes that use the output folder, and other changes to it.
 *
 * Two facts about Windows are assumed, not tested. A folder cannot be fsynced there: `syncsFolders` is false,
 * and names depend on NTFS's journal. A rename fails with EPERM, EBUSY or EACCES while a virus scanner holds
 * a new file: it is tried ten times within about three seconds. Node handles paths longer than 260
 * characters: it passes absolute ones to the system as `\\?\…`.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LOCK } from "../../../src/files/index.js";
import type { RecipeInput } from "../../../src/recipe/index.js";
import type { TrainEvent } from "../../../src/run/index.js";
import { newestWhole } from "../../../src/train/checkpoint/find.js";
import { type TrainOptions, train } from "../../../src/train/index.js";
import { quickFolder } from "../../files/scratch.js";
import { copyWhileWritten } from "../copyWhileWritten.js";
import { ending, everything } from "../outputBytes.js";
import { tinyModel } from "../tinyModel.js";
import { mayMount, mountedMemory } from "./mount.js";
import { debris } from "./savedRun.js";

let tiny: Awaited<ReturnType<typeof tinyModel>>;
let scratch: string;
let straight: ReturnType<typeof ending>;
beforeAll(async () => {
  tiny = await tinyModel();
  scratch = quickFolder("folders");
  const input = recipe();
  await run(input);
  straight = ending(input.output);
});
afterAll(() => {
  rmSync(tiny.folder, { recursive: true });
  rmSync(scratch, { recursive: true });
});

let outputs = 0;
/** All outputs have the same last name, since the card contains it. */
const newOutput = (parent = scratch) => join(parent, `run-${outputs++}`, "output");

/** Nine steps with two batches each, and a checkpoint every other step. */
const recipe = (changes: Partial<RecipeInput> = {}): RecipeInput =>
  tiny.recipe({
    output: newOutput(),
    maxTrainSamples: 44,
    maxEvalSamples: 12,
    perDeviceTrainBatchSize: 8,
    gradientAccumulationSteps: 2,
    numTrainEpochs: 3,
    saveStrategy: "steps",
    saveSteps: 2,
    saveTotalLimit: 0,
    ...changes,
  });

async function run(input: RecipeInput, options: TrainOptions = {}) {
  const events: TrainEvent[] = [];
  const listener = (event: TrainEvent) => void events.push(event);
  const training = train(input, { ...options, listeners: [listener, ...(options.listeners ?? [])] });
  return { events, result: await training.result() };
}

/** Runs a recipe and calls `act` at the event of a step, before the run goes on. */
const runWith = (
  input: RecipeInput,
  [type, step]: readonly ["step" | "save", number],
  act: () => unknown,
  options: TrainOptions = {},
) =>
  run(input, {
    ...options,
    listeners: [
      async (event) => {
        if (event.type === type && event.step === step) await act();
      },
    ],
  });

async function stoppedAt(step: number, changes: Partial<RecipeInput> = {}): Promise<RecipeInput> {
  const input = recipe(changes);
  const stopping = new AbortController();
  await runWith(input, ["step", step], () => stopping.abort(), { signal: stopping.signal });
  return input;
}

const resumedAt = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === "start" ? [event.resumedAt] : []));

describe("C6: two runs in one output folder", () => {
  test("the second refuses, whatever it was asked for, and harms nothing", async () => {
    const input = recipe();
    const refused: unknown[] = [];
    await runWith(input, ["step", 5], async () => {
      for (const [changes, resume] of [
        [{}, false],
        [{ overwriteOutputDir: true, seed: 7 }, false],
        [{}, true],
        [{ force: true, learningRate: 1 }, true],
      ] as const)
        refused.push(await run({ ...input, ...changes }, { resume }).catch((error: unknown) => error));
    });
    expect(refused).toHaveLength(4);
    for (const error of refused)
      expect(error).toMatchObject({
        code: "FILES_FOLDER_LOCKED",
        message: `${input.output} is in use by process ${process.pid} on ${hostname()}`,
        where: join(input.output, LOCK),
      });
    expect(ending(input.output)).toEqual(straight);
    expect(readdirSync(input.output)).not.toContain(LOCK);
  });

  test("a run whose folder another one has taken stops before it writes", async () => {
    const input = recipe({ saveSteps: 4 });
    const other = JSON.stringify({ pid: 1, started: null, host: "elsewhere", claim: "01234567" });
    const take = () => writeFileSync(join(input.output, LOCK), other);
    await expect(runWith(input, ["step", 2], take)).rejects.toMatchObject({ code: "FILES_LOCK_LOST" });
    expect(readdirSync(input.output)).toEqual([LOCK]);
    expect(readFileSync(join(input.output, LOCK), "utf8")).toBe(other);
  });

  test("an error of the run lets the folder go", async () => {
    const input = recipe({ train: join(tiny.folder, "nowhere.conll") });
    await expect(run(input)).rejects.toMatchObject({ name: "NeriumError" });
    expect(existsSync(input.output)).toBe(false);
  });
});

describe("a run that overwrites a finished one", () => {
  test("goes on after a crash as itself, and is never taken for the finished one", async () => {
    const finished = recipe();
    await run(finished);
    const changes = { seed: 7, overwriteOutputDir: true };
    const input = { ...finished, ...changes };
    let crashed: string | undefined;
    await runWith(input, ["save", 4], () => {
      crashed = newOutput();
      copyWhileWritten(input.output, crashed);
      rmSync(join(crashed, LOCK));
    });
    const output = crashed!;
    const { events } = await run({ ...input, output }, { resume: true });
    expect(resumedAt(events)).toEqual([4]);
    expect(ending(output)).toEqual(ending(input.output));
    expect(ending(output)).not.toEqual(straight);
  });

  test("leaves it as it is where it can't begin", async () => {
    const finished = recipe();
    await run(finished);
    const before = everything(finished.output);
    const input = { ...finished, train: join(tiny.folder, "nowhere.conll"), overwriteOutputDir: true };
    await expect(run(input)).rejects.toMatchObject({ name: "NeriumError" });
    expect(everything(finished.output)).toEqual(before);
  });
});

describe("C7: what may happen to an output folder", () => {
  test("clocks: the newest checkpoint is that of the last step, whatever the times say", async () => {
    const { output, ...input } = await stoppedAt(7);
    for (const [index, step] of [2, 4, 6, 7].entries()) {
      const time = new Date(2020, 0, 10 - index);
      const folder = join(output, `checkpoint-${step}`);
      for (const name of readdirSync(folder)) utimesSync(join(folder, name), time, time);
      utimesSync(folder, time, time);
    }
    const { events } = await run({ ...input, output }, { resume: true });
    expect(resumedAt(events)).toEqual([7]);
    expect(ending(output)).toEqual(straight);
  });

  test.each([
    ["spaces", "two words and  more"],
    ["other scripts, composed and decomposed", "größe e\u0301 日本語 🌿 'q' $HOME `x`"],
    ["more than 260 characters", "a".repeat(100).concat("/").repeat(4)],
  ])("a path with %s", async (_, name) => {
    const output = newOutput(join(scratch, name));
    const input = await stoppedAt(5, { output });
    const { events } = await run(input, { resume: true });
    expect(resumedAt(events)).toEqual([5]);
    expect(ending(output)).toEqual(straight);
  });

  test.each<[string, Partial<RecipeInput>]>([
    ["before a checkpoint", { saveSteps: 4 }],
    ["before the end", { saveStrategy: "no" }],
  ])("a folder that is removed %s is an error, and does not come back", async (_, changes) => {
    const input = recipe(changes);
    const failing = runWith(input, ["step", 3], () => rmSync(input.output, { recursive: true }));
    await expect(failing).rejects.toMatchObject({
      code: "FILES_LOCK_LOST",
      message: expect.stringContaining(input.output),
    });
    expect(existsSync(input.output)).toBe(false);
  });

  test("a folder that is moved is an error; where it is now, the run goes on", async () => {
    const input = recipe({ saveSteps: 4 });
    const moved = newOutput();
    const move = () => {
      mkdirSync(join(moved, ".."));
      renameSync(input.output, moved);
    };
    await expect(runWith(input, ["save", 4], move)).rejects.toMatchObject({ code: "FILES_LOCK_LOST" });
    expect(existsSync(input.output)).toBe(false);
    expect((await newestWhole(moved)).checkpoint?.step).toBe(4);
    // The moved lock contains the id of this process, which is alive. In another process it would be stale.
    rmSync(join(moved, LOCK));
    await run({ ...input, output: moved, saveSteps: 2 }, { resume: true });
    expect(ending(moved)).toEqual(straight);
  });

  test("a folder that is removed at any step ends the run with an error that names it", async () => {
    for (const step of [1, 2, 3, 6, 9]) {
      const input = recipe({ saveSteps: 1 });
      const failing = runWith(input, ["step", step], () =>
        rmSync(input.output, { recursive: true, maxRetries: 5 }),
      );
      await expect(failing).rejects.toMatchObject({
        code: expect.stringMatching(/^FILES_(LOCK_LOST|NOT_FOUND)$/),
        message: expect.stringContaining(input.output),
      });
    }
  });

  const root = process.getuid?.() === 0;
  test.skipIf(process.platform === "win32" || root)(
    "a folder that may not be written in is named (skipped for root, who may)",
    async () => {
      const parent = join(scratch, "closed");
      mkdirSync(parent);
      chmodSync(parent, 0o555);
      await expect(run(recipe({ output: join(parent, "output") }))).rejects.toMatchObject({
        code: "FILES_NOT_PERMITTED",
      });
      chmodSync(parent, 0o755);
      expect(readdirSync(parent)).toEqual([]);
    },
  );

  describe.skipIf(!mayMount())("on a read-only file system (skipped where nothing may be mounted)", () => {
    test("a run does not begin", async () => {
      const disk = mountedMemory("8m")!;
      try {
        disk.remount("ro");
        const output = join(disk.folder, "output");
        await expect(run(recipe({ output }))).rejects.toMatchObject({
          code: "FILES_READ_ONLY",
          where: output,
        });
      } finally {
        disk.remove();
      }
    });

    test("a run that meets it on its way ends with an error, and goes on once it may write", async () => {
      const disk = mountedMemory("64m")!;
      try {
        const output = newOutput(disk.folder);
        const input = recipe({ output, saveSteps: 4 });
        // At the save event of a checkpoint, no file is open for writing.
        const failing = runWith(input, ["save", 4], () => {
          disk.remount("ro");
        });
        await expect(failing).rejects.toMatchObject({
          code: "FILES_READ_ONLY",
          message: expect.stringContaining(output),
        });
        expect((await newestWhole(output)).checkpoint?.step).toBe(4);
        expect(debris(output)).toEqual([]);
        disk.remount("rw");
        // The lock could not be removed, and contains the id of this process, which is alive.
        rmSync(join(output, LOCK));
        const { events } = await run({ ...input, saveSteps: 2 }, { resume: true });
        expect(resumedAt(events)).toEqual([4]);
        expect(ending(output)).toEqual(straight);
      } finally {
        disk.remove();
      }
    });
  });
});
