import { FRAGMENTS } from "./fragments.js";
import type { Random } from "./random.js";

const BITS = [7n, 8n, 15n, 16n, 31n, 32n, 53n, 63n, 64n];
/** Whole numbers at which types end. */
const EDGES = BITS.flatMap((bits) => [-1n, 0n, 1n].map((beside) => (1n << bits) + beside)).concat(0n, 1n);
const WIDTHS = [1, 2, 4, 8];

/** Numbers of the longest stretch that is inserted, doubled or taken away. */
const STRETCH = 64;

type Edit = (bytes: Buffer, at: number, random: Random) => Buffer;

const joined = (...parts: Uint8Array[]) => Buffer.concat(parts);

const EDITS: readonly Edit[] = [
  function flipBit(bytes, at, random) {
    if (at < bytes.length) bytes[at]! ^= 1 << random.below(8);
    return bytes;
  },
  function setByte(bytes, at, random) {
    if (at < bytes.length) bytes[at] = random.of([0, 0x7f, 0x80, 0xff, random.below(256)]);
    return bytes;
  },
  function truncate(bytes, at) {
    return bytes.subarray(0, at);
  },
  function insert(bytes, at, random) {
    return joined(bytes.subarray(0, at), Buffer.from(random.of(FRAGMENTS)), bytes.subarray(at));
  },
  function insertInvalid(bytes, at, random) {
    // A continuation, an over-long NUL, half a character, a surrogate, beyond Unicode.
    const wrong = ["80", "c080", "e282", "eda080", "f4908080", "ff", "fe"];
    return joined(bytes.subarray(0, at), Buffer.from(random.of(wrong), "hex"), bytes.subarray(at));
  },
  function remove(bytes, at, random) {
    return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(STRETCH)));
  },
  function double(bytes, at, random) {
    const end = at + 1 + random.below(STRETCH);
    return joined(bytes.subarray(0, end), bytes.subarray(at));
  },
  function writeEdge(bytes, at, random) {
    const width = random.of(WIDTHS);
    if (at + width > bytes.length) return bytes;
    const value = Buffer.alloc(8);
    value.writeBigUInt64LE(BigInt.asUintN(64, random.of(EDGES)));
    if (random.chance(0.5)) value.subarray(0, width).reverse();
    value.copy(bytes, at, 0, width);
    return bytes;
  },
];

/** Bytes with one to four edits, or the beginning of these and the end of others. */
export function mutateBytes(seed: Uint8Array, others: readonly Uint8Array[], random: Random): Buffer {
  let bytes: Buffer = Buffer.from(seed);
  if (random.chance(0.05)) {
    const other = random.of(others);
    bytes = joined(
      bytes.subarray(0, random.below(bytes.length + 1)),
      other.subarray(random.below(other.length + 1)),
    );
  }
  for (let edits = 1 + random.below(4); edits > 0; edits--)
    bytes = random.of(EDITS)(bytes, random.below(bytes.length + 1), random);
  return bytes;
}
