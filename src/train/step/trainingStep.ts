import { FeedMemory, type ModelConfig, type ParameterLayout } from "../../models/index.js";
import { Owned } from "../../owned.js";
import type { CompiledGraph, GraphBinding } from "../../runtime/index.js";
import type { TokenClassification } from "../../tasks/tokenClassification/index.js";
import type { GradientNorm } from "./gradientNorm.js";
import type { Step, StepBatch, StepBlocks, StepOptions } from "./step.js";
import { compileStep, drawMasks, StepBuffers } from "./stepBuffers.js";
import { stepModel } from "./stepGraphs.js";

interface BoundStep {
  readonly binding: GraphBinding;
  readonly memory: FeedMemory;
}

/** A step whose loss is part of the graph. */
export class TrainingStep implements Step {
  private constructor(
    private readonly task: Pick<TokenClassification, "targets">,
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
    task: Pick<TokenClassification, "loss" | "targets">,
  ): Promise<TrainingStep> {
    return Owned.making(async (owned) => {
      const { engine } = options;
      const places = owned.own(new StepBuffers(engine, layout, blocks, true), "free");
      const graphs: CompiledGraph[] = [];
      let sites: ReturnType<typeof stepModel>["sites"] = [];
      const bind = async (accumulates: boolean): Promise<BoundStep> => {
        const model = stepModel(config, layout, task.loss, accumulates, engine.profile);
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
      return new TrainingStep(task, places, sites, graphs, overwriting, adding, profiles, owned);
    });
  }

  load(batch: StepBatch, first: boolean): void {
    const { members, packed, total } = batch;
    const { memory } = first ? this.overwriting : this.adding!;
    memory.bind([...packed.feeds, ...this.task.targets(members, total)]);
    drawMasks(memory, this.sites, batch);
  }

  async run(first: boolean): Promise<number> {
    await (first ? this.overwriting : this.adding!).binding.run();
    return this.places.loss;
  }

  gradientNorm(): GradientNorm {
    return this.places.gradientNorm();
  }

  endProfiling(): readonly string[] {
    return this.profiles ? this.graphs.map((graph) => graph.endProfiling()) : [];
  }

  dispose(): Promise<void> {
    return this.owned.release();
  }
}
