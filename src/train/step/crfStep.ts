import type { CrfHead, CrfTargets } from "../../crf/head.js";
import { dimsOf, FeedMemory, type ModelConfig, type ParameterLayout } from "../../models/index.js";
import { Owned } from "../../owned.js";
import type { Binding, Session } from "../../runtime/index.js";
import type { TrainingExample } from "../../tasks/tokenClassification/targets.js";
import type { Step, StepBatch, StepBlocks, StepOptions } from "./step.js";
import { drawMasks, StepBuffers, stepSession } from "./stepBuffers.js";
import { type CutStepModels, cutStepModels } from "./stepGraphs.js";

/**
 * A step whose loss is that of a conditional random field: the graph is cut at the logits, the field's loss and gradient
 * are computed between its two parts, on the host.
 */
export class CrfStep implements Step {
  private targets: CrfTargets | undefined;

  private constructor(
    private readonly head: CrfHead,
    private readonly labels: number,
    private readonly models: Pick<CutStepModels, "kept" | "sites">,
    private readonly places: StepBuffers,
    private readonly sessions: readonly Session[],
    private readonly forward: Binding,
    private readonly overwriting: Binding,
    private readonly adding: Binding | undefined,
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
    const models = cutStepModels(config, layout, options.labels);
    return Owned.making(async (owned) => {
      const places = owned.own(new StepBuffers(layout, blocks), "free");
      const sessions: Session[] = [];
      const bind = async (bytes: Uint8Array): Promise<Binding> => {
        const session = owned.own(await stepSession(bytes, options, true));
        sessions.push(session);
        const binding = session.bind();
        places.bind(binding);
        return binding;
      };
      const forward = await bind(models.forward);
      forward.bindOutputToCpu("logits");
      const overwriting = await bind(models.backward(false));
      const adding = options.accumulates ? await bind(models.backward(true)) : undefined;
      const bindings = [forward, overwriting, ...(adding === undefined ? [] : [adding])];
      const memory = owned.own(new FeedMemory(...bindings));
      const { kept, sites } = models;
      const profiles = options.profile !== undefined;
      return new CrfStep(
        head,
        options.labels,
        { kept, sites },
        places,
        sessions,
        forward,
        overwriting,
        adding,
        memory,
        profiles,
        owned,
      );
    });
  }

  load({ members, packed, total, key }: StepBatch): void {
    this.memory.bind(packed.feeds);
    drawMasks(this.memory, this.models.sites, packed, key);
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

  gradientNorm(): { norm: number; notFinite: readonly string[] } {
    const { norm, notFinite } = this.places.gradientNorm();
    const own = this.head.squaredNorm;
    return {
      norm: Math.sqrt(norm * norm + own),
      notFinite: Number.isFinite(own) ? notFinite : [...notFinite, "transitions"],
    };
  }

  endProfiling(): readonly string[] {
    return this.profiles ? this.sessions.map((session) => session.endProfiling()) : [];
  }

  dispose(): Promise<void> {
    return this.owned.release();
  }
}

/** The labelled words of a batch as chains. */
function crfTargets(members: readonly TrainingExample[], total: number): CrfTargets {
  return {
    labels: Int32Array.from(
      members.flatMap(({ labels }) => Array.from(labels.filter((label) => label >= 0))),
    ),
    chains: members.flatMap(({ chains }) => chains!),
    weight: 1 / total,
  };
}
