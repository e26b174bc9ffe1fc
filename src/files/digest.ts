import { createHash } from "node:crypto";
import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Bytes that are gathered before another thread gets them. */
const BUFFER = 4 * 2 ** 20;

/** Hashes so many bytes of one of two buffers; without them it gives the digest and begins anew. */
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

/** A thread that hashes one file at a time, and the memory that is shared with it. */
class HashThread {
  readonly buffers = [shared(), shared()] as const;
  private worker: Worker | undefined;

  /** Hands over so many bytes of a buffer, which must stay as they are until it answers; or asks for the digest. */
  async ask(what: { readonly buffer: 0 | 1; readonly bytes: number } | Record<string, never>) {
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

const shared = () => new Uint8Array(new SharedArrayBuffer(BUFFER));

/** Threads that wait for the next file. */
const idle: HashThread[] = [];
const MOST_IDLE = 2;

/**
 * The sha256 of bytes that come piece by piece. A large file's is taken by another thread, so that it costs this one
 * nothing but a copy.
 */
export class Digest {
  private readonly thread = idle.pop() ?? new HashThread();
  /** The buffer that is being filled. */
  private buffer: 0 | 1 = 0;
  private filled = 0;
  /** The answer to the buffer that was handed over last; undefined before the first. */
  private handedOver: Promise<string | null> | undefined;

  /** Takes bytes, which may change afterwards. Wait for it before the next call. */
  async update(data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.length; ) {
      const taken = Math.min(data.length - at, BUFFER - this.filled);
      this.thread.buffers[this.buffer].set(data.subarray(at, at + taken), this.filled);
      this.filled += taken;
      at += taken;
      if (this.filled === BUFFER) await this.handOver();
    }
  }

  /** Hands over what is gathered, once the other buffer is free. */
  private async handOver(): Promise<void> {
    await this.handedOver;
    this.handedOver = this.thread.ask({ buffer: this.buffer, bytes: this.filled });
    // Thrown at the next wait.
    this.handedOver.catch(() => {});
    this.buffer = this.buffer === 0 ? 1 : 0;
    this.filled = 0;
  }

  /** The digest in hexadecimal; nothing may follow. */
  async hex(): Promise<string> {
    const hex = await this.digest();
    if (idle.length < MOST_IDLE) idle.push(this.thread);
    return hex;
  }

  private async digest(): Promise<string> {
    if (this.handedOver === undefined)
      return createHash("sha256").update(this.thread.buffers[0].subarray(0, this.filled)).digest("hex");
    await this.handOver();
    await this.handedOver;
    return (await this.thread.ask({}))!;
  }
}
