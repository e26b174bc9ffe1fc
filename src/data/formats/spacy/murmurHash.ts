const MULTIPLIER = 0xc6a4a7935bd1e995n;
const SHIFT = 47n;
const BITS = 2n ** 64n - 1n;

const times = (value: bigint): bigint => (value * MULTIPLIER) & BITS;

/**
 * Returns a 64-bit hash of a text in UTF-8: MurmurHash64A by Austin Appleby,
 * https://github.com/aappleby/smhasher
 */
export function murmurHash64(text: string, seed: bigint): bigint {
  const bytes = Buffer.from(text);
  const whole = bytes.length - (bytes.length % 8);
  let hash = seed ^ times(BigInt(bytes.length));
  for (let at = 0; at < whole; at += 8) {
    let block = times(bytes.readBigUInt64LE(at));
    block = times(block ^ (block >> SHIFT));
    hash = times(hash ^ block);
  }
  if (whole < bytes.length) {
    let rest = 0n;
    for (let at = bytes.length - 1; at >= whole; at--) rest = (rest << 8n) | BigInt(bytes[at]!);
    hash = times(hash ^ rest);
  }
  hash = times(hash ^ (hash >> SHIFT));
  return hash ^ (hash >> SHIFT);
}
