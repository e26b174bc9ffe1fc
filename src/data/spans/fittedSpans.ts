import { limits } from "../../limits.js";
import type { TextWord } from "../../text/splitWords.js";
import type { Span, TextDocument } from "../../text/textDocument.js";
import { sliceOf } from "./slices.js";
import type { SpanPolicy, SpanProblem, SpanProblemKind } from "./spanProblem.js";

/** What spans are allowed to be. With `words`, they must begin and end at word boundaries. */
export interface SpanRules {
  readonly overlaps: boolean;
  readonly gaps: boolean;
  readonly words?: readonly TextWord[];
  /** Where words were cut for the sake of spans. */
  readonly cuts?: ReadonlySet<number>;
}

/**
 * Returns the spans of a document that the rules allow, ordered by their place in the text, and a problem for
 * each span that was changed or dropped. Of overlapping spans, the longest is kept; of equally long ones, the
 * first. Spans that the file repeats are kept once.
 */
export function fittedSpans(
  document: TextDocument,
  file: string,
  rules: SpanRules,
  policy: SpanPolicy,
): { readonly spans: readonly Span[]; readonly problems: readonly SpanProblem[] } {
  const problems: SpanProblem[] = [];
  const withdrawn = new Set<SpanProblem>();
  const widenings = new Map<Span, SpanProblem>();
  const lineAt = lineFinder(document);
  const report = (
    kind: SpanProblemKind,
    span: Span,
    outcome: SpanProblem["outcome"],
    other?: string,
  ): void => {
    const { type, start, end } = span;
    const { line, id } = document;
    const problem: SpanProblem = {
      kind,
      type,
      text: quotedSlice(document.text, span),
      start,
      end,
      file: document.file ?? file,
      line: document.linesOfText ? lineAt(Math.max(0, start)) : line,
      ...(id === undefined ? {} : { id }),
      outcome: policy === "error" && outcome !== "split" ? "refused" : outcome,
      ...(other === undefined ? {} : { other }),
    };
    problems.push(problem);
    if (outcome === "widened") widenings.set(span, problem);
  };
  /** Maps each span to the one in the file, because reports must name places that can be found there. */
  const originals = new Map<Span, Span>();
  /** A span that is widened and then dropped counts as dropped only. */
  const drop = (span: Span, other: Span): void => {
    const original = originals.get(span)!;
    const widening = widenings.get(original);
    if (widening !== undefined) withdrawn.add(widening);
    report(
      "overlap",
      original,
      "dropped",
      `${other.type} ${JSON.stringify(quotedSlice(document.text, other))}`,
    );
  };
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
        policy === "widen" ? quotedSlice(document.text, place) : undefined,
      ),
    );
    for (const each of own) {
      originals.set(each, span);
      if (rules.cuts?.has(each.start) || rules.cuts?.has(each.end)) report("within-word", span, "split");
    }
    return own;
  });
  const isWidened = (span: Span) => widenings.has(originals.get(span)!);
  const once = withoutRepetitions(fitted, (again, before) => {
    const [a, b] = [originals.get(again)!, originals.get(before)!];
    // Different entities that became the same by widening, not one that the file repeats.
    if ((isWidened(again) || isWidened(before)) && placeKey(a) !== placeKey(b)) drop(again, before);
  });
  const spans = rules.overlaps ? once : withoutOverlaps(once, document.text.length, drop);
  return { spans, problems: problems.filter((problem) => !withdrawn.has(problem)) };
}

/** Returns the beginning of a span's text, for a report: nested spans would repeat a text without end. */
function quotedSlice(text: string, span: Span): string {
  const whole = sliceOf(text, span);
  return whole.length > limits.quotedUnits ? `${whole.slice(0, limits.quotedUnits)}…` : whole;
}

/**
 * Returns a function that gives the line in the file of a position in a document. The lines of the text must be
 * lines of the file.
 */
export function lineFinder({ text, line }: TextDocument): (at: number) => number {
  let breaks: number[] | undefined;
  return (at) => {
    breaks ??= Array.from(text.matchAll(/\n/g), ({ index }) => index);
    return line + firstIndex(breaks.length, (index) => breaks![index]! >= at);
  };
}

/** Returns the first index from which on something holds, or `count`. */
function firstIndex(count: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Returns why a span cannot be used, whatever the policy. */
export function unusable({ start, end, claimed }: Span, text: string): SpanProblemKind | undefined {
  if (start < 0 || end > text.length) return "outside";
  if (start >= end || text.slice(start, end).trim() === "") return "empty";
  return claimed === undefined ? undefined : "other-text";
}

/**
 * Closes gaps and extends the span to whole words, if the rules require it. Returns nothing if the policy
 * forbids that.
 */
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

/** Extends the span to all words that it touches. */
function atWords(span: Span, words: readonly TextWord[]): Span {
  const first = firstEndingBehind(words, span.start);
  const last = Math.max(first, firstIndex(words.length, (index) => words[index]!.start >= span.end) - 1);
  return { ...span, start: words[first]!.start, end: words[last]!.end };
}

/** Returns the index of the first word that ends after a position. */
export function firstEndingBehind(words: readonly TextWord[], place: number): number {
  return firstIndex(words.length - 1, (index) => words[index]!.end > place);
}

/** True if the span begins and ends at word boundaries, apart from white space. */
function endsWithWords(span: Span, { start, end }: Span, text: string): boolean {
  const isSpace = (from: number, to: number) => text.slice(from, to).trim() === "";
  return start >= span.start && end <= span.end && isSpace(span.start, start) && isSpace(end, span.end);
}

const placeKey = ({ type, start, end, gaps }: Span): string => JSON.stringify([type, start, end, gaps]);

const byPlace = (a: Span, b: Span): number => a.start - b.start || a.end - b.end;

function withoutRepetitions(spans: readonly Span[], repeated: (span: Span, before: Span) => void): Span[] {
  const seen = new Map<string, Span>();
  for (const span of spans) {
    const key = placeKey(span);
    const before = seen.get(key);
    if (before === undefined) seen.set(key, span);
    else repeated(span, before);
  }
  return [...seen.values()].sort(byPlace);
}

/** If a shorter span overlaps a longer one, one of its ends is inside it, so checking both ends is enough. */
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
