import type { Entity } from "./entities.js";

/** A text, what was found in it, and how it was read. */
export interface Analysis<E extends Entity = Entity> {
  /** The text. For given words: the words joined with spaces, and sentences with line breaks. */
  readonly text: string;
  readonly entities: readonly E[];
  /**
   * Sequences that went through the model: one per sentence, more for a long one. If the model reads
   * documents, or with an aggregation strategy: one per text, or more.
   */
  readonly windows: number;
  /** True if `truncation` cut off words. */
  readonly truncated: boolean;
}
