/** Files without end, read with limits so small that the tests are quick: none is read much further than its limit. */
import { describe, expect, it, vi } from "vitest";
import { columnSentences } from "../../src/data/formats/columns/columnSentences.js";
import { rowsOf } from "../../src/data/formats/columns/csvRows.js";
import { jsonRecords } from "../../src/data/formats/json/jsonRecords.js";
import { parseDataset } from "../../src/data/index.js";
import { LeftOut } from "../../src/data/read/leftOut.js";
import type { Line, LineBlock } from "../../src/data/read/lines.js";
import { textsOf } from "../../src/data/texts/texts.js";
import type { limits } from "../../src/limits.js";

vi.mock("../../src/limits.js", async (actual) => ({
  limits: {
    ...(await actual<{ limits: typeof limits }>()).limits,
    recordUnits: 100_000,
    columns: 1000,
    sentenceWords: 10_000,
    coveredUnits: 100_000,
    textUnits: 50_000,
  },
}));

/** Enough of a file for any limit here. */
const MOST = 30_000;

/** Lines without end. Reading them for too long is an error of its own. */
function* endless(first: string, text: string): Generator<Line> {
  yield { text: first, number: 1 };
  for (let number = 2; ; number++) {
    if (number > MOST) throw new Error("read beyond every limit");
    yield { text, number };
  }
}

function* blocks(lines: Iterable<Line>): Generator<LineBlock> {
  for (const { text, number } of lines) yield { text: `${text}\n`, lines: [text], line: number };
}

const all = async <T>(items: Iterable<T> | AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

const lines = (first: string, text: string) => () => endless(first, text);
const JSONS: readonly [string, () => Iterable<Line>, RegExp][] = [
  ["an element of one string", lines('["', "some words of a string"), /longer than 100,000/],
  ["an element of one list", lines("[[", "1,2,3,4,5,6,7,8,9,0,"), /longer than 100,000/],
  ["lists in lists", lines("[", "[[[[[[[["), /more than 1000 lists/],
  ["objects in objects", lines("[", '{"a":{"a":{"a":{"a":'), /more than 1000 lists/],
  ["a record in one line", lines(`{"a":"${"x".repeat(200_000)}"}`, "{}"), /longer than 100,000/],
];

describe.each(JSONS)("JSON with %s without end is an error", (_, file, message) => {
  const refused = { code: "DATA_JSON_INVALID", message: expect.stringMatching(message) };

  it("as data", async () => {
    await expect(all(jsonRecords(file(), "x.json"))).rejects.toMatchObject(refused);
  });

  it("as texts of nerium predict", async () => {
    const source = { name: "x.json", file: "x.json", blocks: blocks(file()) };
    await expect(all(textsOf(source, { per: "line", format: "json" }))).rejects.toMatchObject(refused);
  });
});

it("an array of JSON is read element by element, without waiting for its end", async () => {
  const source = { name: "x.json", file: "x.json", blocks: blocks(endless("[", '{"text": "Ada"},')) };
  const texts = textsOf(source, { per: "line", format: "json" });
  for (let count = 0; count < 20_000; count++)
    expect((await texts.next()).value).toMatchObject({ text: "Ada", line: count + 2 });
  await texts.return();
});

describe("a quotation mark of CSV that is never closed", () => {
  const file = () => endless('id,text\n1,"no end', "a line, another");

  it("is an error in data", async () => {
    await expect(all(rowsOf(file(), "x.csv", ","))).rejects.toMatchObject({
      code: "DATA_LINE_INVALID",
      message: expect.stringContaining("longer than 100,000"),
    });
  });

  it("is an error in texts of nerium predict", async () => {
    const source = { name: "x.csv", file: "x.csv", blocks: blocks(file()) };
    await expect(all(textsOf(source, { per: "line", format: "csv" }))).rejects.toMatchObject({
      code: "DATA_LINE_INVALID",
      message: expect.stringContaining("100000"),
    });
  });
});

describe("a line with too many columns is an error", () => {
  const refused = { code: "DATA_LINE_INVALID", message: "The line has more than 1,000 columns" };
  const words = Buffer.from(`a O\n\n${"a ".repeat(2000)}O\n`);
  const cells = `${"a,".repeat(2000)}O`;

  it.each([
    ["x.conll", words, {}],
    ["x.conll", Buffer.from(`${"a|".repeat(2000)}O\n`), { delimiter: "|" }],
    ["x.conllu", Buffer.from(`${"a\t".repeat(2000)}O\n`), { format: "conllu" }],
    ["x.csv", Buffer.from(`${cells}\n`), {}],
    ["x.csv", Buffer.from(`word,tag\na,O\n${cells}\n`), {}],
    // A quotation mark continues the row in the next line.
    ["x.csv", Buffer.from(`word,tag\n${'a,"\n",'.repeat(2000)}O\n`), {}],
  ])("%s", async (name, bytes, options) => {
    await expect(parseDataset(bytes, name, options)).rejects.toMatchObject(refused);
  });

  it("as texts of nerium predict", async () => {
    const file = [{ text: `text\n${cells}\n`, lines: ["text", cells], line: 1 }];
    const texts = textsOf({ name: "x.csv", file: "x.csv", blocks: file }, { per: "line", format: "csv" });
    await expect(all(texts)).rejects.toMatchObject({ ...refused, where: "x.csv:2" });
  });

  it("but delimiters in quotes are no columns, and a text has as many words as it likes", async () => {
    const row = `"${"a,".repeat(2000)}",O`;
    expect(await all(rowsOf([{ text: row, number: 1 }], "x.csv", ","))).toHaveLength(1);
    const text = "word ".repeat(5000);
    const source = { name: "x.txt", file: "x.txt", blocks: [{ text, lines: [text], line: 1 }] };
    expect(await all(textsOf(source, { per: "line" }))).toHaveLength(1);
  });
});

it("a sentence with its tags joined to the words has as many words as other sentences", async () => {
  const line = `${"Ada|B-PER ".repeat(10_001)}`;
  await expect(
    parseDataset(Buffer.from(`Ada|B-PER runs|O\n${line}\n`), "x.iob", { format: "joined-tags" }),
  ).rejects.toMatchObject({ code: "DATA_SENTENCE_TOO_LONG", where: "x.iob:2" });
});

it("many long rows of CSV are no long row", async () => {
  const long = `"${"word ".repeat(10_000)}"`;
  const rows = Array.from({ length: 200 }, (_, index) => ({ text: `${long},O`, number: index + 1 }));
  expect(await all(rowsOf(rows, "x.csv", ","))).toHaveLength(200);
});

it("a sentence of columns that nothing ends is an error at its first line", async () => {
  const layout = {
    split: (text: string) => text.split(" "),
    count: 2,
    word: 0,
    tag: 1,
    prefix: "",
    unread: [],
  };
  const sentences = columnSentences(
    blocks(endless("Ada B-PER", "x O")),
    "x.conll",
    layout as never,
    {},
    new LeftOut(),
  );
  await expect(all(sentences)).rejects.toMatchObject({ code: "DATA_SENTENCE_TOO_LONG", where: "x.conll:1" });
});

it("spans inside each other are an error once they cover the text too often", async () => {
  const record = (count: number) => {
    const text = "a ".repeat(1000);
    const spans = Array.from({ length: count }, (_, index) => ({
      start: index,
      end: 2000 - index,
      label: "P",
    }));
    return Buffer.from(`${JSON.stringify({ text, spans })}\n`);
  };
  const read = (count: number) =>
    parseDataset(record(count), "x.jsonl", { format: "spans", policy: "widen" });
  expect((await read(50)).sentences.length).toBeGreaterThan(0);
  await expect(read(900)).rejects.toMatchObject({ code: "DATA_SPANS_NESTED", where: "x.jsonl:1" });
});

it("a text to train on has the same limit as one to read", async () => {
  const file = Buffer.from(`${JSON.stringify({ text: "a ".repeat(30_000), spans: [] })}\n`);
  const refused = { code: "TEXT_TOO_LONG", where: "x.jsonl:1" };
  await expect(parseDataset(file, "x.jsonl", { format: "spans" })).rejects.toMatchObject(refused);
});
