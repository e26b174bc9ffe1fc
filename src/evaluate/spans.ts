import type { EntitySpan } from "./entitySpan.js";
import { lenientSpans } from "./lenientSpans.js";
import { type StrictScheme, seqevalScheme, strictSpans } from "./strictSpans.js";

/** How tags become entities: as seqeval's default mode reads them (as conlleval does), or strictly by a scheme. */
export interface SpanOptions {
  /**
   * `default` takes every hint that an entity begins or ends, so a stray `I-X` opens one;
   * `strict` accepts only what the scheme allows.
   */
  readonly mode?: "default" | "strict" | undefined;
  /** The scheme of strict mode; recognised from the (gold) tags where it is left out. */
  readonly scheme?: StrictScheme | undefined;
}

/**
 * The entities of one sentence, in order.
 * @throws NeriumError EVALUATE_TAG_NOT_IN_SCHEME, EVALUATE_SCHEME_UNKNOWN (strict mode), EVALUATE_TAG_EMPTY
 */
export function entitySpans(tags: readonly string[], options: SpanOptions = {}): EntitySpan[] {
  return corpusSpans([tags], options);
}

/**
 * The entities of many sentences. Positions count the words of all sentences and one place between each two,
 * as seqeval lays them out; ends are distinct and rise.
 */
export function corpusSpans(
  sentences: readonly (readonly string[])[],
  { mode = "default", scheme }: SpanOptions,
): EntitySpan[] {
  return mode === "strict"
    ? strictSpans(sentences, scheme ?? seqevalScheme(sentences))
    : lenientSpans(sentences);
}
