import { describe, expect, it } from "vitest";
import { offsetChoice } from "../../../src/data/spans/offsetChoice.js";
import { textsContent } from "../../../src/data/spans/offsets.js";
import type { FiledDocument } from "../../../src/text/textDocument.js";

const document = (text: string, ...spans: FiledDocument["spans"]): FiledDocument => ({
  text,
  spans,
  line: 1,
});
const spansOf = (
  filed: FiledDocument,
  ...rest: [undefined | "utf16" | "code-points", "utf16" | "code-points"]
) => [...textsContent("f", [filed], ...rest).documents][0]!.spans;

const EMOJI = "😀 Ada Lovelace";

describe("what offsets count", () => {
  it("is what makes slices equal to the texts that the file gives", () => {
    const inPoints = document(EMOJI, { type: "PER", start: 2, end: 5, surface: "Ada" });
    const inUnits = document(EMOJI, { type: "PER", start: 3, end: 6, surface: "Ada" });
    expect(offsetChoice([inPoints], "utf16")).toMatchObject({ unit: "code-points", why: "texts" });
    expect(offsetChoice([inUnits], "code-points")).toMatchObject({ unit: "utf16", why: "texts" });
    expect(spansOf(inPoints, undefined, "utf16")).toEqual([{ type: "PER", start: 3, end: 6 }]);
    expect(spansOf(inUnits, undefined, "utf16")).toEqual([{ type: "PER", start: 3, end: 6 }]);
  });

  it("is, without texts, what makes spans end with words", () => {
    expect(offsetChoice([document(EMOJI, { type: "PER", start: 2, end: 14 })], "utf16")).toMatchObject({
      unit: "code-points",
      why: "word boundaries",
    });
    expect(offsetChoice([document(EMOJI, { type: "PER", start: 3, end: 15 })], "code-points")).toMatchObject({
      unit: "utf16",
      why: "word boundaries",
    });
  });

  it("is decided by most of the spans, and texts count before words", () => {
    const one = document(EMOJI, { type: "PER", start: 2, end: 5 });
    const two = document(EMOJI, { type: "PER", start: 3, end: 6 });
    expect(offsetChoice([one, two, two], "code-points")).toMatchObject({ unit: "utf16" });
    const text = document("😀 ab", { type: "X", start: 3, end: 4, surface: "b" });
    expect(offsetChoice([two, two, text], "utf16")).toMatchObject({ unit: "code-points", why: "texts" });
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
    expect(textsContent("f", [neither], "utf16", "code-points").offsets).toEqual({
      unit: "utf16",
      why: "asked",
    });
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

describe("offsets in other units", () => {
  const place = (text: string, name: string, count: (before: string) => number) => ({
    type: "X",
    start: count(text.slice(0, text.indexOf(name))),
    end: count(text.slice(0, text.indexOf(name) + name.length)),
  });
  const bytes = (text: string) => Buffer.byteLength(text);
  const breaksAsOne = (text: string) => text.replaceAll("\r\n", "\n").length;
  const pointsAndBreaks = (text: string) => [...text.replaceAll("\r\n", "\n")].length;
  const TEXT = "Zoë\r\nin 東京\r\n😀 met Ada Lovelace, née Byron";

  it.each([
    ["bytes", bytes, { unit: "bytes" }],
    ["line breaks as one", breaksAsOne, { unit: "utf16", lineEnds: "one" }],
    ["both", pointsAndBreaks, { unit: "code-points", lineEnds: "one" }],
    [
      "bytes with line breaks as one",
      (text: string) => bytes(text.replaceAll("\r\n", "\n")),
      { unit: "bytes", lineEnds: "one" },
    ],
  ] as const)("are found by the texts of spans: %s", (_, count, found) => {
    const spans = ["Zoë", "東京", "Ada Lovelace", "Byron"].map((surface) => ({
      ...place(TEXT, surface, count),
      surface,
    }));
    const content = textsContent("f", [document(TEXT, ...spans)], undefined, "code-points");
    expect(content.offsets).toEqual({ ...found, why: "texts", unusual: true });
    const [{ text, spans: read }] = [...content.documents] as [FiledDocument];
    expect(read.map(({ start, end }) => text.slice(start, end))).toEqual(spans.map(({ surface }) => surface));
  });

  it("are found by words only if several spans show them, and no usual unit fits", () => {
    const spans = ["in", "met", "Ada Lovelace", "Byron"].map((name) => place(TEXT, name, bytes));
    expect(offsetChoice([document(TEXT, ...spans)], "utf16")).toEqual({
      unit: "bytes",
      why: "word boundaries",
      unusual: true,
    });
    expect(offsetChoice([document(TEXT, spans[3]!)], "utf16")).toMatchObject({ unit: "utf16" });
  });

  it("that are asked for still show how line breaks count", () => {
    const span = { ...place(TEXT, "Byron", pointsAndBreaks), surface: "Byron" };
    expect(offsetChoice([document(TEXT, span)], "utf16", "code-points")).toEqual({
      unit: "code-points",
      lineEnds: "one",
      why: "asked",
      unusual: true,
    });
  });

  it("say nothing new in text where all units agree but bytes", () => {
    const german = document("Müller und Söhne", { type: "ORG", start: 11, end: 16 });
    expect(offsetChoice([german], "utf16")).toEqual({ unit: "utf16", why: "no difference" });
  });

  it("of gaps and of tokens are converted, too", () => {
    const filed = {
      ...document("é Ada é Eve", {
        type: "X",
        start: 3,
        end: 13,
        surface: "Ada Eve",
        gaps: [{ start: 6, end: 10 }],
      }),
      words: [
        { start: 0, end: 2, surface: "é" },
        { start: 3, end: 6, surface: "Ada" },
      ],
    };
    const [read] = textsContent("f", [filed], undefined, "code-points").documents;
    expect(read!.spans).toEqual([{ type: "X", start: 2, end: 11, gaps: [{ start: 5, end: 8 }] }]);
    expect(read!.words).toMatchObject([
      { start: 0, end: 1 },
      { start: 2, end: 5 },
    ]);
  });
});
