import { FeedMemory, type ModelConfig, type ParameterLayout } from "../../models/index.js";
import { Owned } from "../../owned.js";
import type { CompiledGraph, GraphBinding } from "../../runtime/index.js";
import { batchTargets, type LossOptions } from "../../tasks/tokenClassification/targets.js";
import type { Step, StepBatch, StepBlocks, StepOptions } from "./step.js";
import { compileStep, drawMasks, StepBuffers } from "./stepBuffers.js";
import { stepModel } from "./stepGraphs.js";

interface BoundStep {
  readonly binding: GraphBinding;
  readonly memory: FeedMemory;
}

/** A step whose loss is the mean cross-entropy of its labelled pieces: one graph. */
export class TrainingStep implements Step {
  private constructor(
    private readonly loss: LossOptions,
    private readonly places: StepBuffers,
    private readonly sites: ReturnType<typeof stepModel>["sites"],
    private readonly graphs: readonly CompiledGraph[],
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
      const { engine } = options;
      const places = owned.own(new StepBuffers(engine, layout, blocks), "free");
      const graphs: CompiledGraph[] = [];
      let sites: ReturnType<typeof stepModel>["sites"] = [];
      const bind = async (accumulates: boolean): Promise<BoundStep> => {
        const model = stepModel(config, layout, options.labels, accumulates, engine.profile);
        ({ sites } = model);
        const graph = owned.own(await compileStep(model.bytes, options));
        graphs.push(graph);
        const binding = graph.bind();
        const memory = owned.own(new FeedMemory(engine, binding));
        places.bind(binding);
        return { binding, memory };
      };
      const overwriting = await bind(false);
      const adding = options.accumulates ? await bind(true) : undefined;
      const profiles = options.profile !== undefined;
      return new TrainingStep(loss, places, sites, graphs, overwriting, adding, profiles, owned);
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
    return this.profiles ? this.graphs.map((graph) => graph.endProfiling()) : [];
  }

  dispose(): Promise<void> {
    return this.owned.release();
  }
}
