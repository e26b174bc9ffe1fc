import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { HostMemory } from "../../runtime/index.js";
import { WebAssembly } from "../../webAssembly.js";
import { ADAMW_MODULE } from "./adamwModule.js";
import {
  type AdamWBlocks,
  type AdamWScalars,
  type AdamWUpdates,
  groupScalars,
  scalars,
} from "./adamwUpdates.js";
import { chunksOfGroups } from "./chunks.js";
import type { OptimizerInputs, Update } from "./optimizer.js";

/** Numbers that say where a chunk is: the addresses of its four parts, its bytes, and its parameter group. */
const FIELDS = 6;

/** Takes chunks in turn, up to chunk `end`, until none is left. */
const THREAD = `
const { parentPort, workerData } = require("node:worker_threads");
const { module, memory, next, chunks } = workerData;
const { update } = new WebAssembly.Instance(module, { host: { memory } }).exports;
parentPort.on("message", ({ end, shared, groups }) => {
  for (let chunk = Atomics.add(next, 0, 1); chunk < end; chunk = Atomics.add(next, 0, 1)) {
    const [weight, gradient, mean, square, bytes, group] = chunks.subarray(chunk * ${FIELDS}, (chunk + 1) * ${FIELDS});
    update(weight, gradient, mean, square, bytes, ...shared, ...groups[group]);
  }
  parentPort.postMessage(null);
});
`;

/**
 * AdamW as WebAssembly, in threads of its own: each float is read and written once, where a graph does it once for each of its
 * operations. An update of `bert-base-cased` takes 45 ms instead of 140 on two cores, as fast as memory allows.
 */
export class ThreadUpdates implements AdamWUpdates {
  private readonly threads: readonly Worker[];
  private readonly next = new Int32Array(new SharedArrayBuffer(4));
  private readonly places: readonly { readonly from: number; readonly to: number }[];

  /** @param memory contains weights, gradients and moments */
  constructor(
    memory: HostMemory,
    { engine, layout, weights, gradients, groups, threads, ranges }: OptimizerInputs,
    blocks: AdamWBlocks,
  ) {
    const startOfWeights = memory.offsetOf(weights)!;
    const starts = [gradients, blocks.exp_avg, blocks.exp_avg_sq].map((block) => memory.offsetOf(block)!);
    const all = chunksOfGroups(groups, { engine, layout }, ranges);
    this.places = all.map(({ offset, size }) => ({ from: offset, to: offset + size }));
    const chunks = Float64Array.from(
      all.flatMap(({ offset, at, size, group }) => [
        startOfWeights + offset * 4,
        ...starts.map((start) => start + at * 4),
        size * 4,
        group,
      ]),
    );
    const workerData = {
      module: new WebAssembly.Module(Buffer.from(ADAMW_MODULE, "base64")),
      memory: memory.memory,
      next: this.next,
      chunks,
    };
    this.threads = Array.from({ length: threads }, () => {
      const thread = new Worker(THREAD, { eval: true, execArgv: [], workerData });
      // An idle thread does not keep the process alive.
      thread.unref();
      return thread;
    });
  }

  async run({ shared, groups }: AdamWScalars, { beforeWrite }: Update): Promise<void> {
    const values = {
      shared: scalars.map((name) => shared[name]),
      groups: groups.map((own) => groupScalars.map((name) => own[name])),
    };
    let first = 0;
    for (const [chunk, { from, to }] of this.places.entries()) {
      const wait = beforeWrite?.(from, to);
      if (wait === undefined) continue;
      await this.update(first, chunk, values);
      await wait;
      first = chunk;
    }
    await this.update(first, this.places.length, values);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  /** Updates chunks `from` up to, but not including, `end`. */
  private async update(from: number, end: number, values: object): Promise<void> {
    if (from === end) return;
    Atomics.store(this.next, 0, from);
    await Promise.all(
      this.threads.map(async (thread) => {
        thread.ref();
        try {
          const done = once(thread, "message");
          thread.postMessage({ end, ...values });
          await done;
        } finally {
          thread.unref();
        }
      }),
    );
  }
}
