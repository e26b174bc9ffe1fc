import type { IncomingMessage } from "node:http";
import { bodyTooLarge, clientGone, clientSlow, httpInvalid } from "./errors.js";

/** A body in this many pieces must have this many bytes in each on average. Pieces of some bytes would cost far more than they bring. */
const MANY_PIECES = 10_000;
const BYTES_PER_PIECE = 16;

export interface BodyLimits {
  readonly maxBodyBytes: number;
  /** Seconds. */
  readonly bodyTimeout: number;
}

/**
 * Reads the body of a request. The bytes are counted as they arrive, whatever the headers say.
 *
 * @throws NeriumError SERVE_BODY_TOO_LARGE, SERVE_CLIENT_SLOW, SERVE_CLIENT_GONE, SERVE_HTTP_INVALID
 */
export function readBody(
  request: IncomingMessage,
  { maxBodyBytes, bodyTimeout }: BodyLimits,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const announced = Number(request.headers["content-length"]);
    if (announced > maxBodyBytes) return reject(bodyTooLarge(maxBodyBytes));
    const bytes = new GrowingBuffer(maxBodyBytes);
    let pieces = 0;
    const end = (error?: unknown) => {
      clearTimeout(timer);
      request.off("data", onData).off("end", onEnd).off("error", onError).off("close", onError);
      if (error === undefined) return resolve(bytes.taken());
      request.pause();
      reject(error);
    };
    const onEnd = () => end();
    const onError = () => end(clientGone());
    const onData = (chunk: Buffer) => {
      pieces++;
      if (!bytes.add(chunk)) end(bodyTooLarge(maxBodyBytes));
      else if (pieces > MANY_PIECES && bytes.length < pieces * BYTES_PER_PIECE)
        end(httpInvalid("the body comes in too many small pieces"));
    };
    const timer = setTimeout(
      () => end(clientSlow("The body of the request", bodyTimeout)),
      1000 * bodyTimeout,
    );
    request.on("data", onData).on("end", onEnd).on("error", onError).on("close", onError);
  });
}

/** Bytes in one buffer. Pieces are copied: each of them would keep what it arrived with in memory. */
export class GrowingBuffer {
  #buffer = Buffer.alloc(0);
  #length = 0;

  /** @param most number of bytes that it holds */
  constructor(private readonly most: number) {}

  get length(): number {
    return this.#length;
  }

  /** Returns false and adds nothing if there is no room for the bytes. */
  add(bytes: Uint8Array): boolean {
    const length = this.#length + bytes.length;
    if (length > this.most) return false;
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(
        Math.min(this.most, Math.max(length, 2 * this.#buffer.length, 1024)),
      );
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = length;
    return true;
  }

  /** Returns the bytes and begins anew. */
  taken(): Buffer {
    const bytes = this.#buffer.subarray(0, this.#length);
    this.#buffer = Buffer.alloc(0);
    this.#length = 0;
    return bytes;
  }
}
