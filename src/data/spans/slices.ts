import type { Span, TextRange } from "../../text/textDocument.js";
import { ASTRAL } from "./places.js";

/** Returns the text of a span. The parts of a discontinuous span are joined with spaces. */
export function sliceOf(text: string, { start, end, gaps = [] }: Omit<Span, "type" | "claimed">): string {
  const starts = [start, ...gaps.map((gap) => gap.end)];
  const ends = [...gaps.map((gap) => gap.start), end];
  return starts.map((from, index) => text.slice(Math.max(0, from), Math.max(0, ends[index]!))).join(" ");
}

/** Tools replace line breaks in the texts of spans with spaces, and trim these texts. */
export const sameText = (a: string, b: string): boolean => a === b || spaced(a) === spaced(b);
const spaced = (text: string): string => text.replace(/\s+/g, " ").trim();

const WORD = /[\p{L}\p{M}\p{N}]/u;

/** True if a part of a text begins and ends at word boundaries, and not with white space. */
export function endsWithWords(text: string, { start, end }: TextRange): boolean {
  if (start < 0 || end > text.length || start >= end) return false;
  const inside = text.slice(start, end);
  return inside === inside.trim() && isBoundary(text, start) && isBoundary(text, end);
}

function isBoundary(text: string, at: number): boolean {
  if (at === 0 || at === text.length) return true;
  if (ASTRAL.test(text.slice(at - 1, at + 1))) return false;
  return !(WORD.test(before(text, at)) && WORD.test(String.fromCodePoint(text.codePointAt(at)!)));
}

const before = (text: string, at: number): string =>
  at > 1 && ASTRAL.test(text.slice(at - 2, at)) ? text.slice(at - 2, at) : text[at - 1]!;
