import { add, crossEntropy, emit, gradient, input, sumOfSquares, type Tensor } from "../graph/index.js";
import {
  batchTensors,
  type DropoutSite,
  FeedMemory,
  logits,
  type ModelConfig,
  maskedDropout,
  type PackedBatch,
  type ParameterLayout,
  packing,
} from "../models/index.js";
import { type Binding, NativeBuffer, Session } from "../runtime/index.js";
import { dropoutMask } from "./keystream.js";

/** What the loss is computed from, one row for each labelled piece of the batch. */
export interface Targets {
  /** Target distribution of each row, `[labelled, labels]`: one-hot, or smoothed. */
  readonly distributions: Float32Array;
  /** What each row counts in the loss; 1/m each for a mean over m rows. `[labelled]` */
  readonly weights: Float32Array;
}

/** Which random numbers a run of the step uses: the same key gives the same dropout. */
export interface DropoutKey {
  readonly seed: number;
  readonly step: number;
  /** Number of the batch within a step of several batches. */
  readonly part: number;
}

/** The ONNX model of a training step: loss, gradients, squared length of each gradient. */
export function stepModel(
  config: ModelConfig,
  layout: ParameterLayout,
  labels: number,
  accumulates: boolean,
) {
  const weights = new Map<string, Tensor>(
    layout.parameters.map(({ name, shape }) => [name, input(name, "float32", shape)]),
  );
  const { dropout, sites } = maskedDropout(config);
  const predicted = logits(config, (name) => weights.get(name)!, batchTensors(packing(config)), dropout);
  const targets = input("targets", "float32", ["labelled", labels]);
  const loss = crossEntropy(predicted, targets, input("rowWeights", "float32", ["labelled", 1]));
  const gradients = gradient(loss, [...weights.values()]);
  const outputs: Record<string, Tensor> = { loss };
  // In the order of the backward pass, so that each weight's gradient is computed as soon as it can be: see emit.
  const backwards = layout.parameters.map((parameter, index) => ({ parameter, fresh: gradients[index]! }));
  backwards.sort((a, b) => a.fresh.node.id - b.fresh.node.id);
  for (const { parameter, fresh } of backwards) {
    const { name, shape } = parameter;
    const total = accumulates ? add(fresh, input(`before.${name}`, "float32", shape)) : fresh;
    outputs[`gradient.${name}`] = total;
    outputs[`squared.${name}`] = sumOfSquares(total);
  }
  return { bytes: emit(outputs), sites };
}

interface BoundStep {
  readonly binding: Binding;
  readonly memory: FeedMemory;
}

/**
 * Forward and backward pass of one batch, in place: weights are read and gradients written where they stand.
 *
 * A step of several batches (gradient accumulation) runs the first with `first: true`, which overwrites the gradients,
 * and the others with `first: false`, which add to them.
 */
export class TrainingStep {
  /** Loss, then the squared gradient lengths, 64 bytes apart. */
  private readonly figures: NativeBuffer;

  private constructor(
    private readonly layout: ParameterLayout,
    private readonly labels: number,
    private readonly sites: readonly DropoutSite[],
    private readonly sessions: readonly Session[],
    private readonly overwriting: BoundStep,
    private readonly adding: BoundStep | undefined,
    private readonly profiles: boolean,
  ) {
    this.figures = NativeBuffer.allocate((layout.parameters.length + 1) * 64);
  }

  static async create(
    config: ModelConfig,
    layout: ParameterLayout,
    blocks: { weights: NativeBuffer; gradients: NativeBuffer },
    options: { labels: number; threads: number; accumulates: boolean; profile?: string },
  ): Promise<TrainingStep> {
    const sessions: Session[] = [];
    const bind = async (accumulates: boolean) => {
      const { bytes, sites } = stepModel(config, layout, options.labels, accumulates);
      const session = await Session.create(bytes, {
        name: "training step",
        threads: options.threads,
        optimization: "all",
        // Merging equal nodes would keep alive what is computed twice on purpose.
        config: { "optimization.disable_specified_optimizers": "CommonSubexpressionElimination" },
        ...(options.profile === undefined ? {} : { profile: options.profile }),
      });
      sessions.push(session);
      const binding = session.bind();
      for (const { name } of layout.parameters) {
        binding.bindInput(name, layout.tensor(blocks.weights, name));
        binding.bindOutput(`gradient.${name}`, layout.tensor(blocks.gradients, name));
        if (accumulates) binding.bindInput(`before.${name}`, layout.tensor(blocks.gradients, name));
      }
      return { binding, sites, memory: new FeedMemory(binding) };
    };
    const overwriting = await bind(false);
    const adding = options.accumulates ? await bind(true) : undefined;
    const profiles = options.profile !== undefined;
    const step = new TrainingStep(
      layout,
      options.labels,
      overwriting.sites,
      sessions,
      overwriting,
      adding,
      profiles,
    );
    for (const each of [overwriting, adding]) if (each !== undefined) step.bindFigures(each.binding);
    return step;
  }

  private bindFigures(binding: Binding): void {
    const figure = (index: number) =>
      ({ buffer: this.figures, byteOffset: index * 64, type: "float32", dims: [] }) as const;
    binding.bindOutput("loss", figure(0));
    this.layout.parameters.forEach(({ name }, index) => {
      binding.bindOutput(`squared.${name}`, figure(index + 1));
    });
  }

  /** Copies a batch to native memory, and draws its dropout masks there. */
  load(batch: PackedBatch, targets: Targets, key: DropoutKey, first: boolean): void {
    const { memory } = first ? this.overwriting : this.adding!;
    const { labelled } = batch.sizes;
    memory.bind([
      ...batch.feeds,
      { name: "targets", dims: [labelled, this.labels], data: targets.distributions },
      { name: "rowWeights", dims: [labelled, 1], data: targets.weights },
    ]);
    this.sites.forEach(({ name, shape, probability }, site) => {
      const dims = shape.map((dim) => (typeof dim === "number" ? dim : sizeOf(dim, batch)));
      const count = dims.reduce((a, b) => a * b, 1);
      const { buffer } = memory.reserve(name, "uint8", dims, count);
      const { seed, step, part } = key;
      dropoutMask(buffer.uint8(0, count), probability, { seed, step, site: part * this.sites.length + site });
    });
  }

  /** Runs the batch that was loaded last; gives its loss. */
  async run(first: boolean): Promise<number> {
    await (first ? this.overwriting : this.adding!).binding.run();
    return this.figures.float32(0, 1)[0]!;
  }

  /** After a step's last batch: the global norm of its gradient, and of each parameter's where that is not finite. */
  gradientNorm(): { norm: number; notFinite: readonly string[] } {
    const squares = this.layout.parameters.map(({ name }, index) => ({
      name,
      square: this.figures.float32((index + 1) * 64, 1)[0]!,
    }));
    return {
      norm: Math.sqrt(squares.reduce((total, { square }) => total + square, 0)),
      notFinite: squares.filter(({ square }) => !Number.isFinite(square)).map(({ name }) => name),
    };
  }

  /** Ends profiling, if it was asked for; gives the files written. */
  endProfiling(): readonly string[] {
    return this.profiles ? this.sessions.map((session) => session.endProfiling()) : [];
  }

  dispose(): void {
    for (const bound of [this.overwriting, this.adding]) {
      bound?.binding.dispose();
      bound?.memory.free();
    }
    for (const session of this.sessions) session.dispose();
    this.figures.free();
  }
}

/** A named size of a batch. */
function sizeOf(dim: string, { sizes }: PackedBatch): number {
  return sizes[dim as keyof PackedBatch["sizes"]];
}
