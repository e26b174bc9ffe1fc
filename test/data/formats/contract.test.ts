/** What every format must do, in whatever order it is added: give back what it wrote, and know its own files. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TextsFormat } from "../../../src/data/formats/format.js";
import { formats, writableFormats } from "../../../src/data/formats/index.js";
import type { Sentence } from "../../../src/text/sentence.js";
import type { Span, TextDocument } from "../../../src/text/textDocument.js";
import { filesOf, mainFiles, plain, read } from "./written.js";

const PIECES = [
  "a",
  "Ö",
  "e\u0301",
  "😀",
  "👩‍👩‍👧",
  "שלום",
  "مرحبا",
  "東京",
  "#",
  "-",
  '"',
  "\\",
  ",",
  "'",
  "\u00a0",
  "ﬁ",
  "𝒳",
  "]",
  "}",
];
const word = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 4 })
  .map((tokens) => tokens.join(""));
const type = fc.constantFrom("PER", "LOC", "B-X", "Ort", "産物");

/** Tags in IOB2 for so many words. */
const tagged = fc
  .array(fc.tuple(word, fc.option(type), fc.boolean()), { minLength: 1, maxLength: 6 })
  .map((words) => {
    const tags: string[] = [];
    for (const [, own, goesOn] of words) {
      const before = tags.at(-1);
      tags.push(
        goesOn && before !== undefined && before !== "O"
          ? `I-${before.slice(2)}`
          : own === null
            ? "O"
            : `B-${own}`,
      );
    }
    return { words: words.map(([text]) => text), tags };
  });

const sentences = fc
  .tuple(fc.array(fc.tuple(tagged, fc.boolean()), { minLength: 1, maxLength: 6 }), fc.boolean())
  .map(([items, withTags]) => {
    let document = 0;
    return items.map(([{ words, tags }, begins], index): Sentence => {
      if (index > 0 && begins) document++;
      return { words, tags: withTags ? tags : [], document, line: index + 1 };
    });
  });

const text = fc
  .array(fc.oneof(fc.constantFrom(" ", "\t", "\n", "  "), fc.constantFrom(...PIECES)), { maxLength: 12 })
  .map((tokens) => tokens.join(""));

/** Spans between whole characters that neither begin nor end with white space. */
function spansIn(content: string, { holds }: TextsFormat): fc.Arbitrary<readonly Span[]> {
  const places = [0];
  for (const character of content) places.push(places.at(-1)! + character.length);
  const span = fc
    .tuple(
      fc.nat(places.length - 1),
      fc.nat(places.length - 1),
      type,
      fc.nat(places.length - 1),
      fc.nat(places.length - 1),
    )
    .map(([a, b, own, c, d]): Span | undefined => {
      const [start, gapStart, gapEnd, end] = [a, b, c, d]
        .map((index) => places[index]!)
        .sort((x, y) => x - y) as [number, number, number, number];
      const isGap = holds.gaps && start < gapStart && gapStart < gapEnd && gapEnd < end;
      const parts = isGap
        ? [content.slice(start, gapStart), content.slice(gapEnd, end)]
        : [content.slice(start, end)];
      if (parts.some((part) => part === "" || part !== part.trim() || /^\s|\s$/.test(part))) return undefined;
      if (isGap && content.slice(gapStart, gapEnd).trim() === "") return undefined;
      return { type: own, start, end, ...(isGap ? { gaps: [{ start: gapStart, end: gapEnd }] } : {}) };
    });
  return fc.array(span, { maxLength: 4 }).map((found) => {
    const spans: Span[] = [];
    for (const each of found) {
      if (each === undefined) continue;
      const clashes = spans.some(({ start, end }) => each.start < end && start < each.end);
      if (holds.overlaps || !clashes) spans.push(each);
    }
    return spans;
  });
}

const documentsFor = (format: TextsFormat): fc.Arbitrary<readonly TextDocument[]> =>
  fc.array(
    text.chain((content) =>
      spansIn(content, format).map((spans): TextDocument => ({ text: content, spans, line: 1 })),
    ),
    { minLength: 1, maxLength: 4 },
  );

/** Formats that do not repeat the text of spans: whoever reads other people's files finds out, here it is known. */
const USUAL = Object.fromEntries(
  ["doccano", "spacy-entities", "argilla", "ground-truth", "vertex"].map(
    (name) => [name, "code-points"] as const,
  ),
);

const example: Sentence[] = [{ words: ["Ada", "smiled"], tags: ["B-PER", "O"], document: 0, line: 1 }];
const exampleText: TextDocument[] = [
  { text: "Ada smiled", spans: [{ type: "PER", start: 0, end: 3 }], line: 1 },
];

describe.each(writableFormats)("$name", (format) => {
  it("gives back what was written", async () => {
    const items: fc.Arbitrary<readonly (Sentence | TextDocument)[]> =
      format.holds.shape === "words" ? sentences : documentsFor(format as TextsFormat);
    await fc.assert(
      fc.asyncProperty(items, async (data) => {
        const files = filesOf(format, data);
        const found = [];
        for (const file of mainFiles(format, files)) {
          const offsets = USUAL[format.name];
          const { content } = await read(files, file, { format: format.name, ...(offsets && { offsets }) });
          found.push(...plain(content));
          // Gone through a second time, it is the same.
          expect(plain(content)).toEqual(found.slice(-plain(content).length));
        }
        const expected = plain(
          format.holds.shape === "words"
            ? { shape: "words", sentences: data as Sentence[] }
            : { shape: "texts", documents: data as TextDocument[] },
        );
        expect(found).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("is recognised by what it writes, under each of its names", async () => {
    const files = filesOf(format, format.holds.shape === "words" ? example : exampleText);
    const [main] = mainFiles(format, files);
    for (const extension of format.extensions) {
      const renamed = Object.fromEntries(
        Object.entries(files).map(([name, bytes]) => [
          name === main ? name.replace(/\.\w+$/, extension) : name,
          bytes,
        ]),
      );
      const [name] = Object.keys(renamed).filter((each) => each.endsWith(extension));
      expect((await read(renamed, name!)).format.name).toBe(format.name);
    }
  });
});

describe.each(formats)("$name", (format) => {
  it("says what it is called by, and has a name of its own", () => {
    expect(format.name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(formats.filter(({ name }) => name === format.name)).toHaveLength(1);
    expect(format.extensions.every((extension) => /^\.[a-z]+$/.test(extension))).toBe(true);
  });
});
