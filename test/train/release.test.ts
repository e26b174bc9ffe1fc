/**
 * The n-th acquisition fails, for every n: all resources acquired before are released, and the error is the
 * original one.
 */
import { expectAllGivenBack } from "../acquisitions.js";

// The modules whose resources it counts must be loaded after it.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, test, vi } from "vitest";
import { parseRecipe } from "../../src/recipe/index.js";
import { train } from "../../src/train/index.js";
import { prepare } from "../../src/train/prepare/prepare.js";
import { StepEngine } from "../../src/train/step/stepEngine.js";
import { tinyModel } from "./tinyModel.js";

// Most of the time goes into making sessions, which takes half as long without dropout.
const tiny = await tinyModel({
  num_hidden_layers: 1,
  hidden_size: 8,
  intermediate_size: 8,
  hidden_dropout_prob: 0,
  attention_probs_dropout_prob: 0,
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

/** The work runs once for each acquisition, so it is as small as one that makes all of them. */
const FEW = { maxTrainSamples: 8, maxEvalSamples: 2 };

test("a trainer with several batches a step, an average, and a conditional random field", async () => {
  const changes = { gradientAccumulationSteps: 2, emaDecay: 0.9, crf: true };
  const { recipe } = parseRecipe(tiny.recipe({ ...changes, ...FEW, perDeviceTrainBatchSize: 2 }));
  await expectAllGivenBack(async () => {
    const prepared = await prepare(recipe);
    const trainer = await StepEngine.create(recipe, prepared, 1);
    try {
      const { gradNorm } = await trainer.gradient(
        [0, 1, 2, 3].map((at) => prepared.train.windows.at(at)!),
        1,
      );
      await trainer.update(1, 1e-3, gradNorm);
      await trainer.evaluate(prepared.validation!);
    } finally {
      await trainer.dispose();
    }
  });
});

test("a run with checkpoints, whose batches grow while the optimiser is at work", async () => {
  await expectAllGivenBack(async () => {
    const output = join(tiny.folder, "run");
    rmSync(output, { recursive: true, force: true });
    const run = train(tiny.recipe({ ...FEW, output, maxSteps: 3, perDeviceTrainBatchSize: 2, threads: 1 }));
    await run.result();
  });
});

test("training data that is cut, cached and read from the disk", async () => {
  const home = join(tiny.folder, "home");
  vi.stubEnv("HF_HOME", home);
  const { recipe } = parseRecipe(tiny.recipe({ datasetCache: "always" }));
  await expectAllGivenBack(async () => {
    rmSync(home, { recursive: true, force: true });
    const { train, weights } = await prepare(recipe);
    try {
      train.windows.at(0);
    } finally {
      train.close();
      await weights.dispose();
    }
  });
});
