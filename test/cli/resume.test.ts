/** An interrupted run goes on with the name of its folder alone. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import type { TrainEvent } from "../../src/run/index.js";
import { train } from "../../src/train/index.js";
import { tinyModel } from "../train/tinyModel.js";
import { testIo } from "./testIo.js";

let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel();
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

async function ran(...args: readonly string[]) {
  const { io, stdout, stderr } = testIo();
  const code = await nerium(args, io);
  return { code, out: stdout.text, err: stderr.text };
}

test("nerium train --output DIR --resume continues the run, and a finished one is not repeated", async () => {
  const run = train(tiny.recipe({ numTrainEpochs: 1, saveStrategy: "steps", saveSteps: 2, threads: 1 }));
  for await (const { type, ...event } of run)
    if (type === "step" && "step" in event && event.step === 3) run.stop();
  const { folder, reason } = await run.result();
  expect(reason).toBe("stopped");
  const resumed = await ran("train", "--output", folder, "--resume", "--quiet");
  expect(resumed).toEqual({ code: 0, out: "", err: "" });
  const state = JSON.parse(readFileSync(join(folder, "trainer_state.json"), "utf8"));
  expect(state.global_step).toBe(6);
  const { code, out } = await ran("train", "--output", folder, "--resume");
  expect(code).toBe(0);
  expect(out).toContain("already finished");
});

test("a folder without a run has nothing to resume", async () => {
  const nothing = await ran("train", "--output", join(tiny.folder, "nothing"), "--resume");
  expect(nothing.code).toBe(1);
  expect(nothing.err).toContain("[TRAIN_NO_CHECKPOINT]");
});

test("a folder in place of the recipe is an error that says how to continue the run in it", async () => {
  const folder = await ran("train", tiny.folder, "--output", join(tiny.folder, "other"), "--resume");
  expect(folder.code).toBe(2);
  expect(folder.err).toContain("is a folder, not a recipe [CLI_USAGE]");
  expect(folder.err).toContain("nerium train --output FOLDER --resume");
});

test("the test scores of the best model name its step, not the last one", async () => {
  const evaluations: Extract<TrainEvent, { type: "evaluation" }>[] = [];
  const output = join(tiny.folder, "best");
  // With the highest loss as the best one, the first model is the best.
  const run = train(
    tiny.recipe({
      output,
      test: tiny.files.test,
      evalStrategy: "steps",
      evalSteps: 1,
      saveStrategy: "best",
      maxSteps: 6,
      greaterIsBetter: true,
      loadBestModelAtEnd: true,
      threads: 1,
    }),
    { listeners: [(event) => void (event.type === "evaluation" && evaluations.push(event))] },
  );
  await run.result();
  const test = evaluations.find(({ split }) => split === "test")!;
  const validations = evaluations.filter(({ split }) => split === "validation");
  const best = validations.toSorted((a, b) => b.metrics.loss - a.metrics.loss)[0]!;
  expect(best.step).toBeLessThan(6);
  expect([test.step, test.epoch]).toEqual([best.step, best.epoch]);
  expect(readdirSync(output)).toContain(`checkpoint-${best.step}`);
});
