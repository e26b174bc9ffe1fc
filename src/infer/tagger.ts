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

/** Tokens per batch: enough for full speed, few enough to keep memory use steady. */
const TOKENS_PER_BATCH = 1024;

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
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly network: Network,
    private readonly memory: FeedMemory,
    private readonly owned: Owned,
  ) {}

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
  static async open(weights: InferenceWeights, { threads }: { readonly threads: number }): Promise<Tagger> {
    const { encoder, labels, ops, initializers, folder, place, engine } = weights;
    const output = logits(encoder, ops, batchTensors(encoder.features), noDropout);
    const model = emit({ logits: output }, { profile: engine.profile, place });
    const options = { name: "tagger", threads, initializers, externalWeights: folder };
    return Tagger.over(engine, engine.compile(model, options), { encoder, labels, folder });
  }

  /** @param bindWeights binds the weights, if they are inputs of the graph */
  private static over(
    engine: Engine,
    compiled: Promise<CompiledGraph>,
    network: Omit<Network, "binding">,
    bindWeights: (binding: GraphBinding) => void = () => {},
  ): Promise<Tagger> {
    return Owned.making(async (owned) => {
      const binding = owned.own(await compiled).bind();
      const memory = owned.own(new FeedMemory(engine, binding));
      binding.bindOutputToCpu("logits");
      bindWeights(binding);
      return new Tagger({ ...network, binding }, memory, owned);
    });
  }

  /**
   * Returns the logits of every sequence, in the order of the sequences, however they are batched.
   *
   * @param onProgress called after each batch with the number of sequences done
   * @throws NeriumError MODEL_NOT_FINITE for the weights of a finished model
   */
  async logits(
    sequences: readonly Sequence[],
    options: { readonly signal?: AbortSignal; readonly onProgress?: (done: number) => void } = {},
  ): Promise<readonly SequenceLogits[]> {
    const results = new Array<SequenceLogits>(sequences.length);
    const empty = new Float32Array(0);
    let done = 0;
    for (const batch of batches(sequences)) {
      options.signal?.throwIfAborted();
      const members = batch.map((index) => sequences[index]!);
      const rows = await this.whenFree(() => this.run(members));
      let row = 0;
      members.forEach(({ labelled }, place) => {
        const end = row + labelled.length * this.network.labels;
        results[batch[place]!] = rows.subarray(row, end);
        row = end;
      });
      done += batch.length;
      options.onProgress?.(done);
    }
    for (let index = 0; index < results.length; index++) results[index] ??= empty;
    return results;
  }

  /** Calls can overlap, but the graph runs one batch at a time: each call waits for the one before it. */
  private whenFree<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => {});
    return turn;
  }

  private async run(sequences: readonly Sequence[]): Promise<Float32Array> {
    const { encoder, rowOf, binding, folder } = this.network;
    const batch = packBatch(sequences, encoder.features, rowOf);
    this.memory.bind(batch.feeds);
    await binding.run();
    const logits = binding.output("logits").data as Float32Array;
    return folder === undefined ? logits : requireFinite(logits, folder);
  }

  dispose(): Promise<void> {
    return this.owned.release();
  }
}

/**
 * Yields batches of sequences of similar length, as indices. Sequences with nothing to score are left out.
 */
export function* batches(sequences: readonly Sequence[]): Generator<readonly number[]> {
  const order = [...sequences.keys()]
    .filter((index) => sequences[index]!.labelled.length > 0)
    .sort((a, b) => sequences[a]!.ids.length - sequences[b]!.ids.length || a - b);
  let batch: number[] = [];
  for (const index of order) {
    const longest = sequences[index]!.ids.length;
    if (batch.length > 0 && (batch.length + 1) * longest > TOKENS_PER_BATCH) {
      yield batch;
      batch = [];
    }
    batch.push(index);
  }
  if (batch.length > 0) yield batch;
}
