/** An exponential moving average of the weights, kept beside them. */
import {
  add,
  type EmissionProfile,
  emit,
  input,
  multiply,
  subtract,
  type Tensor,
} from "../../graph/index.js";
import type { ModelWeights, WeightsMoment } from "../../models/index.js";
import { Owned } from "../../owned.js";
import type { StateBlock } from "../../runtime/index.js";
import { type BoundChunks, bindLanes, chunksOf, lanes } from "./chunks.js";

/** Updates between two additions to the average: each one reads all weights. */
const EVERY = 8;

/** Where an average stands, besides its floats. */
export interface AverageState {
  /** Updates of the run that are in it. */
  readonly updates: number;
  /** What the rows of the word-embedding table that the run leaves out are multiplied by in it. */
  readonly leftOutFactor: number;
}

/** average ← average + (weight − average) · take, of several chunks. */
function averageModel(profile: EmissionProfile): Uint8Array {
  const take = input("take", "float32", []);
  const outputs: Record<string, Tensor> = {};
  for (const lane of lanes) {
    const [average, weight] = ["average", "weight"].map((name) =>
      input(`${name}.${lane}`, "float32", [`size.${lane}`]),
    );
    outputs[`new.${lane}`] = add(average!, multiply(subtract(weight!, average!), take));
  }
  return emit(outputs, { profile });
}

/**
 * average ← dᵏ · average + (1 − dᵏ) · weights, where k updates have gone by since the last time and
 * d = min((1 + t) / (10 + t), decay) after t updates: every 8th update, and before each evaluation.
 */
export class WeightAverage implements WeightsMoment {
  private updates = 0;
  private leftOut = 1;
  /** Of the values of the model's conditional random field, where it has one. */
  readonly crf: Float32Array | undefined;

  private constructor(
    private readonly weights: ModelWeights,
    private readonly decay: number,
    private readonly bindings: readonly BoundChunks[],
    private readonly take: StateBlock,
    /** The average, in the layout of the weights. */
    readonly block: StateBlock,
    private readonly crfValues: Float32Array | undefined,
    private readonly owned: Owned,
  ) {
    this.crf = crfValues?.slice();
    this.begin({ updates: 0, leftOutFactor: weights.unusedRowDecay });
  }

  /** An average that begins with the weights as they are. */
  static async create(
    weights: ModelWeights,
    options: { readonly decay: number; readonly threads: number; readonly crf?: Float32Array | undefined },
  ): Promise<WeightAverage> {
    const { decay, threads, crf } = options;
    const { engine } = weights;
    return Owned.making(async (owned) => {
      const block = owned.own(weights.layout.allocate(engine), "free");
      const take = owned.own(engine.block(64), "free");
      const model = averageModel(engine.profile);
      const graph = owned.own(await engine.compile(model, { name: "average of weights", threads }));
      const bindings = bindLanes(
        graph,
        chunksOf(0, weights.layout.length),
        (binding) => binding.bindInput("take", { buffer: take, byteOffset: 0, type: "float32", dims: [] }),
        (binding, lane, { offset, size }) => {
          const chunk = (buffer: StateBlock) =>
            ({ buffer, byteOffset: offset * 4, type: "float32", dims: [size] }) as const;
          binding.bindInput(`average.${lane}`, chunk(block));
          binding.bindInput(`weight.${lane}`, chunk(weights.block));
          binding.bindOutput(`new.${lane}`, chunk(block));
        },
      );
      return new WeightAverage(weights, decay, bindings, take, block, crf, owned);
    });
  }

  get state(): AverageState {
    return { updates: this.updates, leftOutFactor: this.leftOut };
  }

  /** What the rows that the run leaves out are multiplied by. */
  get unusedRowDecay(): number {
    return this.leftOut;
  }

  readonly read = (from: number, to: number): readonly Float32Array[] => [
    this.block.read(from * 4, to - from),
  ];

  /** Begins anew with the weights as they are. */
  begin({ updates, leftOutFactor }: AverageState): void {
    this.block.copyIn(0, this.weights.block.read());
    if (this.crfValues !== undefined) this.crf?.set(this.crfValues);
    this.updates = updates;
    this.leftOut = leftOutFactor;
  }

  /**
   * Takes the weights in after so many updates of the run, where it is time for it.
   *
   * @param options.now whether it is time or not
   * @param options.mayChange awaited before floats of the average from one place up to another are changed
   */
  async follow(
    updates: number,
    options: {
      readonly now: boolean;
      readonly mayChange: (from: number, to: number) => Promise<void> | undefined;
    },
  ): Promise<void> {
    const since = updates - this.updates;
    if (since === 0 || (since < EVERY && !options.now)) return;
    const take = 1 - Math.min((1 + updates) / (10 + updates), this.decay) ** since;
    this.take.copyIn(0, Float32Array.of(take));
    for (const { binding, from, to } of this.bindings) {
      await options.mayChange(from, to);
      await binding.run();
    }
    this.crf?.forEach((value, at, crf) => {
      crf[at] = value + (this.crfValues![at]! - value) * take;
    });
    this.leftOut += (this.weights.unusedRowDecay - this.leftOut) * take;
    this.updates = updates;
  }

  /** Gives all memory back. Call it when the average follows nothing. */
  dispose(): Promise<void> {
    return this.owned.release();
  }
}
