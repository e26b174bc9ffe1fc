import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDataset } from "../../../src/data/index.js";
import { fittedSpans } from "../../../src/data/spans/fittedSpans.js";
import { toSentences, toTexts } from "../../../src/data/spans/shapes.js";
import type { SpanPolicy } from "../../../src/data/spans/spanProblem.js";
import { splitWords } from "../../../src/text/splitWords.js";
import type { Span, TextDocument } from "../../../src/text/textDocument.js";
import { growth, LINEAR } from "../../growth.js";

const WORDS = { overlaps: false, gaps: false };
const document = (text: string, ...spans: Span[]): TextDocument => ({ text, spans, line: 4 });

function fitted(doc: TextDocument, policy: SpanPolicy) {
  const { spans, problems } = fittedSpans(doc, "f", { ...WORDS, words: splitWords(doc.text) }, policy);
  return {
    spans: spans.map(({ type, start, end }) => [type, doc.text.slice(start, end)]),
    problems: problems.map(({ kind, text, outcome, other }) => [kind, text, outcome, other]),
  };
}

describe("a span", () => {
  const text = "Dr. Ada Lovelace, mathematician";
  it.each<[string, Span, unknown[], unknown[], unknown[], unknown[]]>([
    [
      "of whole words is kept",
      { type: "P", start: 4, end: 16 },
      [["P", "Ada Lovelace"]],
      [],
      [["P", "Ada Lovelace"]],
      [],
    ],
    [
      "with spaces around it is kept",
      { type: "P", start: 3, end: 8 },
      [["P", "Ada"]],
      [],
      [["P", "Ada"]],
      [],
    ],
    [
      "that ends within a word becomes larger or goes",
      { type: "P", start: 5, end: 12 },
      [["P", "Ada Lovelace"]],
      [["within-word", "da Love", "widened", "Ada Lovelace"]],
      [],
      [["within-word", "da Love", "dropped", undefined]],
    ],
    [
      "with a gap is closed or goes",
      { type: "P", start: 4, end: 31, gaps: [{ start: 7, end: 18 }] },
      [["P", "Ada Lovelace, mathematician"]],
      [["discontinuous", "Ada mathematician", "widened", "Ada Lovelace, mathematician"]],
      [],
      [["discontinuous", "Ada mathematician", "dropped", undefined]],
    ],
    [
      "of spaces goes",
      { type: "P", start: 3, end: 4 },
      [],
      [["empty", " ", "dropped", undefined]],
      [],
      [["empty", " ", "dropped", undefined]],
    ],
    [
      "that ends behind the text goes",
      { type: "P", start: 18, end: 40 },
      [],
      [["outside", "mathematician", "dropped", undefined]],
      [],
      [["outside", "mathematician", "dropped", undefined]],
    ],
    [
      "that should be another text goes",
      { type: "P", start: 4, end: 7, claimed: "Eve" },
      [],
      [["other-text", "Ada", "dropped", "Eve"]],
      [],
      [["other-text", "Ada", "dropped", "Eve"]],
    ],
  ])("%s", (_, span, widened, widenedProblems, left, leftProblems) => {
    expect(fitted(document(text, span), "widen")).toEqual({ spans: widened, problems: widenedProblems });
    expect(fitted(document(text, span), "drop")).toEqual({ spans: left, problems: leftProblems });
    const { problems } = fitted(document(text, span), "error");
    expect(problems.map(([, , outcome]) => outcome)).toEqual(widenedProblems.map(() => "refused"));
  });

  it("that overlaps a longer one goes; one that is there twice is there once", () => {
    const doc = document(
      text,
      { type: "P", start: 4, end: 16 },
      { type: "F", start: 4, end: 7 },
      { type: "P", start: 4, end: 16 },
      { type: "T", start: 8, end: 31 },
    );
    expect(fitted(doc, "drop")).toEqual({
      spans: [
        ["F", "Ada"],
        ["T", "Lovelace, mathematician"],
      ],
      problems: [["overlap", "Ada Lovelace", "dropped", 'T "Lovelace, mathematician"']],
    });
  });
});

describe("entities that become the same by widening", () => {
  it("are one, and the other ones count as dropped", () => {
    const doc = document(
      "Volkswagenowned Audi",
      { type: "ORG", start: 0, end: 10 },
      { type: "ORG", start: 10, end: 15 },
      { type: "ORG", start: 0, end: 10 },
      { type: "PER", start: 3, end: 5 },
    );
    expect(fitted(doc, "widen")).toEqual({
      spans: [["ORG", "Volkswagenowned"]],
      problems: [
        // The file repeats this one.
        ["within-word", "Volkswagen", "widened", "Volkswagenowned"],
        ["within-word", "Volkswagen", "widened", "Volkswagenowned"],
        ["overlap", "owned", "dropped", 'ORG "Volkswagenowned"'],
        ["overlap", "ks", "dropped", 'ORG "Volkswagenowned"'],
      ],
    });
  });
});

it("an error names the first span and how many more there are", async () => {
  const lines = [
    { id: "a", text: "Ada smiled", spans: [{ start: 0, end: 2, label: "PER" }] },
    { id: "b", text: "Ada smiled", spans: [{ start: 1, end: 3, label: "PER" }] },
  ];
  const bytes = Buffer.from(lines.map((line) => JSON.stringify(line)).join("\n"));
  await expect(parseDataset(bytes, "x.jsonl")).rejects.toMatchObject({
    code: "DATA_SPANS_UNFIT",
    message: 'PER "Ad" (0-2) does not start and end at word boundaries, and 1 more',
    where: "x.jsonl:1 (a)",
  });
  const widened = await parseDataset(bytes, "x.jsonl", { policy: "widen" });
  expect(widened.sentences.map(({ tags }) => tags.join(" "))).toEqual(["B-PER O", "B-PER O"]);
});

it("sentences are split, but never within an entity", () => {
  const text = "He works at Yahoo! Inc. now. She smiled.";
  const doc = document(text, { type: "ORG", start: 12, end: 23 });
  const sentences = [...toSentences([doc, doc], { file: "f", policy: "error", onProblem: () => {} })];
  expect(sentences.map(({ words, document }) => [words.join(" "), document])).toEqual([
    ["He works at Yahoo ! Inc. now .", 0],
    ["She smiled .", 0],
    ["He works at Yahoo ! Inc. now .", 1],
    ["She smiled .", 1],
  ]);
  expect(sentences[0]!.tags.join(" ")).toBe("O O O B-ORG I-ORG I-ORG O O");
});

const token = fc.constantFrom("Ada", " ", "😀", "e\u0301", "שלום", ".", "\t", "\n", "-", "東京", "x");
const anyDocument = fc
  .tuple(
    fc.array(token, { maxLength: 15 }),
    fc.array(
      fc.tuple(fc.integer({ min: -2, max: 40 }), fc.integer({ min: -2, max: 40 }), fc.constantFrom("A", "B")),
      { maxLength: 6 },
    ),
  )
  .map(([tokens, spans]) =>
    document(tokens.join(""), ...spans.map(([start, end, type]) => ({ type, start, end }))),
  );

it("a span that overlaps a longer one is reported at its place in the file, white space at its ends or not", () => {
  const doc = document("Ada Lovelace \n", { type: "B", start: 0, end: 10 }, { type: "A", start: 0, end: 14 });
  const words = splitWords(doc.text);
  const { spans, problems } = fittedSpans(doc, "f", { ...WORDS, words }, "widen");
  expect(spans).toEqual([{ type: "B", start: 0, end: 12 }]);
  expect(problems.map(({ kind, type, start, end }) => ({ kind, type, start, end }))).toEqual([
    { kind: "within-word", type: "B", start: 0, end: 10 },
    { kind: "overlap", type: "A", start: 0, end: 14 },
  ]);
});

it("no span is lost without a report, whatever it is", () => {
  fc.assert(
    fc.property(anyDocument, fc.constantFrom("widen", "drop", "error"), (doc, policy) => {
      const words = splitWords(doc.text);
      const { spans, problems } = fittedSpans(doc, "f", { ...WORDS, words }, policy);
      const lost = problems.filter(({ outcome }) => outcome !== "widened");
      const different = new Set(doc.spans.map(({ type, start, end }) => `${type} ${start} ${end}`));
      expect(spans.length + lost.length).toBeGreaterThanOrEqual(Math.min(1, different.size));
      const untouched = [...different].filter(
        (key) => !problems.some(({ type, start, end }) => key === `${type} ${start} ${end}`),
      );
      // Spans that differ in white space alone are one.
      expect(spans.length).toBeLessThanOrEqual(different.size);
      for (const key of untouched) {
        const [type, start, end] = key.split(" ");
        const inside = spans.some(
          (span) => span.type === type && span.start < Number(end) && span.end > Number(start),
        );
        expect(inside, key).toBe(true);
      }
      for (const [index, { start, end }] of spans.entries()) {
        expect(words.some((word) => word.start === start)).toBe(true);
        expect(words.some((word) => word.end === end)).toBe(true);
        expect(start).toBeGreaterThanOrEqual(spans[index - 1]?.end ?? 0);
      }
    }),
    { numRuns: 1000 },
  );
});

it("sentences become texts, and the same sentences again where words are as the splitter has them", () => {
  const sentence = fc.array(
    fc.tuple(fc.constantFrom("Ada", "😀", "שלום", "Öl", "x"), fc.constantFrom("O", "B-A", "I-A")),
    {
      minLength: 1,
      maxLength: 6,
    },
  );
  fc.assert(
    fc.property(sentence, (cells) => {
      const words = cells.map(([word]) => word);
      const tags = cells.map(([, tag], index) =>
        tag === "I-A" && (cells[index - 1]?.[1] ?? "O") === "O" ? "B-A" : tag,
      );
      const texts = [...toTexts([{ words, tags, document: 0, line: 1 }], "IOB2", "sentence")];
      const [again] = [...toSentences(texts, { file: "f", policy: "error", onProblem: () => {} })];
      expect(again).toMatchObject({ words, tags });
    }),
  );
});

describe("spans inside each other", () => {
  /** A text of so many short lines, with as many spans of which each is inside the one before. */
  const nested = (count: number): TextDocument => ({
    text: "ab\n".repeat(count),
    spans: Array.from({ length: count }, (_, index) => ({
      type: "P",
      // They end within words, so that each is widened, and then dropped.
      start: index,
      end: 3 * count - 2 - index,
    })),
    line: 1,
    linesOfText: true,
  });

  it("are fitted and reported in time that grows with their number", async () => {
    const time = await growth((count) => {
      const { problems, spans } = fitted(nested(count), "widen");
      expect(spans).toHaveLength(1);
      expect(problems.length).toBeGreaterThanOrEqual(count - 1);
    }, 20_000);
    expect(time).toBeLessThan(LINEAR);
  });

  it("give sentences with their lines in time that grows with the text", async () => {
    const time = await growth((count) => {
      const document: TextDocument = {
        text: "Ada left.\n".repeat(count),
        spans: [],
        line: 1,
        linesOfText: true,
      };
      const sentences = [...toSentences([document], { file: "f", policy: "error", onProblem: () => {} })];
      expect(sentences.at(-1)!.line).toBe(count);
    }, 50_000);
    expect(time).toBeLessThan(LINEAR);
  });
});
