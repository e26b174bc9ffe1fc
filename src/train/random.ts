/**
 * torch uses the algorithm of {@link randperm} below this limit only. Above it, torch draws 64 bits per
 * place.
 */
const PERMUTATION_LIMIT = Math.floor(2 ** 32 / 20);

const STATE = 624;
const SHIFT = 397;

/**
 * torch's CPU generator: MT19937, as in `torch.Generator().manual_seed(seed)`
 * (aten/src/ATen/core/MT19937RNGEngine.h). Only the low 32 bits of the seed are used. Each object has its own
 * state.
 */
export class TorchGenerator {
  private readonly state = new Uint32Array(STATE);
  private next = STATE;

  /** @param seed an integer from 0 to 2^53 - 1 */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0)
      throw new RangeError(`a seed must be a whole number of at least 0, not ${seed}`);
    let word = seed % 2 ** 32;
    this.state[0] = word;
    for (let i = 1; i < STATE; i++) {
      word = (Math.imul(1812433253, word ^ (word >>> 30)) + i) >>> 0;
      this.state[i] = word;
    }
  }

  private twist(): void {
    const state = this.state;
    for (let i = 0; i < STATE; i++) {
      const mixed = (state[i]! & 0x80000000) | (state[(i + 1) % STATE]! & 0x7fffffff);
      state[i] = state[(i + SHIFT) % STATE]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.next = 0;
  }

  /** 32 random bits, as a number from 0 to 2^32 - 1. */
  random32(): number {
    if (this.next === STATE) this.twist();
    let y = this.state[this.next++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** A float32 in [0, 1), made from 24 random bits. */
  uniform(): number {
    return (this.random32() & 0xffffff) / 2 ** 24;
  }

  /** A float64 in [0, 1): the low 53 of 64 random bits. The high word is drawn first. */
  uniformDouble(): number {
    const high = this.random32() & 0x1fffff;
    return (high * 2 ** 32 + this.random32()) / 2 ** 53;
  }
}

/** A permutation of 0 … n - 1, equal to `torch.randperm(n, generator=torch.Generator().manual_seed(seed))`. */
export function randperm(n: number, seed: number): Uint32Array {
  if (!(n < PERMUTATION_LIMIT))
    throw new RangeError(`randperm supports fewer than ${PERMUTATION_LIMIT} elements, not ${n}`);
  const generator = new TorchGenerator(seed);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < n - 1; i++) {
    const other = i + (generator.random32() % (n - i));
    const place = order[i]!;
    order[i] = order[other]!;
    order[other] = place;
  }
  return order;
}

/**
 * The order of `n` sentences in one epoch, as in HF Trainer: accelerate's `SeedableRandomSampler` seeds a
 * generator with seed + epoch and draws a permutation.
 *
 * @param epoch from 0
 */
export function epochOrder(n: number, seed: number, epoch: number): Uint32Array {
  return randperm(n, seed + epoch);
}

/** torch rounds the angle to single precision. The difference is visible where the sine is small. */
const TWO_PI = Math.fround(2 * Math.PI);

/**
 * The Box-Muller transform of 16 uniform values, in place: values j and j + 8 form a pair (torch's
 * `normal_fill_16`).
 */
function normalBlock(block: Float32Array, std: number): void {
  for (let j = 0; j < 8; j++) {
    const radius = Math.sqrt(-2 * Math.log(1 - block[j]!)) * std;
    const angle = Math.fround(TWO_PI * block[j + 8]!);
    block[j] = radius * Math.cos(angle);
    block[j + 8] = radius * Math.sin(angle);
  }
}

/**
 * The values of `torch.empty(count).normal_(0, std)` in float32 right after `torch.manual_seed(seed)`. They
 * may differ in the last place by one or two units, because torch computes logarithm and cosine in single
 * precision with polynomials.
 *
 * There are two paths, as in torch (aten/src/ATen/native/cpu/DistributionTemplates.h). From 16 values on:
 * blocks of 16, from 24-bit uniform values; if `count` is not a multiple of 16, the last 16 values are drawn
 * again. Below 16 values: pairs, from doubles.
 */
export function normal(count: number, std: number, seed: number): Float32Array {
  const generator = new TorchGenerator(seed);
  const values = new Float32Array(count);
  if (count < 16) {
    for (let i = 0; i < count; i += 2) {
      const angle = 2 * Math.PI * generator.uniformDouble();
      const radius = Math.sqrt(-2 * Math.log1p(-generator.uniformDouble())) * std;
      values[i] = radius * Math.cos(angle);
      // If the count is odd, the last write is out of range and has no effect.
      values[i + 1] = radius * Math.sin(angle);
    }
    return values;
  }
  for (let i = 0; i < count; i++) values[i] = generator.uniform();
  for (let i = 0; i + 16 <= count; i += 16) normalBlock(values.subarray(i, i + 16), std);
  if (count % 16 !== 0) {
    const last = values.subarray(count - 16);
    for (let i = 0; i < 16; i++) last[i] = generator.uniform();
    normalBlock(last, std);
  }
  return values;
}

/**
 * Normally distributed values without those further from 0 than `cutoff` standard deviations, which are drawn again. The
 * distribution is that of `torch.nn.init.trunc_normal_`; the values are not.
 */
export function truncatedNormal(count: number, std: number, cutoff: number, seed: number): Float32Array {
  const most = Math.abs(cutoff * std);
  const values = new Float32Array(count);
  for (let filled = 0, turn = 0; filled < count; turn++)
    for (const value of normal(Math.max(16, count - filled), std, seed + turn)) {
      if (filled === count) break;
      if (Math.abs(value) <= most) values[filled++] = value;
    }
  return values;
}
