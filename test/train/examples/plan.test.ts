import { expect, it } from "vitest";
import { plan } from "../../../src/train/examples/plan.js";

it.each([
  ["max_steps", { maxSteps: 1e9, numTrainEpochs: 3 }],
  ["num_train_epochs", { maxSteps: -1, numTrainEpochs: 1e9 }],
])("%s that no run could end is an error, before memory is used for it", (_, recipe) => {
  expect(() => plan(() => 3, recipe)).toThrow(expect.objectContaining({ code: "TRAIN_TOO_MANY_EPOCHS" }));
});

it("a hundred thousand epochs are planned", () => {
  expect(plan(() => 3, { maxSteps: 300_000, numTrainEpochs: 3 })).toMatchObject({ epochs: 100_000 });
});
