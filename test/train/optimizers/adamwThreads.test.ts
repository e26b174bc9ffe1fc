/** AdamW in threads gives the bytes of AdamW as a graph, and its module is that of its source. */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { type Parameter, ParameterLayout } from "../../../src/models/index.js";
import type { Recipe } from "../../../src/recipe/index.js";
import { cpuEngine, HostMemory, type StateBlock } from "../../../src/runtime/index.js";
import { ADAMW_MODULE } from "../../../src/train/optimizers/adamwModule.js";
import { hostBlocks } from "../../../src/train/optimizers/hostBlocks.js";
import { createOptimizer } from "../../../src/train/optimizers/index.js";
import { paramGroups } from "../../../src/train/optimizers/paramGroups.js";

type Four = readonly [StateBlock, StateBlock, StateBlock, StateBlock];

const SIZE = 300_000;
const parameter = (name: string, size: number): Parameter => ({
  name,
  shape: [size],
  role: name.endsWith("bias") ? "bias" : "linear",
  place: 0,
  decays: !name.endsWith("bias"),
  initial: 0,
});
const layout = new ParameterLayout([
  parameter("a.weight", SIZE),
  parameter("b.weight", 100),
  parameter("b.bias", 33),
]);
const bytes = layout.length * 4;
const engine = cpuEngine();
const groups = paramGroups(layout, 0.1, ({ name }) => (name.startsWith("b.") ? 3 : 1));
const recipe = { adamBeta1: 0.9, adamBeta2: 0.98, adamEpsilon: 1e-7 } as Recipe;

const numbers = (seed: number, scale: number) =>
  Float32Array.from({ length: layout.length }, (_, at) => Math.sin(seed + at * 1.7) * scale ** (at % 9));

test("the same bytes as the graph, for every group, also where a checkpoint waits for chunks", async () => {
  const memory = HostMemory.allocate([bytes, bytes, bytes, bytes])!;
  const [weights, gradients, mean, square] = memory.blocks as readonly StateBlock[] as Four;
  const host = { memory, weights, gradients, spare: [mean, square] as const };
  const plain = { weights: layout.allocate(engine), gradients: layout.allocate(engine) };
  const inputs = { engine, layout, groups, threads: 2 };
  const threads = await createOptimizer(recipe, { ...inputs, weights, gradients, host });
  const graph = await createOptimizer(recipe, { ...inputs, ...plain });
  for (const block of [weights, plain.weights]) block.copyIn(0, numbers(1, 0.5));
  const asked: [number, number][] = [];
  for (let step = 1; step <= 6; step++) {
    for (const block of [gradients, plain.gradients]) block.copyIn(0, numbers(step, 0.01));
    const update = { step, learningRate: 1e-3, clip: step % 2 === 0 ? 1 : 0.37 };
    await threads.update({
      ...update,
      beforeWrite: (from, to) => {
        asked.push([from, to]);
        return step % 3 === 0 && from % 2 === 0 ? Promise.resolve() : undefined;
      },
    });
    await graph.update(update);
  }
  const same = (a: StateBlock, b: StateBlock) =>
    Buffer.from(a.copyOut().buffer).equals(Buffer.from(b.copyOut().buffer));
  expect(same(weights, plain.weights)).toBe(true);
  for (const name of ["exp_avg", "exp_avg_sq"])
    expect(same(threads.blocks[name]!, graph.blocks[name]!)).toBe(true);
  expect(weights.read(28, 1)[0]).not.toBe(numbers(1, 0.5)[7]);
  // Each update asks for every float once.
  expect(asked.reduce((sum, [from, to]) => sum + to - from, 0)).toBe(6 * layout.length);
  await Promise.all([threads.dispose(), graph.dispose()]);
  for (const block of [weights, gradients, ...Object.values(plain)]) block.free();
  // Linux has taken the pages back.
  if (process.platform === "linux")
    expect(new Float32Array(memory.memory.buffer, 0, 100).some(Boolean)).toBe(false);
});

test("a failure in a thread is an error", async () => {
  const memory = HostMemory.allocate([bytes, bytes, bytes, bytes])!;
  const [weights, gradients, mean, square] = memory.blocks as readonly StateBlock[] as Four;
  const host = { memory, weights, gradients, spare: [mean, square] as const };
  const beyond = [{ ...groups[0]!, from: 0, to: 2 ** 30 }];
  const optimizer = await createOptimizer(recipe, {
    ...{ engine, layout, threads: 2, weights, gradients, host },
    groups: beyond,
  });
  await expect(optimizer.update({ step: 1, learningRate: 1, clip: 1 })).rejects.toThrow("out of bounds");
  await optimizer.dispose();
});

test("models that are small, too large or on a device get ordinary blocks", () => {
  const large = new ParameterLayout([parameter("a.weight", 2 ** 28 + 1)]);
  const enough = new ParameterLayout([parameter("a.weight", 2 ** 22)]);
  expect(hostBlocks(engine, layout)).toBeUndefined();
  expect(hostBlocks(engine, large)).toBeUndefined();
  expect(hostBlocks({ ...engine, device: "cuda" }, enough)).toBeUndefined();
  const blocks = hostBlocks(engine, enough)!;
  expect(blocks.memory.offsetOf(blocks.gradients)).toBe(2 ** 24);
  for (const block of [blocks.weights, blocks.gradients, ...blocks.spare]) block.free();
});

test("the module is compiled from adamw.wat", () => {
  const code =
    'import("./scripts/wat.mjs").then(async ({ compiled }) => process.stdout.write(await compiled()))';
  expect(execFileSync(process.execPath, ["-e", code], { encoding: "utf8" })).toBe(ADAMW_MODULE);
});
