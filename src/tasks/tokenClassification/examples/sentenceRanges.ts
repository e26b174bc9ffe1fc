import type { Sentence } from "../../../text/index.js";

/** What a word can see: its sentence alone, or as much of its document as fits into a window. */
export type Context = "none" | "document";

/** Neighbouring sentences `start` to `end` (exclusive) that can share a window. */
export interface SentenceRange {
  readonly start: number;
  readonly end: number;
}

/** Splits sentences into ranges. Words see each other within a range, as far as `context` allows. */
export function sentenceRanges(
  sentences: readonly Pick<Sentence, "document">[],
  context: Context,
): readonly SentenceRange[] {
  const stretches: SentenceRange[] = [];
  let start = 0;
  sentences.forEach(({ document }, index) => {
    const end = index + 1;
    if (context === "document" && sentences[end]?.document === document) return;
    stretches.push({ start, end });
    start = end;
  });
  return stretches;
}
