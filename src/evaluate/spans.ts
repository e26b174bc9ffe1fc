import type { EntitySpan } from "./entitySpan.js";
import { lenientSpans } from "./lenientSpans.js";
import { type StrictScheme, seqevalScheme, strictSpans } from "./strictSpans.js";

/**
 * How tags become entities: as seqeval's default mode (and conlleval) reads them, or strictly by a scheme.
 */
export interface SpanOptions {
  /**
   * `default` (the default): every hint can begin or end an entity, so a stray `I-X` begins one. `strict`:
   * only what the scheme allows counts.
   */
  readonly mode?: "default" | "strict" | undefined;
  /** Scheme for strict mode. Detected from the (gold) tags if omitted. */
  readonly scheme?: StrictScheme | undefined;
}

/**
 * Returns the entities of one sentence, in order.
 *
 * @throws NeriumError EVALUATE_TAG_NOT_IN_SCHEME, EVALUATE_SCHEME_UNKNOWN (strict mode), EVALUATE_TAG_EMPTY
 */
export function entitySpans(tags: readonly string[], options: SpanOptions = {}): EntitySpan[] {
  return corpusSpans([tags], options);
}

/**
 * Returns the entities of many sentences. Positions count the words of all sentences, plus one between every
 * two sentences, as seqeval does. Ends are distinct and ascending.
 */
export function corpusSpans(
  sentences: readonly (readonly string[])[],
  { mode = "default", scheme }: SpanOptions,
): EntitySpan[] {
  return mode === "strict"
    ? strictSpans(sentences, scheme ?? seqevalScheme(sentences))
    : lenientSpans(sentences);
}
