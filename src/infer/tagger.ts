import { emit, input } from "../graph/index.js";
import {
  batchTensors,
  type Encoder,
  FeedMemory,
  floatWeightOps,
  type InferenceWeights,
  logits,
  type ModelWeights,
  noDropout,
  type ParameterLayout,
  packBatch,
  requireFinite,
  type Sequence,
} from "../models/index.js";
import { Owned } from "../owned.js";
import type { CompiledGraph, Engine, GraphBinding, StateBlock } from "../runtime/index.js";
import type { SequenceLogits } from "../tasks/tokenClassification/index.js";
import { BatchQueue, type BatchReport, type QueueOptions } from "./batchQueue.js";

/**
 * What a tagger runs: the binding of a graph whose weights are in place and whose inputs are packed batches.
 */
interface Network {
  readonly binding: GraphBinding;
  readonly encoder: Encoder;
  readonly labels: number;
  /** Row of each id, if the word-embedding table is compacted. */
  readonly rowOf?: Int32Array | undefined;
  /** The folder of a finished model, whose logits must be finite. A run in training checks its loss instead. */
  readonly folder?: string;
}

/** Runs the forward pass of a model. */
export class Tagger {
  /** Calls can overlap, but the graph runs one batch at a time. */
  private readonly queue: BatchQueue;

  private constructor(
    private readonly network: Network,
    private readonly memory: FeedMemory,
    private readonly owned: Owned,
    batchTokens?: number,
  ) {
    this.queue = new BatchQueue((batch) => this.run(batch), batchTokens);
  }

  /**
   * Creates a tagger over borrowed weights, which it reads in place: evaluation during training sees every
   * update.
   *
   * @param options.engine defaults to that of the weights; its device must be the same
   */
  static async create(
    weights: ModelWeights,
    { threads, engine = weights.engine }: { readonly threads: number; readonly engine?: Engine },
  ): Promise<Tagger> {
    const { encoder, layout, labels, vocabulary } = weights;
    const shapes = new Map(layout.parameters.map(({ name, shape }) => [name, shape]));
    const ops = floatWeightOps((name) => {
      const shape = shapes.get(name);
      return shape && input(name, "float32", shape);
    });
    const output = logits(encoder, ops, batchTensors(encoder.features), noDropout);
    const model = emit({ logits: output }, { profile: engine.profile });
    const graph = engine.compile(model, { name: "tagger", threads });
    return Tagger.over(engine, graph, { encoder, labels, rowOf: vocabulary?.rowOf }, (binding) => {
      for (const { name } of layout.parameters) binding.bindInput(name, weights.tensor(name));
    });
  }

  /**
   * From now on reads the weights of another block. `layout` must be that of its own weights. No run may be
   * in progress.
   */
  readFrom(layout: ParameterLayout, block: StateBlock): void {
    for (const { name } of layout.parameters)
      this.network.binding.bindInput(name, layout.tensor(block, name));
  }

  /**
   * Creates a tagger over weights that no longer change: the engine packs them for speed. They must outlive
   * the tagger.
   */
  static async open(
    weights: InferenceWeights,
    { threads, batchTokens }: { readonly threads: number; readonly batchTokens?: number | undefined },
  ): Promise<Tagger> {
    const { encoder, labels, ops, initializers, folder, place, engine } = weights;
    const output = logits(encoder, ops, batchTensors(encoder.features), noDropout);
    const model = emit({ logits: output }, { profile: engine.profile, place });
    const options = { name: "tagger", threads, initializers, externalWeights: folder };
    const network = { encoder, labels, folder };
    return Tagger.over(engine, engine.compile(model, options), network, () => {}, batchTokens);
  }

  /** @param bindWeights binds the weights, if they are inputs of the graph */
  private static over(
    engine: Engine,
    compiled: Promise<CompiledGraph>,
    network: Omit<Network, "binding">,
    bindWeights: (binding: GraphBinding) => void = () => {},
    batchTokens?: number,
  ): Promise<Tagger> {
    return Owned.making(async (owned) => {
      const binding = owned.own(await compiled).bind();
      const memory = owned.own(new FeedMemory(engine, binding));
      binding.bindOutputToCpu("logits");
      bindWeights(binding);
      return new Tagger({ ...network, binding }, memory, owned, batchTokens);
    });
  }

  /**
   * Returns the logits of every sequence, in the order of the sequences, however they are batched. Calls that overlap share
   * batches.
   *
   * @throws NeriumError MODEL_NOT_FINITE for the weights of a finished model
   */
  logits(sequences: readonly Sequence[], options: QueueOptions = {}): Promise<readonly SequenceLogits[]> {
    return this.queue.add(sequences, options);
  }

  private async run(sequences: readonly Sequence[]): Promise<readonly SequenceLogits[]> {
    const { encoder, rowOf, binding, folder, labels } = this.network;
    const batch = packBatch(sequences, encoder.features, rowOf);
    this.memory.bind(batch.feeds);
    await binding.run();
    const logits = binding.output("logits").data as Float32Array;
    if (folder !== undefined) requireFinite(logits, folder);
    let end = 0;
    return sequences.map(({ labelled }) => {
      const begin = end;
      end += labelled.length * labels;
      return logits.subarray(begin, end);
    });
  }

  /** Sequences that wait for a batch, and their tokens. */
  get waiting(): BatchQueue["waiting"] {
    return this.queue.waiting;
  }

  /** Calls `listener` after each batch. Returns a function that stops this. */
  onBatch(listener: (report: BatchReport) => void): () => void {
    return this.queue.onBatch(listener);
  }

  /** Waits for the batch that runs, then frees all memory. */
  async dispose(): Promise<void> {
    await this.queue.idle();
    await this.owned.release();
  }
}
