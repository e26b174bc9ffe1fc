import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { WASM_PAGE, WebAssembly } from "../webAssembly.js";

/** Bytes of one buffer; a multiple of the block size of every device. */
export const BUFFER = 4 * 2 ** 20;

/** Which of the two buffers. */
export type Which = 0 | 1;

/**
 * Hashes the first `bytes` bytes of one of the two buffers. A message without `bytes` returns the digest and
 * starts anew.
 */
const THREAD = `
const { parentPort, workerData } = require("node:worker_threads");
const { createHash } = require("node:crypto");
let hash = createHash("sha256");
parentPort.on("message", ({ buffer, bytes }) => {
  if (bytes !== undefined) {
    hash.update(workerData[buffer].subarray(0, bytes));
    return parentPort.postMessage(null);
  }
  parentPort.postMessage(hash.digest("hex"));
  hash = createHash("sha256");
});
`;

/**
 * Unused pairs that wait for the next file. A checkpoint has at most this many large files, written at the
 * same time.
 */
const idle: BufferPair[] = [];
const MOST_IDLE = 3;
/** Milliseconds after which unused pairs are discarded. */
const IDLE_FOR = 60_000;
let goAway: NodeJS.Timeout | undefined;

/**
 * Two buffers to write a file from: one is filled while the other is written. Meanwhile a thread computes the
 * sha256 of the same bytes, so hashing takes no time of the main thread and needs no copy of the bytes.
 */
export class BufferPair {
  readonly buffers = [pageAligned(), pageAligned()] as const;
  private worker: Worker | undefined;

  /** Returns an unused pair. Call {@link release} afterwards, or {@link discard} if something failed. */
  static take(): BufferPair {
    return idle.pop() ?? new BufferPair();
  }

  async release(): Promise<void> {
    if (idle.length === MOST_IDLE) return this.discard();
    idle.push(this);
    clearTimeout(goAway);
    goAway = setTimeout(() => {
      for (const pair of idle.splice(0)) void pair.discard();
    }, IDLE_FOR).unref();
  }

  async discard(): Promise<void> {
    await this.worker?.terminate();
  }

  /** Hashes the first `bytes` bytes of a buffer, which must not change until this is done. */
  async hash(buffer: Which, bytes: number): Promise<void> {
    await this.ask({ buffer, bytes });
  }

  /** Returns the sha256, in hexadecimal, of the bytes hashed since the last digest. */
  async digest(): Promise<string> {
    return (await this.ask({}))!;
  }

  private async ask(what: { readonly buffer: Which; readonly bytes: number } | Record<string, never>) {
    this.worker ??= new Worker(THREAD, { eval: true, execArgv: [], workerData: this.buffers });
    const { worker } = this;
    worker.ref();
    const answer = once(worker, "message") as Promise<[string | null]>;
    worker.postMessage(what);
    try {
      return (await answer)[0];
    } finally {
      // An idle thread does not keep the process alive.
      worker.unref();
    }
  }
}

/**
 * Returns memory that begins at a page boundary, as direct writes require. WebAssembly's memory always does;
 * Node's other memory may not.
 */
function pageAligned(): Uint8Array {
  const pages = BUFFER / WASM_PAGE;
  return new Uint8Array(new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }).buffer);
}
