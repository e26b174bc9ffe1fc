import { entitySpans } from "../evaluate/index.js";
import type { Sentence } from "../text/index.js";
import type { PartRecall } from "./facts.js";

const KINDS = ["seen with this type", "seen with other types only", "never seen"] as const;

/** The entities of training data by their words, to tell which entities of a test set a model has seen. */
export class TrainingSurfaces {
  readonly #types = new Map<string, Set<string>>();

  constructor(sentences: Iterable<Pick<Sentence, "words" | "tags">>) {
    for (const { words, tags } of sentences)
      for (const { type, start, end } of entitySpans(tags)) {
        const surface = surfaceOf(words, start, end);
        const types = this.#types.get(surface) ?? new Set();
        this.#types.set(surface, types.add(type));
      }
  }

  /** Returns how many of the gold entities were found: of those that training data has, and of the others. */
  recall(
    entities: Iterable<{ readonly surface: string; readonly type: string; readonly isFound: boolean }>,
  ): PartRecall[] {
    const counts = KINDS.map(() => ({ support: 0, found: 0 }));
    for (const { surface, type, isFound } of entities) {
      const types = this.#types.get(surface);
      const count = counts[types === undefined ? 2 : types.has(type) ? 0 : 1]!;
      count.support++;
      if (isFound) count.found++;
    }
    return counts.map(({ support, found }, kind) => ({
      name: KINDS[kind]!,
      support,
      recall: support === 0 ? 0 : found / support,
    }));
  }
}

export const surfaceOf = (words: readonly string[], start: number, end: number): string =>
  words.slice(start, end).join(" ");
