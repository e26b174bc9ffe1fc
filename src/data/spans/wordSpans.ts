import type { TextRange } from "../../text/textDocument.js";
import { spansUnfit } from "../errors.js";
import { fittedSpans } from "./fittedSpans.js";
import { tagsOf } from "./shapes.js";
import type { SpanPolicy, SpanProblem } from "./spanProblem.js";

/** An entity by the indices of its words. */
export interface WordSpan {
  readonly type: string;
  readonly first: number;
  /** The last word belongs to the entity. */
  readonly last: number;
  /** All words of an entity that may be discontinuous, in order. */
  readonly words?: readonly number[];
}

/**
 * Returns the IOB2 tags of words with spans, of which overlapping and discontinuous ones are treated as the
 * policy says.
 *
 * @throws NeriumError DATA_SPANS_UNFIT if the policy is `error` and nobody listens to problems
 */
export function tagsOfWordSpans(
  words: readonly string[],
  spans: readonly WordSpan[],
  { file, line }: { readonly file: string; readonly line: number },
  {
    policy = "error",
    onProblem,
  }: { readonly policy?: SpanPolicy; readonly onProblem?: (problem: SpanProblem) => void },
): string[] {
  const placed: { text: string; start: number; end: number }[] = [];
  let length = 0;
  for (const word of words) {
    placed.push({ text: word, start: length, end: length + word.length });
    length += word.length + 1;
  }
  // A word may be white space only, such as a no-break space; a span of it has text all the same.
  const text = words.map((word) => (word.trim() === "" ? "·".repeat(word.length) : word)).join(" ");
  const document = {
    text,
    line,
    spans: spans.map(({ type, first, last, words: own = [] }) => {
      const [start, end] = [placed[first]?.start, placed[last]?.end];
      // Words that do not exist are outside of the text.
      if (start === undefined || end === undefined) return { type, start: text.length, end: text.length + 1 };
      const gaps = gapsOf(own, placed);
      return { type, start, end, ...(gaps.length === 0 ? {} : { gaps }) };
    }),
  };
  const fitted = fittedSpans(document, file, { overlaps: false, gaps: false, words: placed }, policy);
  for (const problem of fitted.problems)
    if (onProblem !== undefined) onProblem(problem);
    else if (policy === "error") throw spansUnfit([problem]);
  return tagsOf(placed, fitted.spans);
}

/** Returns what lies between words that are not neighbours. */
function gapsOf(indices: readonly number[], placed: readonly TextRange[]): TextRange[] {
  const gaps: TextRange[] = [];
  for (const [at, index] of indices.entries()) {
    const before = indices[at - 1];
    const [start, end] = [placed[before ?? -1]?.end, placed[index]?.start];
    if (start !== undefined && end !== undefined && index > before! + 1) gaps.push({ start, end });
  }
  return gaps;
}
