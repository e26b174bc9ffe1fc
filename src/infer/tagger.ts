import { emit, input } from "../graph/index.js";
import {
  batchTensors,
  FeedMemory,
  logits,
  type ModelWeights,
  noDropout,
  packBatch,
  packing,
  type Sequence,
} from "../models/index.js";
import { type Binding, Session } from "../runtime/index.js";

/** Pieces of one batch: enough for full speed, few enough to keep memory level. */
const TOKENS_PER_BATCH = 1024;

/** Logits of one sequence: `[labelled pieces, labels]`, row-major. */
export type SequenceLogits = Float32Array;

/** Runs a model forward, over weights that it borrows: evaluation during training sees every update. */
export class Tagger {
  private readonly memory: FeedMemory;
  /** The inputs of the graph: what a batch has for gradients alone is none of them. */
  private readonly reads: ReadonlySet<string>;
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly weights: ModelWeights,
    private readonly session: Session,
    private readonly binding: Binding,
  ) {
    this.memory = new FeedMemory(binding);
    this.reads = new Set(session.inputs.map(({ name }) => name));
  }

  static async create(weights: ModelWeights, options: { readonly threads: number }): Promise<Tagger> {
    const { config, layout } = weights;
    const shapes = new Map(layout.parameters.map(({ name, shape }) => [name, shape]));
    const output = logits(
      config,
      (name) => input(name, "float32", shapes.get(name)!),
      batchTensors(packing(config)),
      noDropout,
    );
    const session = await Session.create(emit({ logits: output }), {
      name: "tagger",
      threads: options.threads,
    });
    try {
      const binding = session.bind();
      for (const { name } of layout.parameters) binding.bindInput(name, weights.tensor(name));
      binding.bindOutputToCpu("logits");
      return new Tagger(weights, session, binding);
    } catch (error) {
      session.dispose();
      throw error;
    }
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
        const end = row + labelled.length * this.weights.labels;
        results[batch[place]!] = rows.subarray(row, end);
        row = end;
      });
      done += batch.length;
      options.onProgress?.(done);
    }
    for (let index = 0; index < results.length; index++) results[index] ??= empty;
    return results;
  }

  /** Calls may overlap, the session runs one batch at a time: each waits for the one before. */
  private whenFree<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => {});
    return turn;
  }

  private async run(sequences: readonly Sequence[]): Promise<Float32Array> {
    const { config, vocabulary } = this.weights;
    const batch = packBatch(sequences, packing(config), vocabulary?.rowOf);
    this.memory.bind(batch.feeds.filter(({ name }) => this.reads.has(name)));
    await this.binding.run();
    return this.binding.output("logits").data as Float32Array;
  }

  dispose(): void {
    this.binding.dispose();
    this.session.dispose();
    this.memory.free();
  }
}

/** Indices of sequences that have anything to score, batched with others of about their length. */
function* batches(sequences: readonly Sequence[]): Generator<readonly number[]> {
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
