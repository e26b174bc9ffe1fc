import { type Counts, scoresOf } from "../evaluate/index.js";
import type { PartScores } from "./facts.js";

/** Counts entities by a length, in ranges. */
export class Parts {
  readonly #counts: Counts[];

  /** @param starts the first length of each range, ascending from 1 */
  constructor(private readonly starts: readonly number[]) {
    this.#counts = starts.map(() => ({ gold: 0, predicted: 0, correct: 0 }));
  }

  /** The counts of the range of a length, to add to. */
  of(length: number): Counts {
    const index = this.starts.findLastIndex((start) => start <= length);
    return this.#counts[Math.max(0, index)]!;
  }

  result(): PartScores[] {
    return this.#counts.map((counts, index) => {
      const { support, ...scores } = scoresOf(counts);
      const { predicted, correct } = counts;
      return { name: this.#name(index), support, predicted, correct, ...scores };
    });
  }

  #name(index: number): string {
    const [first, next] = [this.starts[index]!, this.starts[index + 1]];
    if (next === undefined) return `${first} or more`;
    return next === first + 1 ? `${first}` : `${first} to ${next - 1}`;
  }
}
