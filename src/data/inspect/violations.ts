import type { TagScheme } from "../../text/sentence.js";

/** A tag that its scheme does not allow at this position. */
export interface Violation {
  /** Index of the word, or the number of words if the sentence ends too early. */
  readonly word: number;
  readonly what: string;
}

const TAG = /^([BIESLU])(?:-(.+))?$/s;

/**
 * Returns the tags of a sentence that break their scheme: an `I-` (`E-`, `L-`) tag that continues nothing, or
 * an entity in IOBES or BILOU that does not end. IOB1 and class labels have no violations.
 */
export function violations(tags: readonly string[], scheme: TagScheme): Violation[] {
  if (scheme === "IO" || scheme === "IOB1") return [];
  const ends = scheme !== "IOB2";
  const found: Violation[] = [];
  let open: string | undefined;
  let before = "the beginning";
  for (const [word, tag] of tags.entries()) {
    const [, prefix = "O", type = ""] = TAG.exec(tag) ?? [];
    const continues = prefix !== "O" && !"BSU".includes(prefix);
    if (continues && open !== type) found.push({ word, what: `${tag} after ${before}` });
    else if (ends && !continues && open !== undefined) found.push({ word, what: `${tag} after ${before}` });
    open = prefix === "B" || prefix === "I" ? type : undefined;
    before = tag;
  }
  if (ends && open !== undefined)
    found.push({ word: tags.length, what: `the sentence ends after ${before}` });
  return found;
}
