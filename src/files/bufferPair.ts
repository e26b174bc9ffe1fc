import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Bytes of one buffer; a multiple of every device's block. */
export const BUFFER = 4 * 2 ** 20;

/** Which of the two. */
export type Which = 0 | 1;

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

/** Pairs that wait for the next file: at most as many as a checkpoint has large files, which are written at once. */
const idle: BufferPair[] = [];
const MOST_IDLE = 3;
/** Milliseconds after which those go that no file came for. */
const IDLE_FOR = 60_000;
let goAway: NodeJS.Timeout | undefined;

/**
 * Two buffers that a file is written from, one of which is filled while the other is written, and a thread that takes the
 * sha256 of the same bytes meanwhile: so it costs this thread nothing, and a processor no second copy.
 */
export class BufferPair {
  readonly buffers = [pageAligned(), pageAligned()] as const;
  private worker: Worker | undefined;

  /** A pair that nobody uses; {@link release} it afterwards, or {@link discard} it where something failed. */
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

  /** Hashes so many bytes of a buffer, which must stay as they are until then. */
  async hash(buffer: Which, bytes: number): Promise<void> {
    await this.ask({ buffer, bytes });
  }

  /** The sha256 of what was hashed since the last digest, in hexadecimal. */
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

/** The part of the standard that is used here; TypeScript has it only among the types of browsers. */
declare const WebAssembly: {
  Memory: new (pages: {
    initial: number;
    maximum: number;
    shared: true;
  }) => { readonly buffer: SharedArrayBuffer };
};

/** Memory that begins at a page, as direct writes need it: WebAssembly's does, other memory of Node need not. */
function pageAligned(): Uint8Array {
  const pages = BUFFER / 2 ** 16;
  return new Uint8Array(new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }).buffer);
}
