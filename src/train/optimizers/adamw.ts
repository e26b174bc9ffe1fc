/** AdamW (https://arxiv.org/abs/1711.05101) as torch.optim.AdamW computes it, as an ONNX graph over chunks of plain memory. */

import type { AdamOptions } from "../../crf/index.js";
import { add, divide, emit, input, multiply, sqrt, subtract, type Tensor } from "../../graph/index.js";
import { decays, type Parameter, type ParameterLayout } from "../../models/index.js";
import { Owned } from "../../owned.js";
import { NativeBuffer, Session } from "../../runtime/index.js";
import { type BoundChunks, bindLanes, chunksOf, lanes } from "./chunks.js";

export interface AdamWOptions extends AdamOptions {
  readonly weightDecay: number;
  /** What the learning rate is multiplied by for a parameter. */
  readonly rateFactor: (parameter: Parameter) => number;
}

/** The numbers that an update needs for all parameters alike, in the order of their places in memory. */
const scalars = ["keepMean", "takeMean", "keepSquare", "takeSquare", "epsilon"] as const;
/** Those that differ by group of parameters; they stand behind the others, group by group. */
const groupScalars = ["rate", "keep"] as const;
type Scalars = Readonly<Record<(typeof scalars)[number], number>>;
type GroupScalars = Readonly<Record<(typeof groupScalars)[number], number>>;

/**
 * The numbers of one update.
 *
 * With g the clipped gradient: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g²,
 * w ← (1 − lr·λ)w − lr/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε). The correction of v is moved out of the fraction, and the
 * factor of clipping into what m and v take of the raw gradient.
 */
function updateScalars(options: AdamWOptions, step: number, norm: number): Scalars {
  const { beta1, beta2, epsilon, maxGradNorm } = options;
  const clip = maxGradNorm > 0 ? Math.min(1, maxGradNorm / (norm + 1e-6)) : 1;
  return {
    keepMean: beta1,
    takeMean: (1 - beta1) * clip,
    keepSquare: beta2,
    takeSquare: (1 - beta2) * clip * clip,
    epsilon: epsilon * Math.sqrt(1 - beta2 ** step),
  };
}

function updateGroupScalars(
  { beta1, beta2, weightDecay }: AdamWOptions,
  step: number,
  learningRate: number,
  decayed: boolean,
): GroupScalars {
  return {
    rate: (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step),
    keep: decayed ? 1 - learningRate * weightDecay : 1,
  };
}

/** One update of several chunks, each of its own size and rate: weights and moments in, the same out. */
function updateModel(): Uint8Array {
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
  return emit(outputs);
}

/** Updates weights in place from gradients; keeps both moments. */
export class AdamW {
  private constructor(
    private readonly options: AdamWOptions,
    private readonly groups: readonly Group[],
    private readonly bindings: readonly BoundChunks[],
    private readonly values: NativeBuffer,
    /** First and second moments, in the layout of the weights. */
    readonly moments: { readonly mean: NativeBuffer; readonly square: NativeBuffer },
    private readonly owned: Owned,
  ) {}

  static async create(
    layout: ParameterLayout,
    blocks: { weights: NativeBuffer; gradients: NativeBuffer },
    options: AdamWOptions & { threads: number },
  ): Promise<AdamW> {
    return Owned.making(async (owned) => {
      const moments = {
        mean: owned.own(layout.allocate(), "free"),
        square: owned.own(layout.allocate(), "free"),
      };
      const groups = groupsOf(layout, options.rateFactor);
      const count = scalars.length + groups.length * groupScalars.length;
      const values = owned.own(NativeBuffer.allocate(count * 64), "free");
      const session = owned.own(
        await Session.create(updateModel(), { name: "AdamW", threads: options.threads }),
      );
      const place = (index: number) =>
        ({ buffer: values, byteOffset: index * 64, type: "float32", dims: [] }) as const;

      const chunks = groups.flatMap(({ from, to }, group) =>
        chunksOf(from, to).map((chunk) => ({ ...chunk, group })),
      );
      const bindings = bindLanes(
        session,
        chunks,
        (binding) => {
          scalars.forEach((name, index) => {
            binding.bindInput(name, place(index));
          });
        },
        (binding, lane, { offset, size, group }) => {
          const chunk = (buffer: NativeBuffer) =>
            ({ buffer, byteOffset: offset * 4, type: "float32", dims: [size] }) as const;
          groupScalars.forEach((name, index) => {
            binding.bindInput(`${name}.${lane}`, place(placeOf(group, index)));
          });
          binding.bindInput(`gradient.${lane}`, chunk(blocks.gradients));
          const updated = { Weight: blocks.weights, Mean: moments.mean, Square: moments.square };
          for (const [name, block] of Object.entries(updated)) {
            binding.bindInput(`${name.toLowerCase()}.${lane}`, chunk(block));
            binding.bindOutput(`new${name}.${lane}`, chunk(block));
          }
        },
      );
      return new AdamW(options, groups, bindings, values, moments, owned);
    });
  }

  /**
   * One update.
   *
   * @param step number of the update, from 1
   * @param norm global norm of the gradient, for clipping
   * @param mayChange awaited before floats from one place up to another are changed
   */
  async update(
    step: number,
    learningRate: number,
    norm: number,
    mayChange?: (from: number, to: number) => Promise<void> | undefined,
  ): Promise<void> {
    const shared = updateScalars(this.options, step, norm);
    const put = (index: number, value: number) => {
      this.values.float32(index * 64, 1)[0] = value;
    };
    scalars.forEach((name, index) => {
      put(index, shared[name]);
    });
    this.groups.forEach(({ factor, decayed }, group) => {
      const own = updateGroupScalars(this.options, step, learningRate * factor, decayed);
      groupScalars.forEach((name, index) => {
        put(placeOf(group, index), own[name]);
      });
    });
    for (const { binding, from, to } of this.bindings) {
      await mayChange?.(from, to);
      await binding.run();
    }
  }

  /** Gives all memory back. Call it when no update is under way. */
  dispose(): Promise<void> {
    return this.owned.release();
  }
}

/** Neighbouring parameters with one rate, all of which decay or none: floats from one place up to another. */
interface Group {
  readonly from: number;
  readonly to: number;
  readonly decayed: boolean;
  /** What the learning rate is multiplied by. */
  readonly factor: number;
}

function groupsOf(layout: ParameterLayout, rateFactor: AdamWOptions["rateFactor"]): readonly Group[] {
  const inOrder = layout.parameters.toSorted((a, b) => layout.offset(a.name) - layout.offset(b.name));
  const groups: Group[] = [];
  inOrder.forEach((parameter, index) => {
    const next = inOrder[index + 1];
    const to = next === undefined ? layout.length : layout.offset(next.name);
    const [decayed, factor] = [decays(parameter), rateFactor(parameter)];
    const before = groups.at(-1);
    const joins = before?.decayed === decayed && before.factor === factor;
    const from = joins ? groups.pop()!.from : layout.offset(parameter.name);
    groups.push({ from, to, decayed, factor });
  });
  return groups;
}

/** Where a number of a group stands among all numbers. */
const placeOf = (group: number, index: number): number =>
  scalars.length + group * groupScalars.length + index;
