/**
 * AdamW (https://arxiv.org/abs/1711.05101) as torch.optim.AdamW computes it: an ONNX graph that works in
 * place on chunks of memory.
 */

import type { AdamWHyperparameters } from "../../crf/adamw.js";
import {
  add,
  divide,
  type EmissionProfile,
  emit,
  input,
  multiply,
  sqrt,
  subtract,
  type Tensor,
} from "../../graph/index.js";
import { Owned } from "../../owned.js";
import type { Recipe } from "../../recipe/index.js";
import type { StateBlock } from "../../runtime/index.js";
import { type BoundChunks, bindLanes, chunksOf, lanes } from "./chunks.js";
import type { Optimizer, OptimizerFactory, Update } from "./optimizer.js";
import { decayFactor, type ParamGroup } from "./paramGroups.js";

export const adamwHyperparameters = (recipe: Recipe): AdamWHyperparameters => ({
  beta1: recipe.adamBeta1,
  beta2: recipe.adamBeta2,
  epsilon: recipe.adamEpsilon,
});

/** The scalars that are the same for all parameters, in the order of their places in memory. */
const scalars = ["keepMean", "takeMean", "keepSquare", "takeSquare", "epsilon"] as const;
/** The scalars of each parameter group. They follow the others in memory, group by group. */
const groupScalars = ["rate", "keep"] as const;
type Scalars = Readonly<Record<(typeof scalars)[number], number>>;
type GroupScalars = Readonly<Record<(typeof groupScalars)[number], number>>;

/**
 * The scalars of one update.
 *
 * With the clipped gradient g: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← (1 − lr·λ)w − lr/(1−β₁ᵗ) · m /
 * (√v/√(1−β₂ᵗ) + ε). The bias correction of v is moved out of the fraction, into the rate and ε. The clipping
 * factor is part of the factors `takeMean` and `takeSquare` on the raw gradient.
 */
function updateScalars({ beta1, beta2, epsilon }: AdamWHyperparameters, { step, clip }: Update): Scalars {
  return {
    keepMean: beta1,
    takeMean: (1 - beta1) * clip,
    keepSquare: beta2,
    takeSquare: (1 - beta2) * clip * clip,
    epsilon: epsilon * Math.sqrt(1 - beta2 ** step),
  };
}

function updateGroupScalars(
  { beta1, beta2 }: AdamWHyperparameters,
  { step, learningRate }: Update,
  group: ParamGroup,
): GroupScalars {
  return {
    rate: (learningRate * group.rateFactor * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step),
    keep: decayFactor(group, learningRate),
  };
}

/**
 * The ONNX model of one update of several chunks, each with its own size and rate. Takes weights, gradients
 * and moments, gives new weights and moments.
 */
function updateModel(profile: EmissionProfile): Uint8Array {
  const scalar = Object.fromEntries(scalars.map((name) => [name, input(name, "float32", [])])) as Record<
    keyof Scalars,
    Tensor
  >;
  const outputs: Record<string, Tensor> = {};
  for (const lane of lanes) {
    const chunk = (name: string) => input(`${name}.${lane}`, "float32", [`size.${lane}`]);
    const [weight, gradient, mean, square] = ["weight", "gradient", "mean", "square"].map(chunk);
    const [rate, keep] = groupScalars.map((name) => input(`${name}.${lane}`, "float32", []));
    const newMean = add(multiply(mean!, scalar.keepMean), multiply(gradient!, scalar.takeMean));
    const squared = multiply(multiply(gradient!, gradient!), scalar.takeSquare);
    const newSquare = add(multiply(square!, scalar.keepSquare), squared);
    const direction = divide(newMean, add(sqrt(newSquare), scalar.epsilon));
    outputs[`newMean.${lane}`] = newMean;
    outputs[`newSquare.${lane}`] = newSquare;
    outputs[`newWeight.${lane}`] = subtract(multiply(weight!, keep!), multiply(direction, rate!));
  }
  return emit(outputs, { profile });
}

/** Both moments are state blocks with torch's names. */
class AdamW implements Optimizer {
  constructor(
    private readonly options: AdamWHyperparameters,
    private readonly groups: readonly ParamGroup[],
    private readonly bindings: readonly BoundChunks[],
    private readonly values: StateBlock,
    readonly blocks: { readonly exp_avg: StateBlock; readonly exp_avg_sq: StateBlock },
    private readonly owned: Owned,
  ) {}

  async update(update: Update): Promise<void> {
    const shared = updateScalars(this.options, update);
    const values = new Float32Array(this.values.byteLength / 4);
    const put = (index: number, value: number) => {
      values[index * 16] = value;
    };
    scalars.forEach((name, index) => {
      put(index, shared[name]);
    });
    this.groups.forEach((group, number) => {
      const own = updateGroupScalars(this.options, update, group);
      groupScalars.forEach((name, index) => {
        put(placeOf(number, index), own[name]);
      });
    });
    this.values.copyIn(0, values);
    for (const { binding, from, to } of this.bindings) {
      await update.beforeWrite?.(from, to);
      await binding.run();
    }
  }

  dispose(): Promise<void> {
    return this.owned.release();
  }
}

export const adamw: OptimizerFactory = (recipe, { engine, layout, weights, gradients, groups, threads }) =>
  Owned.making(async (owned) => {
    const blocks = {
      exp_avg: owned.own(layout.allocate(engine), "free"),
      exp_avg_sq: owned.own(layout.allocate(engine), "free"),
    };
    const count = scalars.length + groups.length * groupScalars.length;
    const values = owned.own(engine.block(count * 64), "free");
    const graph = owned.own(
      await engine.compile(updateModel(engine.profile), { name: "AdamW", threads, updatesInPlace: true }),
    );
    const place = (index: number) =>
      ({ buffer: values, byteOffset: index * 64, type: "float32", dims: [] }) as const;

    const chunks = groups.flatMap(({ from, to }, group) =>
      chunksOf(from, to).map((chunk) => ({ ...chunk, group })),
    );
    const bindings = bindLanes(
      graph,
      chunks,
      (binding) => {
        scalars.forEach((name, index) => {
          binding.bindInput(name, place(index));
        });
      },
      (binding, lane, { offset, size, group }) => {
        const chunk = (buffer: StateBlock) =>
          ({ buffer, byteOffset: offset * 4, type: "float32", dims: [size] }) as const;
        groupScalars.forEach((name, index) => {
          binding.bindInput(`${name}.${lane}`, place(placeOf(group, index)));
        });
        binding.bindInput(`gradient.${lane}`, chunk(gradients));
        const updated = { Weight: weights, Mean: blocks.exp_avg, Square: blocks.exp_avg_sq };
        for (const [name, block] of Object.entries(updated)) {
          binding.bindInput(`${name.toLowerCase()}.${lane}`, chunk(block));
          binding.bindOutput(`new${name}.${lane}`, chunk(block));
        }
      },
    );
    return new AdamW(adamwHyperparameters(recipe), groups, bindings, values, blocks, owned);
  });

/** The index of a group's scalar among all scalars. */
const placeOf = (group: number, index: number): number =>
  scalars.length + group * groupScalars.length + index;
