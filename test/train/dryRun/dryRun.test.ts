/** Dry runs: what they find out about a run, what they refuse, and that they leave nothing behind. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../../src/cli/nerium.js";
import { freeSpace } from "../../../src/files/index.js";
import { parseRecipe, type RecipeInput } from "../../../src/recipe/index.js";
import type { TrainEvent } from "../../../src/run/index.js";
import { dryRunEvents } from "../../../src/train/dryRun/dryRunEvents.js";
import { dryRun, train } from "../../../src/train/index.js";
import { testIo } from "../../cli/testIo.js";
import { trainFlags } from "../crash/commandLine.js";
import { tinyModel } from "../tinyModel.js";

let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel();
});
afterAll(() => rmSync(tiny.folder, { recursive: true, force: true }));

/** The result of a dry run on a machine with so much memory and space. */
async function found(
  input: RecipeInput,
  { usable = 2 ** 40, free = 2 ** 40, runs = 1 }: { usable?: number; free?: number; runs?: number } = {},
) {
  const events = dryRunEvents(parseRecipe(input).recipe, runs, {
    signal: new AbortController().signal,
    now: () => performance.now(),
    threads: 2,
    usable: () => usable,
    free: async () => free,
  });
  for (;;) {
    const { done, value } = await events.next();
    if (done) return value;
  }
}

describe("a dry run", () => {
  const everything = (): RecipeInput =>
    tiny.recipe({ test: tiny.files.test, numTrainEpochs: 3, saveTotalLimit: 2, emaDecay: 0.9 });

  it("knows the steps, evaluations, checkpoints and files of the run, and leaves nothing behind", async () => {
    const before = readdirSync(tiny.folder);
    const input = everything();
    const events: TrainEvent[] = [];
    const figures = await dryRun(input, { listeners: [(event) => void events.push(event)] }).result();
    expect(readdirSync(tiny.folder)).toEqual(before);
    expect(events.at(-1)).toEqual({ type: "closed" });

    const happened: TrainEvent[] = [];
    const result = await train(input, { listeners: [(event) => void happened.push(event)] }).result();
    const count = (type: string) => happened.filter((event) => event.type === type).length;
    expect(figures.steps).toBe(result.steps);
    expect(figures.epochs).toBe(3);
    expect(figures.evaluations + 1).toBe(count("evaluation"));
    expect(figures.checkpoints + 1).toBe(count("save"));
    const sizeOf = (folder: string) => sizes(folder).reduce((sum, [, bytes]) => sum + bytes, 0);
    const checkpoint = readdirSync(input.output!).find((name) => name.startsWith("checkpoint-"))!;
    // The state of a run grows with it.
    expect(figures.disk.checkpoint / sizeOf(join(input.output!, checkpoint))).toBeGreaterThan(0.9);
    expect(figures.disk.checkpoint / sizeOf(join(input.output!, checkpoint))).toBeLessThanOrEqual(1);
    expect(figures.disk.end).toBe(3 * figures.disk.checkpoint + figures.disk.model);
    const { total, ...parts } = figures.seconds;
    expect(total).toBeCloseTo(
      Object.values(parts).reduce((sum, seconds) => sum + seconds, 0),
      9,
    );
    expect(Object.values(parts).every((seconds) => seconds > 0)).toBe(true);
    expect(figures.memory.peak).toBeGreaterThan(50e6);
    expect(figures.memory.usable).toBeGreaterThan(figures.memory.peak);
  });

  it.each([
    ["a conditional random field", { crf: true }],
    ["batches that are added up", { gradientAccumulationSteps: 3, perDeviceTrainBatchSize: 5 }],
    ["new windows in each epoch", { caseAugmentation: true, maxSteps: 5 }],
    ["nothing to evaluate and to save", { validation: undefined, saveStrategy: "no" }],
  ] satisfies [string, Partial<RecipeInput>][])("works with %s", async (_, changes) => {
    const figures = await found(tiny.recipe(changes));
    expect(figures.steps).toBeGreaterThan(0);
    expect(figures.seconds.training).toBeGreaterThan(0);
    expect(figures.checkpoints > 0).toBe(figures.disk.checkpoint > 0);
  });

  it("says that the output folder is taken, unless the run overwrites it", async () => {
    const warned = async (changes: Partial<RecipeInput>) => {
      const events: TrainEvent[] = [];
      const input = tiny.recipe({ maxSteps: 1, ...changes });
      await dryRun(input, { listeners: [(event) => void events.push(event)] }).result();
      return events.flatMap((event) =>
        event.type === "warning" && event.code === "OUTPUT_TAKEN" ? event.message : [],
      );
    };
    const output = join(tiny.folder, "taken");
    mkdirSync(output);
    writeFileSync(join(output, "notes.txt"), "mine");
    const message = `The output folder is not empty: ${output}. Training would end with the error TRAIN_OUTPUT_EXISTS.`;
    expect(await warned({ output })).toEqual([message]);
    expect(await warned({ output, overwriteOutputDir: true })).toEqual([]);
    expect(await warned({ output: join(tiny.folder, "free") })).toEqual([]);
  });

  it("of several runs adds up their time and their files", async () => {
    const figures = await found(tiny.recipe(), { runs: 3 });
    const { checkpoint, model } = figures.disk;
    expect(figures.disk.end).toBe(3 * (2 * checkpoint + model));
    expect(figures.disk.peak).toBe(figures.disk.end);
  });

  it("refuses a run that does not fit into memory, before it tries, and names a setting that fits", async () => {
    const error = await found(tiny.recipe(), { usable: 1000 }).catch((error) => error);
    expect(error).toMatchObject({ code: "TRAIN_MEMORY_TOO_SMALL", where: tiny.encoder });
    expect(error.message).toMatch(/^The run needs about \d+ MB of memory, but can use only 1 MB$/);
    expect(error.remedy).toMatch(/^Use a smaller model/);
  });

  it("refuses a run that does not fit on the disk, and names a setting that fits", async () => {
    const keepsAll = tiny.recipe({ saveTotalLimit: 0, numTrainEpochs: 9 });
    const { disk } = await found(keepsAll);
    const free = disk.peak - 1;
    const error = await found(keepsAll, { free }).catch((error) => error);
    expect(error).toMatchObject({ code: "TRAIN_DISK_TOO_SMALL", where: keepsAll.output });
    expect(error.remedy).toMatch(/^Set save_total_limit to 1, /);
    expect((await found({ ...keepsAll, saveTotalLimit: 1 }, { free })).disk.peak).toBeLessThan(free);
    // Known before anything is measured or written.
    const none = await found(keepsAll, { free: 1000 }).catch((error) => error);
    expect(none.remedy).toMatch(/^Choose an output folder on another disk/);
  });

  it("ends when it is stopped", async () => {
    const run = dryRun(tiny.recipe());
    for await (const event of run) if (event.type === "measuring") break;
    await expect(run.result()).rejects.toMatchObject({ code: "TRAIN_STOPPED_EARLY" });
  });

  it("asks for the space on the disk of a folder that does not exist yet", async () => {
    const there = await freeSpace(join(tiny.folder, "not", "yet"));
    expect(Math.abs(there / (await freeSpace(tiny.encoder)) - 1)).toBeLessThan(0.1);
    expect(existsSync(join(tiny.folder, "not"))).toBe(false);
  });
});

describe("nerium train --dry-run", () => {
  const printed = async (...more: string[]) => {
    const { io, stdout, stderr } = testIo({ env: { NO_COLOR: "1" } });
    const flags = trainFlags(tiny, join(tiny.folder, "dry"), {
      "num-train-epochs": 2,
      "save-strategy": "epoch",
    });
    const code = await nerium([...flags.filter((flag) => flag !== "--quiet"), "--dry-run", ...more], io);
    return { code, out: stdout.text, err: stderr.text };
  };

  it("prints steps, time, memory and disk, and trains nothing", async () => {
    const { code, out, err } = await printed();
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^steps {6}12, 2 epochs$/m);
    expect(out).toMatch(
      /^time {7}about .+: training .+, 2 evaluations .+, 2 checkpoints and the model .+, preparation .+$/m,
    );
    expect(out).toMatch(/^memory {5}about \d+ MB of [\d.]+ GB$/m);
    expect(out).toMatch(/^disk {7}at most .+ of .+, .+ at the end: model .+, checkpoint .+$/m);
    expect(out).toMatch(/^measured {3}6 steps, in .+\. Nothing was trained\.$/m);
    expect(existsSync(join(tiny.folder, "dry"))).toBe(false);
  });

  it("with --json prints one object, also for several seeds", async () => {
    const { code, out } = await printed("--json", "--seeds", "1,2,3");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ runs: 3, steps: 12, evaluations: 2, checkpoints: 2 });
  });

  it("cannot be combined with --resume", async () => {
    const { code, err } = await printed("--resume");
    expect(code).toBe(2);
    expect(err).toContain("--dry-run cannot be combined with --resume");
  });
});

function sizes(folder: string): [string, number][] {
  return readdirSync(folder).map((name) => [name, statSync(join(folder, name)).size]);
}
