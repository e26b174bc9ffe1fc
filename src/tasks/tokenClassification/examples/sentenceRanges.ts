import type { Sentence } from "../../../text/index.js";

/** What a word may see: its sentence alone, or as much of its document as fits into a window. */
export type Context = "none" | "document";

/** Neighbouring sentences `start` to `end` (not included) that may stand in one window. */
export interface SentenceRange {
  readonly start: number;
  readonly end: number;
}

/** The stretches in which words see as much as `context` says. */
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
