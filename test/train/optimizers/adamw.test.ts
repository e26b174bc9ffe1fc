/** AdamW as a graph on native memory and AdamW on the host compute the same formula. */
import { expect, test } from "vitest";
import { adamwUpdate } from "../../../src/crf/adamw.js";
import { type Parameter, ParameterLayout } from "../../../src/models/index.js";
import type { Recipe } from "../../../src/recipe/index.js";
import { cpuEngine } from "../../../src/runtime/index.js";
import { createOptimizer } from "../../../src/train/optimizers/index.js";
import { paramGroups } from "../../../src/train/optimizers/paramGroups.js";

const parameter = (name: string, size: number): Parameter => ({
  name,
  shape: [size],
  role: name.endsWith("bias") ? "bias" : "linear",
  place: 0,
  decays: !name.endsWith("bias"),
  initial: 0,
});

test("parameter groups cover the layout: neighbours with one rate and decay are one group", () => {
  const names = ["a.weight", "b.weight", "a.bias", "c.weight", "c.bias"];
  const layout = new ParameterLayout(names.map((name) => parameter(name, 16)));
  const rateFactor = ({ name }: { name: string }) => (name.startsWith("c.") ? 3 : 1);
  expect(paramGroups(layout, 0.1, rateFactor)).toEqual([
    { from: 0, to: 32, rateFactor: 1, weightDecay: 0.1 },
    { from: 32, to: 48, rateFactor: 3, weightDecay: 0.1 },
    { from: 48, to: 64, rateFactor: 1, weightDecay: 0 },
    { from: 64, to: 80, rateFactor: 3, weightDecay: 0 },
  ]);
});

test("the graph moves weights as the update on the host does", async () => {
  const recipe = { adamBeta1: 0.8, adamBeta2: 0.95, adamEpsilon: 1e-5 } as Recipe;
  const layout = new ParameterLayout([parameter("a.bias", 1000)]);
  const engine = cpuEngine();
  const [weights, gradients] = [layout.allocate(engine), layout.allocate(engine)];
  const groups = paramGroups(layout, 0.1, () => 2);
  const optimizer = await createOptimizer(recipe, { engine, layout, weights, gradients, groups, threads: 1 });
  const host = new Float32Array(1000);
  const state = { exp_avg: new Float32Array(1000), exp_avg_sq: new Float32Array(1000) };
  const options = { beta1: 0.8, beta2: 0.95, epsilon: 1e-5 };
  for (let step = 1; step <= 20; step++) {
    const gradient = Float32Array.from(
      { length: 1000 },
      (_, at) => Math.sin(step * (at + 1)) * 10 ** -(at % 7),
    );
    gradients.copyIn(layout.offset("a.bias") * 4, gradient);
    const update = { step, learningRate: 0.01, clip: step % 2 === 0 ? 1 : 0.3 };
    await optimizer.update(update);
    adamwUpdate(host, gradient, state, options, { ...update, learningRate: 0.02 });
    weights.read(layout.offset("a.bias") * 4, 1000).forEach((value, at) => {
      expect(Math.abs(value - host[at]!)).toBeLessThan(1e-6 * 0.02 * step + 1e-6 * Math.abs(host[at]!));
    });
  }
  expect(Math.hypot(...host)).toBeGreaterThan(1);
  await optimizer.dispose();
  for (const block of [weights, gradients]) block.free();
});
