import { describe, expect, it } from "vitest";
import { offsetChoice, textsContent } from "../../../src/data/spans/offsets.js";
import type { FiledDocument } from "../../../src/text/textDocument.js";

const document = (text: string, ...spans: FiledDocument["spans"]): FiledDocument => ({
  text,
  spans,
  line: 1,
});
const spansOf = (
  filed: FiledDocument,
  ...rest: [undefined | "utf16" | "code-points", "utf16" | "code-points"]
) => [...textsContent([filed], ...rest).documents][0]!.spans;

const EMOJI = "😀 Ada Lovelace";

describe("what offsets count", () => {
  it("is what makes slices equal to the texts that the file gives", () => {
    const inPoints = document(EMOJI, { type: "PER", start: 2, end: 5, surface: "Ada" });
    const inUnits = document(EMOJI, { type: "PER", start: 3, end: 6, surface: "Ada" });
    expect(offsetChoice([inPoints], "utf16")).toEqual({ unit: "code-points", why: "texts" });
    expect(offsetChoice([inUnits], "code-points")).toEqual({ unit: "utf16", why: "texts" });
    expect(spansOf(inPoints, undefined, "utf16")).toEqual([{ type: "PER", start: 3, end: 6 }]);
    expect(spansOf(inUnits, undefined, "utf16")).toEqual([{ type: "PER", start: 3, end: 6 }]);
  });

  it("is, without texts, what makes spans end with words", () => {
    expect(offsetChoice([document(EMOJI, { type: "PER", start: 2, end: 14 })], "utf16")).toEqual({
      unit: "code-points",
      why: "word boundaries",
    });
    expect(offsetChoice([document(EMOJI, { type: "PER", start: 3, end: 15 })], "code-points")).toEqual({
      unit: "utf16",
      why: "word boundaries",
    });
  });

  it("is decided by most of the spans, and texts count before words", () => {
    const one = document(EMOJI, { type: "PER", start: 2, end: 5 });
    const two = document(EMOJI, { type: "PER", start: 3, end: 6 });
    expect(offsetChoice([one, two, two], "code-points")).toMatchObject({ unit: "utf16" });
    const text = document("😀 ab", { type: "X", start: 3, end: 4, surface: "b" });
    expect(offsetChoice([two, two, text], "utf16")).toEqual({ unit: "code-points", why: "texts" });
  });

  it("makes no difference where no span stands behind a character of two units", () => {
    expect(offsetChoice([document("Ada 😀", { type: "PER", start: 0, end: 3 })], "utf16").why).toBe(
      "no difference",
    );
    expect(offsetChoice([document("Ada", { type: "PER", start: 0, end: 3 })], "utf16").why).toBe(
      "no difference",
    );
  });

  it("is the format's where nothing speaks for either, and what is asked for in any case", () => {
    const neither = document("😀aaaa", { type: "X", start: 2, end: 3 });
    expect(offsetChoice([neither], "code-points")).toEqual({ unit: "code-points", why: "format" });
    expect(textsContent([neither], "utf16", "code-points").offsets).toEqual({ unit: "utf16", why: "asked" });
  });
});

it("a text that is another than the file says is kept with the span", () => {
  expect(
    spansOf(document("Ada smiled", { type: "PER", start: 0, end: 3, surface: "Eve" }), undefined, "utf16"),
  ).toEqual([{ type: "PER", start: 0, end: 3, claimed: "Eve" }]);
  // Tools write line ends as spaces and trim.
  expect(
    spansOf(document("New\nYork ", { type: "L", start: 0, end: 9, surface: "New York" }), undefined, "utf16"),
  ).toEqual([{ type: "L", start: 0, end: 9 }]);
});
