import { BatchQueue, type QueueOptions } from "../infer/batchQueue.js";
import { encoderOf, FeedMemory, type ModelConfig, requireFinite, type Sequence } from "../models/index.js";
import { Owned } from "../owned.js";
import { cpuEngine, type Engine, type GraphBinding } from "../runtime/index.js";
import type { SequenceLogits } from "../tasks/tokenClassification/index.js";

/** Runs an exported file as other programs will: with padded batches, and with the weights of the file. */
export class ExportedTagger {
  private readonly queue = new BatchQueue((batch) => this.run(batch));

  private constructor(
    private readonly path: string,
    private readonly binding: GraphBinding,
    private readonly memory: FeedMemory,
    private readonly padding: number,
    private readonly labels: number,
    private readonly owned: Owned,
  ) {}

  static async open(
    path: string,
    config: ModelConfig,
    labels: number,
    threads: number,
    engine: Engine = cpuEngine(),
  ): Promise<ExportedTagger> {
    return Owned.making(async (owned) => {
      const binding = owned.own(await engine.compile(path, { name: path, threads })).bind();
      const memory = owned.own(new FeedMemory(engine, binding));
      binding.bindOutputToCpu("logits");
      return new ExportedTagger(path, binding, memory, encoderOf(config).paddingId, labels, owned);
    });
  }

  /** Like {@link Tagger.logits}: returns the logits of the labelled tokens of every sequence. */
  logits(sequences: readonly Sequence[], options: QueueOptions = {}): Promise<readonly SequenceLogits[]> {
    return this.queue.add(sequences, options);
  }

  private async run(sequences: readonly Sequence[]): Promise<readonly SequenceLogits[]> {
    const length = Math.max(...sequences.map(({ ids }) => ids.length));
    const dims = [sequences.length, length];
    const ids = new BigInt64Array(sequences.length * length).fill(BigInt(this.padding));
    const mask = new BigInt64Array(ids.length);
    sequences.forEach((sequence, row) => {
      sequence.ids.forEach((id, place) => {
        ids[row * length + place] = BigInt(id);
        mask[row * length + place] = 1n;
      });
    });
    const feeds = { input_ids: ids, attention_mask: mask, token_type_ids: new BigInt64Array(ids.length) };
    this.memory.bind(Object.entries(feeds).map(([name, data]) => ({ name, dims, data })));
    await this.binding.run();
    const logits = this.binding.output("logits").data as Float32Array;
    return sequences.map(({ labelled }, place) => {
      const kept = new Float32Array(labelled.length * this.labels);
      labelled.forEach((token, row) => {
        const from = (place * length + token) * this.labels;
        kept.set(logits.subarray(from, from + this.labels), row * this.labels);
      });
      return requireFinite(kept, this.path);
    });
  }

  /** Waits for the batch that runs, then frees all memory. */
  async dispose(): Promise<void> {
    await this.queue.idle();
    await this.owned.release();
  }
}
