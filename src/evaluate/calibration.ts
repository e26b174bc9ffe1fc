/** Predictions of similar confidence, and how many of them are right. */
export interface ConfidenceBin {
  /** The confidence is above `from` (or equal, in the first bin) and at most `to`. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Their mean confidence; 0 for an empty bin. */
  readonly confidence: number;
  /** The share that is right; 0 for an empty bin. */
  readonly accuracy: number;
}

/** How far the confidence of predictions can be trusted. */
export interface Calibration {
  readonly bins: readonly ConfidenceBin[];
  /** The expected calibration error: the mean difference of confidence and accuracy, weighted by the bins' sizes. */
  readonly error: number;
  readonly count: number;
}

/**
 * Sorts predictions into bins of equal width by their confidence, and compares the confidence with the share that is right.
 *
 * Naeini, Cooper and Hauskrecht (2015), https://doi.org/10.1609/aaai.v29i1.9602
 */
export class CalibrationCounts {
  readonly #count: number[];
  readonly #confidence: number[];
  readonly #right: number[];

  constructor(private readonly bins = 10) {
    this.#count = new Array<number>(bins).fill(0);
    this.#confidence = new Array<number>(bins).fill(0);
    this.#right = new Array<number>(bins).fill(0);
  }

  /** @param confidence from 0 to 1 */
  add(confidence: number, isRight: boolean): void {
    const bin = Math.min(this.bins - 1, Math.max(0, Math.ceil(confidence * this.bins) - 1));
    this.#count[bin]!++;
    this.#confidence[bin]! += confidence;
    if (isRight) this.#right[bin]!++;
  }

  result(): Calibration {
    const bins = this.#count.map((count, bin) => ({
      from: bin / this.bins,
      to: (bin + 1) / this.bins,
      count,
      confidence: count === 0 ? 0 : this.#confidence[bin]! / count,
      accuracy: count === 0 ? 0 : this.#right[bin]! / count,
    }));
    const total = this.#count.reduce((sum, count) => sum + count, 0);
    const error = bins.reduce(
      (sum, { count, confidence, accuracy }) => sum + count * Math.abs(confidence - accuracy),
      0,
    );
    return { bins, error: total === 0 ? 0 : error / total, count: total };
  }
}
