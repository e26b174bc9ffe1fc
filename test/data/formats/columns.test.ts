import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDataset, type ReadOptions } from "../../../src/data/index.js";

const read = (text: string, options: ReadOptions = {}) =>
  parseDataset(Buffer.from(text), "some.conll", options).then(({ sentences }) => sentences);

const error = async (
  text: string | Uint8Array,
  options: ReadOptions = {},
): Promise<[string, string | undefined]> => {
  try {
    await parseDataset(Buffer.from(text), "some.conll", options);
  } catch (thrown) {
    const { code, where } = thrown as { code: string; where?: string };
    return [code, where];
  }
  return ["nothing thrown", undefined];
};

it("takes the first column as words and the last as tags", async () => {
  expect(await read("Ada NNP B-PER\nsmiled VBD O\n\nOslo NNP B-LOC\n")).toEqual([
    { words: ["Ada", "smiled"], tags: ["B-PER", "O"], document: 0, line: 1 },
    { words: ["Oslo"], tags: ["B-LOC"], document: 0, line: 4 },
  ]);
});

it("takes other columns by their numbers", async () => {
  const [sentence] = await read("1 Ada B-PER x\n2 smiled O y\n", { tokenColumn: 1, tagColumn: 2 });
  expect(sentence).toMatchObject({ words: ["Ada", "smiled"], tags: ["B-PER", "O"] });
});

it("reads a file with one column as words without tags", async () => {
  expect(await read("Ada\nsmiled\n")).toEqual([{ words: ["Ada", "smiled"], tags: [], document: 0, line: 1 }]);
});

it("numbers documents by -DOCSTART- lines, which are no sentences", async () => {
  const text =
    "-DOCSTART- -X- O\n\nA x O\n\nB x O\n-DOCSTART- -X- O\nC x O\n\n-DOCSTART-\n\n-DOCSTART-\n\nD x O\n";
  expect((await read(text)).map(({ words, document }) => [words[0], document])).toEqual([
    ["A", 0],
    ["B", 0],
    ["C", 1],
    ["D", 2],
  ]);
});

it("keeps documents apart where the first of them has no -DOCSTART-", async () => {
  expect((await read("A O\n\n-DOCSTART- O\n\nB O\n")).map(({ document }) => document)).toEqual([0, 1]);
});

describe("a line that begins with # and a space", () => {
  it("is a comment where its columns are not those of the words", async () => {
    const text = "# made in 2026 by hand\nAda B-PER\n# a second thought\nsmiled O\n";
    expect((await read(text))[0]!.words).toEqual(["Ada", "smiled"]);
  });

  it("is a comment before a sentence where it says key = value", async () => {
    expect(await read("# id = 7\nAda NNP x B-PER\n\n# id = 8\nOslo NNP x B-LOC\n")).toHaveLength(2);
  });

  it("is a word among words, as in tweets", async () => {
    expect((await read("buy O\n# O\nnow O\n"))[0]!.words).toEqual(["buy", "#", "now"]);
    expect((await read("# O\nnow O\n"))[0]!.words).toEqual(["#", "now"]);
    expect((await read("#NFL O\nnow O\n"))[0]!.words).toEqual(["#NFL", "now"]);
  });

  it("begins a document where it says newdoc", async () => {
    expect(
      (await read("# newdoc id = a\nA O\n\n# newdoc id = b\nB O\n")).map(({ document }) => document),
    ).toEqual([0, 1]);
  });
});

describe("bytes between words", () => {
  it("may be CRLF, a byte order mark, and a missing last newline", async () => {
    expect(await read("\ufeffAda B-PER\r\nsmiled O\r\n\r\nOslo B-LOC")).toEqual(
      await read("Ada B-PER\nsmiled O\n\nOslo B-LOC\n"),
    );
  });

  it("may be runs of spaces and tabs, also around the columns and on blank lines", async () => {
    expect(
      (await read("  Ada \t NNP  B-PER \n \t \nOslo\tNNP\tB-LOC\n")).map(({ words, tags }) => [words, tags]),
    ).toEqual([
      [["Ada"], ["B-PER"]],
      [["Oslo"], ["B-LOC"]],
    ]);
  });

  it("are not U+00A0, U+0085 or U+2028", async () => {
    expect((await read("a\u00a0b O\n\u0085 O\n\u2028 O\n"))[0]!.words).toEqual([
      "a\u00a0b",
      "\u0085",
      "\u2028",
    ]);
  });

  it("are tabs alone where only these give every line as many columns", async () => {
    expect((await read("New York\tB-LOC\nis\tO\n \tO\n"))[0]!.words).toEqual(["New York", "is", " "]);
  });

  it("are what the delimiter says", async () => {
    expect((await read("New York,B-LOC\nis,O\n", { delimiter: "," }))[0]!.words).toEqual(["New York", "is"]);
  });

  it("may end with a byte order mark that another file left", async () => {
    expect(await read("Ada B-PER\n\ufeff\nOslo B-LOC\n\ufeff\n")).toHaveLength(2);
  });
});

describe("an error", () => {
  it.each<[string, string | Uint8Array, ReadOptions, string, string]>([
    ["another number of columns", "Ada x B-PER\nsmiled O\n", {}, "DATA_COLUMN_COUNT", "some.conll:2"],
    [
      "a tag column that is not there",
      "Ada O\n",
      { tagColumn: 2 },
      "DATA_TAG_COLUMN_MISSING",
      "some.conll:1",
    ],
    [
      "a token column that is not there",
      "\nAda O\n",
      { tokenColumn: 2 },
      "DATA_TOKEN_COLUMN_MISSING",
      "some.conll:2",
    ],
    ["a column by name", "Ada O\n", { tagColumn: "ner" }, "DATA_COLUMN_KIND", "some.conll"],
    ["an empty file", "", {}, "DATA_FILE_EMPTY", "some.conll"],
    ["a byte order mark alone", "\ufeff", {}, "DATA_FILE_EMPTY", "some.conll"],
    ["no sentences", "\n\n-DOCSTART- O\n\n", {}, "DATA_NO_SENTENCES", "some.conll"],
    ["comments alone", "# id = 4\n# text = none here\n", {}, "DATA_NO_SENTENCES", "some.conll"],
    ["no word before the delimiter", "a,O\n,O\n", { delimiter: "," }, "DATA_CELL_EMPTY", "some.conll:2"],
    ["no tag behind the delimiter", "a,O\nb,\n", { delimiter: "," }, "DATA_CELL_EMPTY", "some.conll:2"],
    [
      "bytes that are not UTF-8",
      Buffer.from("A O\nB\xe9 O\n", "latin1"),
      {},
      "DATA_ENCODING_INVALID",
      "some.conll:2",
    ],
    ["NUL bytes", "A O\n\n\0 O\n", {}, "DATA_FILE_BINARY", "some.conll:3"],
    ["UTF-16 without a mark", Buffer.from("A O\n", "utf16le"), {}, "DATA_FILE_BINARY", "some.conll:1"],
    [
      "half a character in UTF-16",
      Buffer.from("\ufeffA O\nB\ud800 O\n", "utf16le"),
      {},
      "DATA_ENCODING_INVALID",
      "some.conll:2",
    ],
  ])("names the place of %s", async (_, text, options, code, where) => {
    expect(await error(text, options)).toEqual([code, where]);
  });
});

const word = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 8 })
  .map((text) => text.replace(/[ \t\n\r\0\ufeff]/g, ""))
  .filter(
    (text) => text !== "" && !text.startsWith("#") && !text.startsWith("-DOCSTART-") && !text.startsWith("{"),
  );
const tag = fc.constantFrom("O", "B-PER", "B-LOC");
const sentences = fc.array(fc.array(fc.tuple(word, tag), { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 5,
});

it("gives back what was written as columns", async () => {
  await fc.assert(
    fc.asyncProperty(
      sentences,
      fc.constantFrom(" ", "\t", "  \t"),
      fc.constantFrom("\n", "\r\n"),
      async (data, gap, end) => {
        const text = data.map((words) => words.map((cells) => cells.join(gap) + end).join("")).join(end);
        expect(
          (await read(text)).map(({ words, tags }) => words.map((own, index) => [own, tags[index]])),
        ).toEqual(data);
      },
    ),
  );
});

it("ends any bytes with sentences or an error for people", async () => {
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.string({ unit: fc.constantFrom(...'aO-B# \t\n\r={}[]":') }).map(Buffer.from),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (content) => {
      try {
        for (const { words, tags, line } of (await parseDataset(content, "x.conll")).sentences) {
          expect(words.length).toBeGreaterThan(0);
          expect([0, words.length]).toContain(tags.length);
          expect(line).toBeGreaterThan(0);
        }
      } catch (thrown) {
        expect((thrown as { code?: string }).code).toMatch(/^DATA_/);
      }
    }),
    { numRuns: 1000 },
  );
});
