/** AdamW as an ONNX graph that works in place on chunks of memory, for blocks on any device. */

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
import type { StateBlock } from "../../runtime/index.js";
import {
  type AdamWBlocks,
  type AdamWScalars,
  type AdamWUpdates,
  groupScalars,
  scalars,
} from "./adamwUpdates.js";
import { type BoundChunks, bindLanes, chunksOfGroups, lanes } from "./chunks.js";
import type { OptimizerInputs, Update } from "./optimizer.js";

/**
 * The ONNX model of one update of several chunks, each with its own size and rate. Takes weights, gradients
 * and moments, gives new weights and moments.
 */
function updateModel(profile: EmissionProfile): Uint8Array {
  const scalar = Object.fromEntries(scalars.map((name) => [name, input(name, "float32", [])])) as Record<
    (typeof scalars)[number],
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

/** Runs the graph on all chunks of the blocks. */
export class GraphUpdates implements AdamWUpdates {
  private constructor(
    private readonly bindings: readonly BoundChunks[],
    private readonly values: StateBlock,
    private readonly owned: Owned,
  ) {}

  static create(
    { engine, layout, weights, gradients, groups, threads, ranges }: OptimizerInputs,
    blocks: AdamWBlocks,
  ): Promise<GraphUpdates> {
    return Owned.making(async (owned) => {
      const count = scalars.length + groups.length * groupScalars.length;
      const values = owned.own(engine.block(count * 64), "free");
      const graph = owned.own(
        await engine.compile(updateModel(engine.profile), { name: "AdamW", threads, updatesInPlace: true }),
      );
      const place = (index: number) =>
        ({ buffer: values, byteOffset: index * 64, type: "float32", dims: [] }) as const;

      const bindings = bindLanes(
        graph,
        chunksOfGroups(groups, { engine, layout }, ranges),
        (binding) => {
          scalars.forEach((name, index) => {
            binding.bindInput(name, place(index));
          });
        },
        (binding, lane, { offset, at, size, group }) => {
          const chunk = (buffer: StateBlock, from = at) =>
            ({ buffer, byteOffset: from * 4, type: "float32", dims: [size] }) as const;
          groupScalars.forEach((name, index) => {
            binding.bindInput(`${name}.${lane}`, place(placeOf(group, index)));
          });
          binding.bindInput(`gradient.${lane}`, chunk(gradients));
          const updated = {
            Weight: chunk(weights, offset),
            Mean: chunk(blocks.exp_avg),
            Square: chunk(blocks.exp_avg_sq),
          };
          for (const [name, tensor] of Object.entries(updated)) {
            binding.bindInput(`${name.toLowerCase()}.${lane}`, tensor);
            binding.bindOutput(`new${name}.${lane}`, tensor);
          }
        },
      );
      return new GraphUpdates(bindings, values, owned);
    });
  }

  async run({ shared, groups }: AdamWScalars, { beforeWrite }: Update): Promise<void> {
    const values = new Float32Array(this.values.byteLength / 4);
    const put = (index: number, value: number) => {
      values[index * 16] = value;
    };
    scalars.forEach((name, index) => {
      put(index, shared[name]);
    });
    groups.forEach((own, number) => {
      groupScalars.forEach((name, index) => {
        put(placeOf(number, index), own[name]);
      });
    });
    this.values.copyIn(0, values);
    for (const { binding, from, to } of this.bindings) {
      await beforeWrite?.(from, to);
      await binding.run();
    }
  }

  dispose(): Promise<void> {
    return this.owned.release();
  }
}

/** The index of a group's scalar among all scalars. */
const placeOf = (group: number, index: number): number =>
  scalars.length + group * groupScalars.length + index;
