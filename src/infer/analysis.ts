import type { Entity } from "./entities.js";

/** A text with what was found in it, and how it was read. */
export interface Analysis<E extends Entity = Entity> {
  /** The text; of given words, what they are with a space between each. */
  readonly text: string;
  readonly entities: readonly E[];
  /**
   * Sequences that went through the model: one a sentence, more for a long one; where the model reads documents, and with a
   * strategy, one a text, or more.
   */
  readonly windows: number;
  /** True where `truncation` cut words off. */
  readonly truncated: boolean;
}
