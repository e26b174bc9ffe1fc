import type { TextWord } from "../../text/splitWords.js";
import type { Span, TextDocument } from "../../text/textDocument.js";
import { sliceOf } from "./offsets.js";

/** What becomes of spans that a format cannot hold: refuse all, make them larger where that helps, or leave them out. */
export type SpanPolicy = "error" | "widen" | "drop";

export type SpanProblemKind =
  /** It has no character but white space. */
  | "empty"
  /** It begins before the text or ends behind it. */
  | "outside"
  /** The text there is not the one that the file gives. */
  | "other-text"
  | "discontinuous"
  /** It begins or ends within a word. */
  | "within-word"
  /** It shares words with a longer one. */
  | "overlap";

/** A span that could not be taken as it is, and what was done. */
export interface SpanProblem {
  readonly kind: SpanProblemKind;
  readonly type: string;
  /** The text of the span. */
  readonly text: string;
  /** UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly file: string;
  readonly line: number;
  /** The document's name in the file. */
  readonly id?: string;
  readonly outcome: "refused" | "widened" | "dropped";
  /** What stands in its place, or in its way. */
  readonly other?: string;
}

/** What spans may be; with `words` they must begin and end with words. */
export interface SpanRules {
  readonly overlaps: boolean;
  readonly gaps: boolean;
  readonly words?: readonly TextWord[];
}

/**
 * The spans of a document as the rules allow them, by their place in the text, and a report of each that is not as it
 * was. Of spans that overlap the longest stays, of equally long ones the first. A span that is there twice is there once.
 */
export function fittedSpans(
  document: TextDocument,
  file: string,
  rules: SpanRules,
  policy: SpanPolicy,
): { readonly spans: readonly Span[]; readonly problems: readonly SpanProblem[] } {
  const problems: SpanProblem[] = [];
  const report = (
    kind: SpanProblemKind,
    span: Span,
    outcome: SpanProblem["outcome"],
    other?: string,
  ): void => {
    const { type, start, end } = span;
    const { line, id } = document;
    problems.push({
      kind,
      type,
      text: sliceOf(document.text, span),
      start,
      end,
      file: document.file ?? file,
      line: document.linesOfText ? lineAt(document, Math.max(0, start)) : line,
      ...(id === undefined ? {} : { id }),
      outcome: policy === "error" ? "refused" : outcome,
      ...(other === undefined ? {} : { other }),
    });
  };
  /** As the file has them: reports name places that can be found there. */
  const originals = new Map<Span, Span>();
  const fitted = document.spans.flatMap((span): Span[] => {
    const kind = unusable(span, document.text);
    if (kind !== undefined) {
      report(kind, span, "dropped", span.claimed);
      return [];
    }
    const { claimed: _, ...usable } = span;
    const own = fitted1(usable, rules, document.text, policy, (changed, place) =>
      report(
        changed,
        span,
        policy === "widen" ? "widened" : "dropped",
        policy === "widen" ? sliceOf(document.text, place) : undefined,
      ),
    );
    for (const each of own) originals.set(each, span);
    return own;
  });
  const once = withoutRepetitions(fitted);
  const spans = rules.overlaps
    ? once
    : withoutOverlaps(once, document.text.length, (span, longer) =>
        report(
          "overlap",
          originals.get(span)!,
          "dropped",
          `${longer.type} ${JSON.stringify(sliceOf(document.text, longer))}`,
        ),
      );
  return { spans, problems };
}

/** The line of a file in which a place of a document stands that has the file's lines. */
export function lineAt({ text, line }: TextDocument, at: number): number {
  let number = line;
  for (let next = text.indexOf("\n"); next >= 0 && next < at; next = text.indexOf("\n", next + 1)) number++;
  return number;
}

function unusable({ start, end, claimed }: Span, text: string): SpanProblemKind | undefined {
  if (start < 0 || end > text.length) return "outside";
  if (start >= end || text.slice(start, end).trim() === "") return "empty";
  return claimed === undefined ? undefined : "other-text";
}

/** The span with its gaps closed and its ends at words, or nothing where that is not to be. */
function fitted1(
  span: Span,
  { gaps, words }: SpanRules,
  text: string,
  policy: SpanPolicy,
  changed: (kind: SpanProblemKind, place: Span) => void,
): Span[] {
  const { gaps: own, ...closed } = span;
  const isClosed = own !== undefined && !gaps;
  const joined = isClosed ? closed : span;
  const whole = words === undefined ? joined : atWords(joined, words);
  const isWithin = words !== undefined && !endsWithWords(joined, whole, text);
  if (!isClosed && !isWithin) return [whole];
  changed(isClosed ? "discontinuous" : "within-word", whole);
  return policy === "widen" ? [whole] : [];
}

/** The words that a span has part in. */
function atWords(span: Span, words: readonly TextWord[]): Span {
  const first = firstEndingBehind(words, span.start);
  let last = first;
  while (words[last + 1] !== undefined && words[last + 1]!.start < span.end) last++;
  return { ...span, start: words[first]!.start, end: words[last]!.end };
}

/** The index of the first word that ends behind a place. */
export function firstEndingBehind(words: readonly TextWord[], place: number): number {
  let [low, high] = [0, words.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle]!.end > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** White space around words belongs to nothing. */
function endsWithWords(span: Span, { start, end }: Span, text: string): boolean {
  const isSpace = (from: number, to: number) => text.slice(from, to).trim() === "";
  return start >= span.start && end <= span.end && isSpace(span.start, start) && isSpace(end, span.end);
}

const byPlace = (a: Span, b: Span): number => a.start - b.start || a.end - b.end;

function withoutRepetitions(spans: readonly Span[]): Span[] {
  const seen = new Set<string>();
  return spans
    .filter(({ type, start, end, gaps }) => {
      const key = JSON.stringify([type, start, end, gaps]);
      return !seen.has(key) && seen.add(key);
    })
    .sort(byPlace);
}

/** A shorter span that overlaps a longer one has an end in it, so looking at both ends is enough. */
function withoutOverlaps(
  spans: readonly Span[],
  length: number,
  dropped: (span: Span, longer: Span) => void,
): Span[] {
  if (spans.length < 2) return [...spans];
  const longestFirst = spans.toSorted((a, b) => b.end - b.start - (a.end - a.start));
  const owner = new Int32Array(length);
  const kept: Span[] = [];
  for (const span of longestFirst) {
    const taken = owner[span.start]! || owner[span.end - 1]!;
    if (taken > 0) dropped(span, kept[taken - 1]!);
    else owner.fill(kept.push(span), span.start, span.end);
  }
  return kept.sort(byPlace);
}
