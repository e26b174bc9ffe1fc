/** What was measured once: features, and the value that they led to. */
export interface Sample {
  readonly features: readonly number[];
  readonly value: number;
}

/** Predicts the value of features. */
export type Fit = (features: readonly number[]) => number;

/**
 * Fits value ≈ Σ coefficient · feature with coefficients that are not negative, by least squares. There are few
 * features, so each subset of them is tried: the best one without a negative coefficient is the solution
 * (Lawson and Hanson, Solving Least Squares Problems, 1974, chapter 23).
 */
export function nonNegativeFit(samples: readonly Sample[]): Fit {
  const count = samples[0]?.features.length ?? 0;
  const scale = Array.from({ length: count }, (_, feature) =>
    Math.max(1e-300, ...samples.map(({ features }) => features[feature]!)),
  );
  let best: readonly number[] = new Array(count).fill(0);
  let least = errorOf(samples, best);
  for (let subset = 1; subset < 2 ** count; subset++) {
    const members = scale.flatMap((_, feature) => (subset & (1 << feature) ? [feature] : []));
    const solution = leastSquares(samples, members, scale);
    if (solution === undefined || solution.some((each) => each < 0)) continue;
    const coefficients = new Array<number>(count).fill(0);
    members.forEach((feature, index) => {
      coefficients[feature] = solution[index]! / scale[feature]!;
    });
    const error = errorOf(samples, coefficients);
    if (error < least) [best, least] = [coefficients, error];
  }
  return (features) => dot(best, features);
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + value * b[index]!, 0);

const errorOf = (samples: readonly Sample[], coefficients: readonly number[]): number =>
  samples.reduce((sum, { features, value }) => sum + (dot(coefficients, features) - value) ** 2, 0);

/** Solves the normal equations for some features. Returns `undefined` if these do not determine a solution. */
function leastSquares(
  samples: readonly Sample[],
  members: readonly number[],
  scale: readonly number[],
): number[] | undefined {
  const rows = samples.map(({ features }) => members.map((feature) => features[feature]! / scale[feature]!));
  const matrix = members.map((_, i) => [
    ...members.map((__, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
    rows.reduce((sum, row, index) => sum + row[i]! * samples[index]!.value, 0),
  ]);
  for (let column = 0; column < members.length; column++) {
    const pivot = matrix
      .slice(column)
      .reduce((a, b) => (Math.abs(b[column]!) > Math.abs(a[column]!) ? b : a));
    if (Math.abs(pivot[column]!) < 1e-9 * samples.length) return undefined;
    matrix.splice(matrix.indexOf(pivot), 1);
    matrix.splice(column, 0, pivot);
    for (const row of matrix) {
      if (row === pivot) continue;
      const factor = row[column]! / pivot[column]!;
      for (let at = column; at < row.length; at++) row[at]! -= factor * pivot[at]!;
    }
  }
  return matrix.map((row, index) => row.at(-1)! / row[index]!);
}
