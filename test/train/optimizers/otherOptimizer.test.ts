/**
 * An optimizer other than AdamW, added as any new one: training, checkpoints and resuming do not depend on
 * AdamW.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { RecipeInput } from "../../../src/recipe/index.js";
import { openSafetensors } from "../../../src/safetensors/index.js";
import { train } from "../../../src/train/index.js";
import type { OptimizerFactory } from "../../../src/train/optimizers/optimizer.js";
import { decayFactor } from "../../../src/train/optimizers/paramGroups.js";
import { sampled } from "../../breadth.js";
import { ending } from "../outputBytes.js";
import { stopAfter } from "../stopAfter.js";
import { tinyModel } from "../tinyModel.js";

/** The optimizer that recipes get; `undefined` for the usual one. */
const chosen = vi.hoisted((): { optimizer: OptimizerFactory | undefined } => ({ optimizer: undefined }));
vi.mock("../../../src/train/optimizers/index.js", async (original) => {
  const { createOptimizer } = await original<typeof import("../../../src/train/optimizers/index.js")>();
  const create: OptimizerFactory = (...given) => (chosen.optimizer ?? createOptimizer)(...given);
  return { createOptimizer: create };
});

/** SGD with momentum as in torch, but with decoupled weight decay: b ← 0.9 b + g, w ← (1 − lr·λ) w − lr·b. */
const sgd: OptimizerFactory = async (_, { engine, layout, weights, gradients, groups }) => {
  const blocks = { momentum_buffer: layout.allocate(engine) };
  return {
    blocks,
    async update({ learningRate, clip, beforeWrite }) {
      for (const group of groups) {
        const { from, to, rateFactor } = group;
        await beforeWrite?.(from, to);
        const [weight, gradient, momentum] = [weights, gradients, blocks.momentum_buffer].map((block) =>
          block.copyOut(from * 4, to - from),
        );
        const keep = decayFactor(group, learningRate);
        for (let at = 0; at < to - from; at++) {
          momentum![at] = 0.9 * momentum![at]! + clip * gradient![at]!;
          weight![at] = keep * weight![at]! - learningRate * rateFactor * momentum![at]!;
        }
        weights.copyIn(from * 4, weight!);
        blocks.momentum_buffer.copyIn(from * 4, momentum!);
      }
    },
    async dispose() {
      blocks.momentum_buffer.free();
    },
  };
};

let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel();
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

let outputs = 0;
const recipe = (changes: Partial<RecipeInput> = {}): RecipeInput =>
  tiny.recipe({
    output: join(tiny.folder, `output-${outputs++}`),
    learningRate: 0.1,
    headLearningRate: 0.2,
    weightDecay: 0.01,
    emaDecay: 0.9,
    crf: true,
    saveStrategy: "steps",
    saveSteps: 4,
    evalStrategy: "steps",
    evalSteps: 4,
    saveTotalLimit: 0,
    ...changes,
  });

async function losses(input: RecipeInput): Promise<number[]> {
  const found: number[] = [];
  for await (const event of train(input)) if (event.type === "step") found.push(event.loss);
  return found;
}

test("it trains, and a run that is stopped after any step goes on to the same bytes", async () => {
  chosen.optimizer = sgd;
  const straight = recipe();
  const found = await losses(straight);
  expect(found.at(-1)!).toBeLessThan(found[0]! * 0.8);
  const unbroken = ending(straight.output, "checkpoint-12");
  for (const step of sampled([0, 3, 4, 9], 2)) {
    const input = recipe();
    await stopAfter(input, step);
    await train(input, { resume: true }).result();
    expect(ending(input.output, "checkpoint-12"), `stopped after step ${step}`).toEqual(unbroken);
  }
});

test("its checkpoints hold its state under its names, and that is not all zero", async () => {
  chosen.optimizer = sgd;
  const input = recipe();
  await stopAfter(input, 4);
  const file = await openSafetensors(join(input.output, "checkpoint-4", "optimizer.safetensors"));
  const suffixes = new Set(Array.from(file.tensors.keys(), (name) => name.split(".").at(-1)));
  const shape = file.tensors.get("classifier.bias.momentum_buffer")!.shape;
  const momentum = new Float32Array(shape[0]!);
  await file.readInto("classifier.bias.momentum_buffer", momentum);
  await file.close();
  expect([...suffixes]).toEqual(["momentum_buffer"]);
  expect(momentum.every((value) => value !== 0)).toBe(true);
});

test("a checkpoint of another optimizer is refused by the names of its blocks, even with force", async () => {
  for (const [first, second, message] of [
    [sgd, undefined, "has changed from momentum_buffer to exp_avg, exp_avg_sq"],
    [undefined, sgd, "has changed from exp_avg, exp_avg_sq to momentum_buffer"],
  ] as const) {
    const input = recipe();
    chosen.optimizer = first;
    await stopAfter(input, 4);
    chosen.optimizer = second;
    await expect(train({ ...input, force: true }, { resume: true }).result()).rejects.toMatchObject({
      code: "TRAIN_OPTIMIZER_CHANGED",
      message: expect.stringContaining(message),
      where: expect.stringContaining("optimizer.safetensors"),
    });
  }
});
