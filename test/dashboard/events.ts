import type { TrainEvent } from "../../src/run/events.js";

/** A step of half a second, whose loss is its number. */
export const stepOf = (step: number): TrainEvent & { type: "step" } => ({
  type: "step",
  step,
  epoch: step / 100,
  loss: step,
  gradNorm: 2,
  learningRate: 5e-5,
  tokens: 500,
  seconds: 0.5,
  memory: 1e9,
});
