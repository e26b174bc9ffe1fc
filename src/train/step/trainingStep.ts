import { FeedMemory, type ModelConfig, type PackedBatch, type ParameterLayout } from "../../models/index.js";
import { Owned } from "../../owned.js";
import type { Binding, NativeBuffer, Session } from "../../runtime/index.js";
import {
  batchTargets,
  type LossOptions,
  type TrainingExample,
} from "../../tasks/tokenClassification/targets.js";
import { type DropoutKey, drawMasks, StepBuffers, stepSession } from "./stepBuffers.js";
import { stepModel } from "./stepGraphs.js";

/** One batch of a training step. */
export interface StepBatch {
  readonly members: readonly TrainingExample[];
  readonly packed: PackedBatch;
  /** Weight of the labelled pieces of the whole step: what its mean loss divides by. */
  readonly total: number;
  readonly key: DropoutKey;
}

/**
 * Forward and backward pass of one batch, in place: weights are read and gradients written where they stand.
 *
 * A step of several batches (gradient accumulation) runs the first with `first: true`, which overwrites the gradients,
 * and the others with `first: false`, which add to them.
 */
export interface Step {
  /** Copies a batch to native memory, and draws its dropout masks there. */
  load(batch: StepBatch, first: boolean): void;
  /** Runs the batch that was loaded last; gives its loss. */
  run(first: boolean): Promise<number>;
  /** After a step's last batch: the global norm of its gradient, and of each parameter's where that is not finite. */
  gradientNorm(): { norm: number; notFinite: readonly string[] };
  /** Ends profiling, if it was asked for; gives the files written. */
  endProfiling(): readonly string[];
  /** Gives all memory back. Call it when no run is under way. */
  dispose(): Promise<void>;
}

/** How a step is computed. */
export interface StepOptions {
  readonly labels: number;
  readonly threads: number;
  readonly accumulates: boolean;
  /** Where ONNX Runtime shall write a profile. */
  readonly profile?: string | undefined;
}

/** What a step reads and writes, in the layout of the weights. */
export interface StepBlocks {
  readonly weights: NativeBuffer;
  readonly gradients: NativeBuffer;
}

interface BoundStep {
  readonly binding: Binding;
  readonly memory: FeedMemory;
}

/** A step whose loss is the mean cross-entropy of its labelled pieces: one graph. */
export class TrainingStep implements Step {
  private constructor(
    private readonly loss: LossOptions,
    private readonly places: StepBuffers,
    private readonly sites: ReturnType<typeof stepModel>["sites"],
    private readonly sessions: readonly Session[],
    private readonly overwriting: BoundStep,
    private readonly adding: BoundStep | undefined,
    private readonly profiles: boolean,
    private readonly owned: Owned,
  ) {}

  static async create(
    config: ModelConfig,
    layout: ParameterLayout,
    blocks: StepBlocks,
    options: StepOptions,
    loss: LossOptions,
  ): Promise<TrainingStep> {
    return Owned.making(async (owned) => {
      const places = owned.own(new StepBuffers(layout, blocks), "free");
      const sessions: Session[] = [];
      let sites: ReturnType<typeof stepModel>["sites"] = [];
      const bind = async (accumulates: boolean): Promise<BoundStep> => {
        const model = stepModel(config, layout, options.labels, accumulates);
        ({ sites } = model);
        const session = owned.own(await stepSession(model.bytes, options));
        sessions.push(session);
        const binding = session.bind();
        const memory = owned.own(new FeedMemory(binding));
        places.bind(binding);
        return { binding, memory };
      };
      const overwriting = await bind(false);
      const adding = options.accumulates ? await bind(true) : undefined;
      const profiles = options.profile !== undefined;
      return new TrainingStep(loss, places, sites, sessions, overwriting, adding, profiles, owned);
    });
  }

  load({ members, packed, total, key }: StepBatch, first: boolean): void {
    const { memory } = first ? this.overwriting : this.adding!;
    const { distributions, weights } = batchTargets(members, total, this.loss);
    const { labelled } = packed.sizes;
    memory.bind([
      ...packed.feeds,
      { name: "targets", dims: [labelled, this.loss.labels], data: distributions },
      { name: "rowWeights", dims: [labelled, 1], data: weights },
    ]);
    drawMasks(memory, this.sites, packed, key);
  }

  async run(first: boolean): Promise<number> {
    await (first ? this.overwriting : this.adding!).binding.run();
    return this.places.loss;
  }

  gradientNorm(): { norm: number; notFinite: readonly string[] } {
    return this.places.gradientNorm();
  }

  endProfiling(): readonly string[] {
    return this.profiles ? this.sessions.map((session) => session.endProfiling()) : [];
  }

  dispose(): Promise<void> {
    return this.owned.release();
  }
}
