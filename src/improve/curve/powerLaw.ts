/** F1 as a function of the number of sentences: `limit − factor · sentences^−exponent`. */
export interface PowerLaw {
  /** F1 with any number of sentences, at most 1. */
  readonly limit: number;
  readonly factor: number;
  readonly exponent: number;
}

/** F1 that is measured with a number of sentences. */
export interface MeasuredF1 {
  readonly sentences: number;
  readonly f1: number;
}

/** Exponents to try: from almost logarithmic to almost a step. */
const EXPONENTS = Array.from({ length: 61 }, (_, index) => 0.02 * 150 ** (index / 60));

/** F1 that a power law gives for a number of sentences. */
export const f1With = ({ limit, factor, exponent }: PowerLaw, sentences: number): number =>
  limit - factor * sentences ** -exponent;

/**
 * Fits a power law that does not fall, by least squares. For each exponent, limit and factor have a closed form.
 *
 * Hestness et al. (2017), https://arxiv.org/abs/1712.00409
 *
 * @param points at least two, with different numbers of sentences
 */
export function powerLaw(points: readonly MeasuredF1[]): PowerLaw {
  let best: PowerLaw | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const exponent of EXPONENTS) {
    const law = fitted(points, exponent);
    const error = points.reduce((sum, { sentences, f1 }) => sum + (f1With(law, sentences) - f1) ** 2, 0);
    if (error < least) [best, least] = [law, error];
  }
  return best!;
}

/** The least squares for one exponent, with a limit of at most 1 and a factor of at least 0. */
function fitted(points: readonly MeasuredF1[], exponent: number): PowerLaw {
  const xs = points.map(({ sentences }) => sentences ** -exponent);
  const meanX = xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const meanY = points.reduce((sum, { f1 }) => sum + f1, 0) / points.length;
  const squares = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
  const products = xs.reduce((sum, x, at) => sum + (x - meanX) * (points[at]!.f1 - meanY), 0);
  const factor = Math.max(0, -products / squares);
  const limit = meanY + factor * meanX;
  if (limit <= 1) return { limit, factor, exponent };
  // Through the limit 1, only the factor is free.
  const own = xs.reduce((sum, x, at) => sum + x * (1 - points[at]!.f1), 0);
  return { limit: 1, factor: own / xs.reduce((sum, x) => sum + x * x, 0), exponent };
}
