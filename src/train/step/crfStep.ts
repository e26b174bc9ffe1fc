import type { CrfHead, CrfTargets } from "../../crf/index.js";
import { dimsOf, FeedMemory, type ModelConfig, type ParameterLayout } from "../../models/index.js";
import { Owned } from "../../owned.js";
import type { CompiledGraph, GraphBinding } from "../../runtime/index.js";
import { crfTargets } from "../../tasks/tokenClassification/index.js";
import type { GradientNorm } from "./gradientNorm.js";
import type { Step, StepBatch, StepBlocks, StepOptions } from "./step.js";
import { compileStep, drawMasks, StepBuffers } from "./stepBuffers.js";
import { type CutStepModels, cutStepModels } from "./stepGraphs.js";

/**
 * A step whose loss is that of a conditional random field. The graph is cut at the logits. The loss of the
 * field and its gradient are computed on the host, between the two parts of the graph.
 */
export class CrfStep implements Step {
  private targets: CrfTargets | undefined;

  private constructor(
    private readonly head: CrfHead,
    private readonly labels: number,
    private readonly models: Pick<CutStepModels, "kept" | "sites">,
    private readonly places: StepBuffers,
    private readonly graphs: readonly CompiledGraph[],
    private readonly forward: GraphBinding,
    private readonly overwriting: GraphBinding,
    private readonly adding: GraphBinding | undefined,
    private readonly memory: FeedMemory,
    private readonly profiles: boolean,
    private readonly owned: Owned,
  ) {}

  static async create(
    config: ModelConfig,
    layout: ParameterLayout,
    blocks: StepBlocks,
    options: StepOptions,
    head: CrfHead,
  ): Promise<CrfStep> {
    const { engine } = options;
    const models = cutStepModels(config, layout, options.labels, engine.profile);
    return Owned.making(async (owned) => {
      const places = owned.own(new StepBuffers(engine, layout, blocks, false), "free");
      const graphs: CompiledGraph[] = [];
      const bind = async (bytes: Uint8Array): Promise<GraphBinding> => {
        const graph = owned.own(await compileStep(bytes, options, true));
        graphs.push(graph);
        const binding = graph.bind();
        places.bind(binding);
        return binding;
      };
      const forward = await bind(models.forward);
      forward.bindOutputToCpu("logits");
      const overwriting = await bind(models.backward(false));
      const adding = options.accumulates ? await bind(models.backward(true)) : undefined;
      const bindings = [forward, overwriting, ...(adding === undefined ? [] : [adding])];
      const memory = owned.own(new FeedMemory(engine, ...bindings));
      const { kept, sites } = models;
      const profiles = options.profile !== undefined;
      return new CrfStep(
        head,
        options.labels,
        { kept, sites },
        places,
        graphs,
        forward,
        overwriting,
        adding,
        memory,
        profiles,
        owned,
      );
    });
  }

  load(batch: StepBatch): void {
    const { members, packed, total } = batch;
    this.memory.bind(packed.feeds);
    drawMasks(this.memory, this.models.sites, batch);
    for (const { name, type, shape } of this.models.kept) {
      this.memory.reserve(name, type, dimsOf(shape, packed));
    }
    this.targets = crfTargets(members, total);
  }

  async run(first: boolean): Promise<number> {
    const targets = this.targets!;
    if (first) this.head.begin();
    await this.forward.run();
    const logits = this.forward.output("logits").data as Float32Array;
    const { loss, gradient } = this.head.loss(logits, targets);
    const dims = [targets.labels.length, this.labels];
    this.memory.bind([{ name: "logitsGradient", dims, data: gradient }]);
    await (first ? this.overwriting : this.adding!).run();
    return loss;
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
