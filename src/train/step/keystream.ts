import { createCipheriv } from "node:crypto";

/** Identifies a stream of random bytes. Equal keys give equal bytes, whatever else was drawn. */
export interface StreamKey {
  /** The run's seed, an integer from 0 to 2^53 - 1. */
  readonly seed: number;
  /** Number of the step, from 0 to 2^32 - 1. */
  readonly step: number;
  /** A number for the place in the model and the micro-batch, chosen by the caller, from 0 to 2^32 - 1. */
  readonly site: number;
}

/**
 * Number of random bytes made in one call. The cipher returns a new buffer each time, and a buffer of this
 * size stays in the processor's cache.
 */
const BLOCK_BYTES = 32 * 1024;
const ZEROS = new Uint8Array(BLOCK_BYTES);

function checked(value: number, name: string, limit: number): number {
  if (!Number.isSafeInteger(value) || value < 0 || value >= limit)
    throw new RangeError(`${name} is out of range: ${value}`);
  return value;
}

/** Values that one block of the cipher gives: the stream can begin at any multiple of this many values. */
export const VALUES_PER_COUNT = 8;

/**
 * Returns a function that returns the next block of a counter-based random stream: the AES-128-CTR keystream
 * whose key contains the seed and whose initial counter block contains step and site (Salmon et al., Parallel
 * Random Numbers: As Easy as 1, 2, 3, 2011). There is no state to save: a run that resumes at a step draws
 * the same bytes.
 *
 * @param count the number of the cipher's first block
 */
function keystream({ seed, step, site }: StreamKey, count: number): () => Uint8Array {
  const key = Buffer.from("........ dropout");
  key.writeBigUInt64LE(BigInt(checked(seed, "the seed", 2 ** 53)), 0);
  const counter = Buffer.alloc(16);
  counter.writeUInt32BE(checked(step, "the step", 2 ** 32), 0);
  counter.writeUInt32BE(checked(site, "the site", 2 ** 32), 4);
  counter.writeBigUInt64BE(BigInt(count), 8);
  const cipher = createCipheriv("aes-128-ctr", key, counter);
  return () => cipher.update(ZEROS);
}

/**
 * Fills a dropout mask: 1 keeps a value, 0 drops it. Each value is dropped independently with `probability`,
 * rounded to a multiple of 2^-16. Value i depends on bytes 2i and 2i + 1 of the stream, so a shorter mask is
 * the beginning of a longer one.
 *
 * @param destination [count], filled completely
 * @param probability of a 0, from 0 to 1 inclusive
 * @param first the number of the first value in the stream, a multiple of {@link VALUES_PER_COUNT}
 */
export function dropoutMask(destination: Uint8Array, probability: number, key: StreamKey, first = 0): void {
  if (!(probability >= 0 && probability <= 1))
    throw new RangeError(`a probability must be between 0 and 1, not ${probability}`);
  const threshold = Math.round(probability * 65_536);
  if (threshold === 0 || threshold === 65_536) {
    destination.fill(threshold === 0 ? 1 : 0);
    return;
  }
  const nextBlock = keystream(key, first / VALUES_PER_COUNT);
  for (let done = 0; done < destination.length; done += BLOCK_BYTES / 2)
    fillPart(destination.subarray(done, done + BLOCK_BYTES / 2), nextBlock(), threshold);
}

/**
 * Writes 1 if a 16-bit draw is not below the threshold, otherwise 0. It works on 32-bit words, which contain
 * two draws or four values; this takes half the time of single bytes. Assumes little-endian order, which
 * holds for every platform that ONNX Runtime is built for.
 */
function fillPart(part: Uint8Array, random: Uint8Array, threshold: number): void {
  const last = threshold - 1;
  const draws = random.byteOffset % 4 === 0 ? random : random.slice();
  const pairs = new Int32Array(draws.buffer, draws.byteOffset, BLOCK_BYTES / 4);
  const words = part.byteOffset % 4 === 0 ? part.length >> 2 : 0;
  const packed = new Int32Array(part.buffer, words > 0 ? part.byteOffset : 0, words);
  for (let i = 0; i < words; i++) {
    const a = pairs[2 * i]!;
    const b = pairs[2 * i + 1]!;
    packed[i] =
      ((last - (a & 0xffff)) >>> 31) |
      (((last - (a >>> 16)) >>> 31) << 8) |
      (((last - (b & 0xffff)) >>> 31) << 16) |
      (((last - (b >>> 16)) >>> 31) << 24);
  }
  const singles = new Uint16Array(draws.buffer, draws.byteOffset, BLOCK_BYTES / 2);
  for (let i = 4 * words; i < part.length; i++) part[i] = (last - singles[i]!) >>> 31;
}
