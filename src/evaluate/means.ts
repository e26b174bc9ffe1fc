/** Returns the mean, bit for bit as `numpy.average` computes it; NaN without values. */
export function mean(values: readonly number[]): number {
  return pairwiseSum(values, 0, values.length) / values.length;
}

/**
 * Returns the weighted mean, bit for bit as `numpy.average` computes it. Returns 0 if the weights sum to 0,
 * as seqeval does. Weights must be integers.
 */
export function weightedMean(values: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return 0;
  const products = values.map((value, index) => value * weights[index]!);
  return pairwiseSum(products, 0, products.length) / total;
}

/** Returns the standard deviation of a sample, with the divisor n − 1; NaN for fewer than two values. */
export function sampleDeviation(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.map((value) => (value - middle) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (values.length - 1));
}

/**
 * Sums values as numpy's pairwise summation does (`pairwise_sum` of loops_utils.h.src): fewer than 8 values
 * one after another, up to 128 values in eight running sums, and more values in halves. The order decides the
 * last bits.
 */
function pairwiseSum(values: readonly number[], from: number, count: number): number {
  if (count < 8) {
    let sum = 0;
    for (let index = 0; index < count; index += 1) sum += values[from + index]!;
    return sum;
  }
  if (count > 128) {
    const half = Math.floor(count / 2) - (Math.floor(count / 2) % 8);
    return pairwiseSum(values, from, half) + pairwiseSum(values, from + half, count - half);
  }
  const lanes = values.slice(from, from + 8);
  const whole = count - (count % 8);
  for (let index = 8; index < whole; index += 1) lanes[index % 8]! += values[from + index]!;
  const [a, b, c, d, e, f, g, h] = lanes as [number, number, number, number, number, number, number, number];
  let sum = a + b + (c + d) + (e + f + (g + h));
  for (let index = whole; index < count; index += 1) sum += values[from + index]!;
  return sum;
}
