/** Whole runs of several processes, which are simulated in this one: checkpoints, evaluations, the best model, stopping. */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Collective } from "../../src/collective/index.js";
import { nodeFs } from "../../src/files/index.js";
import { parseRecipe, type RecipeInput } from "../../src/recipe/index.js";
import type { TrainResult } from "../../src/run/driveRun.js";
import type { TrainEvent } from "../../src/run/events.js";
import { trainRun } from "../../src/train/loop/trainRun.js";
import { tinyModel } from "../train/tinyModel.js";
import { machines } from "./machines.js";

const tiny = await tinyModel();
afterAll(() => rmSync(tiny.folder, { recursive: true }));

/** One process of a run. */
interface Process {
  readonly events: readonly TrainEvent[];
  readonly result: TrainResult;
}

/**
 * Runs all processes to their end. `stopAt` names a step after which the last process is asked to stop; `last` are changes to its
 * recipe only.
 */
function runAll(
  changes: Partial<RecipeInput>,
  collectives: readonly (Collective | undefined)[],
  {
    resume = false,
    stopAt,
    last = {},
  }: { readonly resume?: boolean; readonly stopAt?: number; readonly last?: Partial<RecipeInput> } = {},
): Promise<Process[]> {
  const now = () => performance.now();
  return Promise.all(
    collectives.map(async (collective, rank) => {
      const isLast = rank === collectives.length - 1;
      const { recipe } = parseRecipe(tiny.recipe({ ...changes, ...(isLast ? last : {}) }));
      const stopping = new AbortController();
      const edge = { signal: stopping.signal, now, threads: 1, resume, fs: nodeFs };
      const run = trainRun(recipe, { ...edge, ...(collective && { collective }) });
      const events: TrainEvent[] = [];
      for (;;) {
        const { done, value } = await run.next();
        if (done) return { events, result: value };
        events.push(value);
        if (isLast && value.type === "step" && value.step === stopAt) stopping.abort();
      }
    }),
  );
}

const of = <T extends TrainEvent["type"]>({ events }: Process, type: T) =>
  events.filter((event): event is Extract<TrainEvent, { type: T }> => event.type === type);

const recipe = (output: string): Partial<RecipeInput> => ({
  output: join(tiny.folder, output),
  test: tiny.files.test,
  crf: true,
  emaDecay: 0.9,
  evalStrategy: "epoch",
  saveStrategy: "epoch",
  loadBestModelAtEnd: true,
});

test("two processes train, evaluate and save what one does, and the first one writes it", async () => {
  const [alone] = await runAll(recipe("alone"), [undefined]);
  const [first, second] = await runAll(recipe("two"), machines(2));
  const losses = of(alone!, "step").map(({ loss }) => loss);
  for (const process of [first!, second!]) {
    for (const [at, { loss }] of of(process, "step").entries())
      expect(Math.abs(loss / losses[at]! - 1)).toBeLessThan(1e-3);
    for (const [at, { metrics }] of of(process, "evaluation").entries()) {
      const expected = of(alone!, "evaluation")[at]!.metrics;
      expect(Math.abs(metrics.loss / expected.loss - 1)).toBeLessThan(1e-3);
      expect(Math.abs(metrics.f1 - expected.f1)).toBeLessThan(0.01);
    }
  }
  expect(of(first!, "evaluation")).toHaveLength(of(alone!, "evaluation").length);
  const { seconds: _, ...result } = first!.result;
  expect(second!.result).toMatchObject(result);
  const names = (output: string) => readdirSync(join(tiny.folder, output)).sort();
  expect(names("two")).toEqual(names("alone"));
});

test("a stop that one process is asked for ends all after the same step, and three continue what two began", async () => {
  const stopped = await runAll(recipe("stopped"), machines(2), { stopAt: 4 });
  for (const { result } of stopped) expect(result).toMatchObject({ reason: "stopped", steps: 5 });
  const continued = await runAll(recipe("stopped"), machines(3), { resume: true });
  const [alone] = await runAll(recipe("whole"), [undefined]);
  const losses = of(alone!, "step").map(({ loss }) => loss);
  expect(of(continued[0]!, "warning").map(({ code }) => code)).toContain("RANKS_CHANGED");
  for (const process of continued) {
    expect(process.result).toMatchObject({ reason: "finished", steps: losses.length });
    for (const { step, loss } of of(process, "step"))
      expect(Math.abs(loss / losses[step - 1]! - 1)).toBeLessThan(1e-3);
  }
});

const differ = (message: string) => ({ code: "TRAIN_RANKS_DIFFER", where: "process 2", message });

test("processes with different recipes do not train, at the start and when they continue", async () => {
  const short = { output: join(tiny.folder, "short"), numTrainEpochs: 1 };
  const last = { learningRate: 1e-3, numTrainEpochs: 3, labelSmoothingFactor: 0.1 };
  const expected = differ(
    "Process 2 differs from process 0 in learning_rate (0.001, not 0.003), num_train_epochs (3, not 1), label_smoothing_factor (0.1, not 0)",
  );
  await expect(runAll(short, machines(3), { last })).rejects.toMatchObject(expected);
  await runAll(short, machines(3), { stopAt: 2 });
  await expect(runAll(short, machines(3), { resume: true, last })).rejects.toMatchObject(expected);
});

test("processes with different files do not train", async () => {
  const output = join(tiny.folder, "files");
  const changed = (name: string, from: string, change: (bytes: Buffer) => Buffer) => {
    const file = join(tiny.folder, name);
    writeFileSync(file, change(readFileSync(from)));
    return file;
  };
  const encoder = join(tiny.folder, "other-encoder");
  cpSync(tiny.encoder, encoder, { recursive: true });
  // One bit of one weight.
  changed("other-encoder/model.safetensors", join(tiny.encoder, "model.safetensors"), (bytes) => {
    bytes[bytes.length - 4]! ^= 1;
    return bytes;
  });
  const validation = changed("other.conll", tiny.files.validation, (bytes) =>
    Buffer.from(bytes.toString().replace(/^\S+ O$/m, "another O")),
  );
  for (const [last, what] of [
    [{ model: encoder }, "model"],
    [{ validation }, "validation"],
  ] as const)
    await expect(runAll({ output }, machines(3), { last })).rejects.toMatchObject(
      differ(`Process 2 differs from process 0 in ${what}`),
    );
});

test("paths, threads and logging may differ between processes", async () => {
  const copy = join(tiny.folder, "copied-encoder");
  cpSync(tiny.encoder, copy, { recursive: true });
  const changes = { output: join(tiny.folder, "alike"), numTrainEpochs: 1 };
  const last = { model: copy, output: join(tiny.folder, "unused"), threads: 1, loggingSteps: 7 };
  const [first] = await runAll(changes, machines(2), { last });
  expect(first!.result.reason).toBe("finished");
});
