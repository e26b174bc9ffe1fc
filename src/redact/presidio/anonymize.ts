import { CodePointOffsets } from "../../text/codePoints.js";
import { presidioInvalid } from "../errors.js";
import { type Anonymizer, type Deanonymizer, operated } from "./operators.js";

/** A part of a text, in code points. */
export interface PresidioSpan {
  readonly entity_type: string;
  readonly start: number;
  readonly end: number;
  readonly score?: number | null | undefined;
}

/** What an operator put in the place of a value. */
export interface PresidioItem {
  /** Where it is in the new text, in code points. */
  readonly start: number;
  readonly end: number;
  readonly entity_type: string;
  readonly text: string;
  readonly operator: string;
  readonly score: number | null;
}

/** A text with operators applied; the items from right to left, as Presidio has them. */
export interface PresidioResult {
  readonly text: string;
  readonly items: PresidioItem[];
}

/** Replaces what was found in a text, as Presidio's anonymizer does. */
export function anonymized(
  text: string,
  results: readonly PresidioSpan[],
  anonymizers: Readonly<Record<string, Anonymizer>>,
): PresidioResult {
  const offsets = new CodePointOffsets(text);
  const spans = withoutContained(merged([...results].sort(byPlace)));
  return replaced(text, offsets, joinedOverSpaces(text, offsets, spans), {
    DEFAULT: { type: "replace" },
    ...anonymizers,
  });
}

/** Puts values back into a text, as Presidio's deanonymizer does. */
export function deanonymized(
  text: string,
  items: readonly PresidioSpan[],
  deanonymizers: Readonly<Record<string, Deanonymizer>>,
): PresidioResult {
  return replaced(text, new CodePointOffsets(text), items, deanonymizers);
}

const byPlace = (a: PresidioSpan, b: PresidioSpan): number => a.start - b.start || a.end - b.end;

/** Joins spans of the same type that overlap. The joined one is in the place of its last part. */
function merged(sorted: readonly PresidioSpan[]): PresidioSpan[] {
  const last = new Map<string, PresidioSpan>();
  const all = new Set<PresidioSpan>();
  for (const span of sorted) {
    const before = last.get(span.entity_type);
    const isPart = before !== undefined && span.start < before.end;
    const joined = !isPart
      ? span
      : {
          ...before,
          end: Math.max(before.end, span.end),
          score: Math.max(before.score ?? 0, span.score ?? 0),
        };
    if (isPart) all.delete(before);
    all.add(joined);
    last.set(span.entity_type, joined);
  }
  return [...all];
}

/** Leaves out spans that lie in others. Of spans at one place, the last one with the highest score stays. */
function withoutContained(spans: readonly PresidioSpan[]): PresidioSpan[] {
  const widest = [...spans]
    .reverse()
    .sort((a, b) => a.start - b.start || b.end - a.end || (b.score ?? 0) - (a.score ?? 0));
  const kept = new Set<PresidioSpan>();
  let reached = -1;
  for (const span of widest) {
    if (span.end <= reached) continue;
    reached = span.end;
    kept.add(span);
  }
  return spans.filter((span) => kept.has(span));
}

/** Joins spans of the same type with nothing but spaces between them. */
function joinedOverSpaces(
  text: string,
  offsets: CodePointOffsets,
  spans: readonly PresidioSpan[],
): PresidioSpan[] {
  const all: PresidioSpan[] = [];
  for (const span of spans) {
    const before = all.at(-1);
    const isNext =
      before?.entity_type === span.entity_type &&
      /^ +$/.test(text.slice(offsets.toUnits(before.end), offsets.toUnits(span.start)));
    if (isNext) all[all.length - 1] = { ...span, start: before!.start };
    else all.push(span);
  }
  return all;
}

function replaced(
  text: string,
  offsets: CodePointOffsets,
  spans: readonly PresidioSpan[],
  operators: Readonly<Record<string, Anonymizer | Deanonymizer>>,
): PresidioResult {
  const parts: string[] = [];
  const made: { span: PresidioSpan; value: string; operator: string; after: number }[] = [];
  /** Code points of the new text behind the next part, and where what was replaced begins. */
  let after = 0;
  let from = offsets.length;
  const add = (part: string) => {
    parts.push(part);
    after += new CodePointOffsets(part).length;
  };
  for (const span of [...spans].sort((a, b) => b.start - a.start)) {
    if (span.end > offsets.length || span.start > span.end)
      throw presidioInvalid(
        `start ${span.start} and end ${span.end} are not in a text of ${offsets.length} characters`,
      );
    const operator = operatorFor(span.entity_type, operators);
    const [start, end] = [offsets.toUnits(span.start), offsets.toUnits(span.end)];
    const value = operated(operator, span.entity_type, text.slice(start, end));
    add(text.slice(Math.min(end, offsets.toUnits(from)), offsets.toUnits(from)));
    made.push({ span, value, operator: operator.type, after });
    add(value);
    from = span.start;
  }
  add(text.slice(0, offsets.toUnits(from)));
  return {
    text: parts.reverse().join(""),
    items: made.map(({ span, value, operator, after: behind }) => {
      const end = after - behind;
      const start = end - new CodePointOffsets(value).length;
      const { entity_type, score = null } = span;
      return { start, end, entity_type, text: value, operator, score };
    }),
  };
}

function operatorFor<O>(type: string, operators: Readonly<Record<string, O>>): O {
  const operator = Object.hasOwn(operators, type) ? operators[type] : operators.DEFAULT;
  if (operator === undefined) throw presidioInvalid(`there is no operator for ${type}, and no DEFAULT`);
  return operator;
}
