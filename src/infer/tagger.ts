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
  type Sequence,
} from "../models/index.js";
import { Owned } from "../owned.js";
import type { CompiledGraph, Engine, GraphBinding, StateBlock } from "../runtime/index.js";

import type { SequenceLogits } from "../tasks/tokenClassification/index.js";

/** Tokens of one batch: enough for full speed, few enough to keep memory level. */
const TOKENS_PER_BATCH = 1024;

/** What a tagger runs: the binding of a graph with weights in place, whose inputs are packed batches. */
interface Network {
  readonly binding: GraphBinding;
  readonly encoder: Encoder;
  readonly labels: number;
  /** For a compacted word-embedding table: the row of each id. */
  readonly rowOf?: Int32Array | undefined;
}

/** Runs a model forward. */
export class Tagger {
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly network: Network,
    private readonly memory: FeedMemory,
    private readonly owned: Owned,
  ) {}

  /** Over weights that it borrows and reads where they stand: evaluation during training sees every update. */
  static async create(weights: ModelWeights, { threads }: { readonly threads: number }): Promise<Tagger> {
    const { encoder, layout, labels, vocabulary, engine } = weights;
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

  /** From now on borrows weights of this layout, its own, from another block. No run may be under way. */
  readFrom(layout: ParameterLayout, block: StateBlock): void {
    for (const { name } of layout.parameters)
      this.network.binding.bindInput(name, layout.tensor(block, name));
  }

  /** Over weights that no longer change: the engine packs them for speed. They must outlive it. */
  static async open(weights: InferenceWeights, { threads }: { readonly threads: number }): Promise<Tagger> {
    const { encoder, labels, ops, initializers, folder, place, engine } = weights;
    const output = logits(encoder, ops, batchTensors(encoder.features), noDropout);
    const model = emit({ logits: output }, { profile: engine.profile, place });
    const options = { name: "tagger", threads, initializers, externalWeights: folder };
    return Tagger.over(engine, engine.compile(model, options), { encoder, labels });
  }

  /** @param bindWeights where they are inputs of the graph */
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
   * Logits of every sequence, in the order of the sequences, whatever batches really run.
   *
   * @param onProgress called after each batch with the number of sequences done
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

  /** Calls may overlap, the graph runs one batch at a time: each waits for the one before. */
  private whenFree<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => {});
    return turn;
  }

  private async run(sequences: readonly Sequence[]): Promise<Float32Array> {
    const { encoder, rowOf, binding } = this.network;
    const batch = packBatch(sequences, encoder.features, rowOf);
    this.memory.bind(batch.feeds);
    await binding.run();
    return binding.output("logits").data as Float32Array;
  }

  dispose(): Promise<void> {
    return this.owned.release();
  }
}

/** Indices of sequences that have anything to score, batched with others of about their length. */
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
