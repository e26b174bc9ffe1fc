import type { FiledDocument, TextRange } from "../../text/textDocument.js";
import type { Counting, OffsetChoice, OffsetUnit } from "./offsetUnit.js";
import { placeAt, placesOf } from "./places.js";
import { endsWithWords, sameText, sliceOf } from "./slices.js";

/** A way to count, with the number of spans that speak for it. */
interface Candidate extends Counting {
  texts: number;
  boundaries: number;
}

/** Spans that must begin and end with words before these alone show that offsets count bytes or line breaks. */
const ENOUGH = 3;

/**
 * Determines how the offsets of documents are counted: by the texts that the file gives for its spans, then by
 * words, at whose boundaries most spans begin and end.
 *
 * @param usual the unit of the format's tools
 * @param asked the unit, if it is known; then only the line breaks are in question
 */
export function offsetChoice(
  filed: Iterable<FiledDocument>,
  usual: Exclude<OffsetUnit, "bytes">,
  asked?: OffsetUnit,
): OffsetChoice {
  const standard = (asked === undefined ? STANDARD[usual] : [asked]).map((unit) => candidate(unit));
  const others = [
    ...(asked === undefined ? [candidate("bytes")] : []),
    ...standard.map(({ unit }) => candidate(unit, "one")),
    ...(asked === undefined ? [candidate("bytes", "one")] : []),
  ];
  const differs = vote(filed, standard, others);
  const { found, why } = elected(standard, others, differs);
  const { unit, lineEnds } = found;
  return {
    unit,
    ...(lineEnds === undefined ? {} : { lineEnds }),
    why: asked === undefined ? why : "asked",
    ...(found === standard[0] ? {} : { unusual: true }),
  };
}

/** The units that tools of this field use, the most likely one first. */
const STANDARD: Readonly<Record<Exclude<OffsetUnit, "bytes">, readonly OffsetUnit[]>> = {
  utf16: ["utf16", "code-points"],
  "code-points": ["code-points", "utf16"],
};

const candidate = (unit: OffsetUnit, lineEnds?: "one"): Candidate => ({
  unit,
  ...(lineEnds === undefined ? {} : { lineEnds }),
  texts: 0,
  boundaries: 0,
});

/** Counts what speaks for each candidate. Returns true if the standard ones read any span differently. */
function vote(
  filed: Iterable<FiledDocument>,
  standard: readonly Candidate[],
  others: readonly Candidate[],
): boolean {
  const candidates = [...standard, ...others];
  let differs = false;
  for (const { text, spans, words = [] } of filed) {
    if (spans.length === 0) continue;
    const places = candidates.map((each) => placesOf(text, each));
    if (places.every((own) => own === undefined)) continue;
    for (const span of [...spans, ...words]) {
      const read = places.map((own) => placed(span, own));
      const isSame = (other: TextRange) => other.start === read[0]!.start && other.end === read[0]!.end;
      if (read.every(isSame)) continue;
      differs ||= !read.slice(0, standard.length).every(isSame);
      const { surface } = span;
      const fits = {
        texts: read.map((each) => surface !== undefined && sameText(sliceOf(text, each), surface)),
        boundaries: read.map((each) => endsWithWords(text, each)),
      };
      for (const kind of ["texts", "boundaries"] as const)
        for (const [index, fit] of fits[kind].entries()) if (fit) candidates[index]![kind]++;
    }
  }
  return differs;
}

function elected(
  standard: readonly Candidate[],
  others: readonly Candidate[],
  differs: boolean,
): { readonly found: Candidate; readonly why: OffsetChoice["why"] } {
  const most = (candidates: readonly Candidate[], kind: "texts" | "boundaries") =>
    Math.max(...candidates.map((each) => each[kind]));
  const all = [...standard, ...others];
  const byTexts = all.filter(({ texts }) => texts === most(all, "texts"));
  const usual = standard.filter((each) => byTexts.includes(each));
  if (usual.length === 0) return { found: byTexts[0]!, why: "texts" };
  const words = most(usual, "boundaries");
  const odd = most(byTexts, "boundaries");
  if (odd >= ENOUGH && odd > 2 * words)
    return { found: byTexts.find(({ boundaries }) => boundaries === odd)!, why: "word boundaries" };
  const byWords = usual.filter(({ boundaries }) => boundaries === words);
  const found = byWords[0]!;
  if (!differs) return { found, why: "no difference" };
  if (usual.length < standard.length) return { found, why: "texts" };
  return { found, why: byWords.length < usual.length ? "word boundaries" : "format" };
}

type FiledRange = TextRange & { readonly gaps?: readonly TextRange[] };

/** Returns a range of a file with its offsets in UTF-16 units. */
export function placed<R extends FiledRange>(range: R, places: Uint32Array | undefined): R {
  if (places === undefined) return range;
  const inside = ({ start, end }: TextRange) => ({
    start: placeAt(places, start),
    end: placeAt(places, end),
  });
  return {
    ...range,
    ...inside(range),
    ...(range.gaps === undefined ? {} : { gaps: range.gaps.map(inside) }),
  };
}
