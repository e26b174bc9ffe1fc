import type { FiledDocument, Span, TextDocument } from "../../text/textDocument.js";
import type { TextsContent } from "../formats/format.js";
import { again } from "../read/source.js";
import type { OffsetChoice, OffsetUnit } from "./offsetUnit.js";

/**
 * Returns the texts of a file with offsets in UTF-16 units. Unless `asked` gives it, the unit of the file is
 * found by slicing.
 */
export function textsContent(
  filed: Iterable<FiledDocument>,
  asked: OffsetUnit | undefined,
  usual: OffsetUnit,
): TextsContent {
  const offsets = asked === undefined ? offsetChoice(filed, usual) : ({ unit: asked, why: "asked" } as const);
  return {
    shape: "texts",
    offsets,
    documents: again(function* () {
      for (const document of filed) yield placed(document, offsets.unit);
    }),
  };
}

/** Characters outside of the basic plane: one code point, but two UTF-16 units. */
const ASTRAL = /[\ud800-\udbff][\udc00-\udfff]/;

/** Determines the unit of the documents' offsets from the text of their spans in either unit. */
export function offsetChoice(filed: Iterable<FiledDocument>, usual: OffsetUnit): OffsetChoice {
  const votes = { texts: { utf16: 0, "code-points": 0 }, boundaries: { utf16: 0, "code-points": 0 } };
  let differs = false;
  for (const { text, spans } of filed) {
    if (spans.length === 0 || !ASTRAL.test(text)) continue;
    const places = codePointPlaces(text);
    for (const span of spans) {
      const read = { utf16: span, "code-points": inUtf16(span, places) };
      if (read.utf16.start === read["code-points"].start && read.utf16.end === read["code-points"].end)
        continue;
      differs = true;
      const { surface } = span;
      for (const [kind, fits] of [
        ["texts", (each: Span) => surface !== undefined && sameText(sliceOf(text, each), surface)],
        ["boundaries", (each: Span) => endsWithWords(text, each)],
      ] as const) {
        const [utf16, codePoints] = [fits(read.utf16), fits(read["code-points"])];
        if (utf16 !== codePoints) votes[kind][utf16 ? "utf16" : "code-points"]++;
      }
    }
  }
  if (!differs) return { unit: usual, why: "no difference" };
  for (const [kind, why] of [
    ["texts", "texts"],
    ["boundaries", "word boundaries"],
  ] as const) {
    const { utf16, "code-points": codePoints } = votes[kind];
    if (utf16 !== codePoints) return { unit: utf16 > codePoints ? "utf16" : "code-points", why };
  }
  return { unit: usual, why: "format" };
}

/** Returns the position of each code point, and of the end of the text, in UTF-16 units. */
function codePointPlaces(text: string): Uint32Array {
  const places = new Uint32Array(text.length + 1);
  let count = 0;
  for (let at = 0; at < text.length; at += text.codePointAt(at)! > 0xffff ? 2 : 1) places[count++] = at;
  places[count] = text.length;
  return places.subarray(0, count + 1);
}

/** Returns a function that converts UTF-16 offsets of a text to code points, for writing. */
export function codePointCounter(text: string): (unit: number) => number {
  if (!ASTRAL.test(text)) return (unit) => unit;
  const counts = new Uint32Array(text.length + 1);
  for (let unit = 0, count = 0; unit <= text.length; unit++) {
    counts[unit] = count;
    // A position inside a surrogate pair counts as the pair's end, so that a span that cuts a pair has a
    // valid offset.
    if (!ASTRAL.test(text.slice(unit - 1, unit + 1))) count++;
  }
  return (unit) => counts[unit]!;
}

type Filed = FiledDocument["spans"][number];

function inUtf16<S extends Filed>(span: S, places: Uint32Array): S {
  const last = places.length - 1;
  // Positions outside of the text stay outside.
  const place = (at: number) =>
    at >= 0 && at <= last ? places[at]! : at < 0 ? at : places[last]! + at - last;
  const range = ({ start, end }: { start: number; end: number }) => ({
    start: place(start),
    end: place(end),
  });
  return {
    ...span,
    ...range(span),
    ...(span.gaps === undefined ? {} : { gaps: span.gaps.map(range) }),
  };
}

function placed(document: FiledDocument, unit: OffsetUnit): TextDocument {
  const { text } = document;
  const places = unit === "code-points" && ASTRAL.test(text) ? codePointPlaces(text) : undefined;
  return {
    ...document,
    spans: document.spans.map(({ surface, ...filed }): Span => {
      const span = places === undefined ? filed : inUtf16(filed, places);
      const agrees = surface === undefined || sameText(sliceOf(text, span), surface);
      return agrees ? span : { ...span, claimed: surface };
    }),
  };
}

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

function endsWithWords(text: string, { start, end }: Pick<Span, "start" | "end">): boolean {
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
