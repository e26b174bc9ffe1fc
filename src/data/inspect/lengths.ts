/** Statistics of the lengths of sentences. */
export interface LengthSummary {
  readonly shortest: number;
  readonly median: number;
  readonly mean: number;
  /** 95% of the sentences are at most this long. */
  readonly p95: number;
  readonly longest: number;
}

/** Counts lengths. Its memory only grows with the number of different lengths. */
export class Lengths {
  readonly #counts = new Map<number, number>();

  add(length: number): void {
    this.#counts.set(length, (this.#counts.get(length) ?? 0) + 1);
  }

  /** Returns how many lengths exceed a limit. */
  longerThan(limit: number): number {
    let more = 0;
    for (const [length, count] of this.#counts) if (length > limit) more += count;
    return more;
  }

  summary(): LengthSummary {
    const sorted = [...this.#counts].sort(([a], [b]) => a - b);
    const number = sorted.reduce((sum, [, count]) => sum + count, 0);
    const sum = sorted.reduce((total, [length, count]) => total + length * count, 0);
    const quantile = (share: number): number => {
      let before = 0;
      for (const [length, count] of sorted) {
        before += count;
        if (before >= share * number) return length;
      }
      return 0;
    };
    return {
      shortest: sorted[0]?.[0] ?? 0,
      median: quantile(0.5),
      mean: number === 0 ? 0 : sum / number,
      p95: quantile(0.95),
      longest: sorted.at(-1)?.[0] ?? 0,
    };
  }
}
