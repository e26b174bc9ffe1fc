/** An exponential moving average of the weights, kept next to them. */
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

/** The average is updated after this many updates of the weights, since each time reads all weights. */
const EVERY = 8;

/** The state of an average, besides its floats. */
export interface AverageState {
  /** Number of updates of the run that the average includes. */
  readonly updates: number;
  /** The average of the factor on the rows of the word-embedding table that the run leaves out. */
  readonly leftOutFactor: number;
}

/** The ONNX model of average ← average + (weight − average) · take, for several chunks. */
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
 * average ← dᵏ · average + (1 − dᵏ) · weights, where k is the number of updates since the last time and d =
 * min((1 + t) / (10 + t), decay) after t updates. It is computed every 8 updates, and before each evaluation.
 */
export class WeightAverage implements WeightsMoment {
  private updates = 0;
  private leftOut = 1;
  /** The average of the conditional random field's values, if the model has one. */
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

  /** Creates an average that starts as a copy of the present weights. */
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
      const graph = owned.own(
        await engine.compile(model, { name: "average of weights", threads, updatesInPlace: true }),
      );
      const bindings = bindLanes(
        graph,
        chunksOf(0, weights.layout.length, weights),
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

  /** The factor on the table rows that the run leaves out. */
  get unusedRowDecay(): number {
    return this.leftOut;
  }

  readonly read = (from: number, to: number): readonly Float32Array[] => [
    this.block.read(from * 4, to - from),
  ];

  /** Starts again with a copy of the present weights. */
  begin({ updates, leftOutFactor }: AverageState): void {
    this.block.copyIn(0, this.weights.block.read());
    if (this.crfValues !== undefined) this.crf?.set(this.crfValues);
    this.updates = updates;
    this.leftOut = leftOutFactor;
  }

  /**
   * Adds the weights to the average if it is time.
   *
   * @param updates the number of updates of the run so far
   * @param options.now add them even if it is not yet time
   * @param options.mayChange awaited before the floats of the average from index `from` up to `to` are
   *   changed
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

  /** Frees all memory. Call it only while the average is not being updated. */
  dispose(): Promise<void> {
    return this.owned.release();
  }
}
