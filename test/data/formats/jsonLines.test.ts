import { expect, it } from "vitest";
import { parseDataset, type ReadOptions } from "../../../src/data/index.js";

const read = (lines: readonly unknown[], options: ReadOptions = {}) =>
  parseDataset(
    Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join("")),
    "some.jsonl",
    options,
  ).then(({ sentences }) => sentences);

const error = async (
  text: string,
  options: ReadOptions = {},
  file = "some.jsonl",
): Promise<[string, string | undefined]> => {
  try {
    await parseDataset(Buffer.from(text), file, options);
  } catch (thrown) {
    const { code, where } = thrown as { code: string; where?: string };
    return [code, where];
  }
  return ["nothing thrown", undefined];
};

it("takes tokens and ner_tags or tags", async () => {
  const expected = [{ words: ["Ada", "smiled"], tags: ["B-PER", "O"], document: 0, line: 1 }];
  expect(await read([{ tokens: ["Ada", "smiled"], ner_tags: ["B-PER", "O"] }])).toEqual(expected);
  expect(await read([{ tags: ["B-PER", "O"], tokens: ["Ada", "smiled"] }])).toEqual(expected);
});

it("takes other keys by name", async () => {
  const options = { tokenColumn: "w", tagColumn: "t" };
  expect((await read([{ w: ["Ada"], t: ["B-PER"], tokens: [] }], options))[0]!.tags).toEqual(["B-PER"]);
});

it("gives integer tags the names in labels", async () => {
  const lines = [{ tokens: ["Ada", "smiled"], ner_tags: [1, 0] }];
  expect((await read(lines, { labels: ["O", "B-PER"] }))[0]!.tags).toEqual(["B-PER", "O"]);
});

it("reads sentences without tags, and passes over those without words", async () => {
  expect(await read([{ tokens: [] }, { tokens: ["Ada"] }])).toEqual([
    { words: ["Ada"], tags: [], document: 0, line: 2 },
  ]);
});

it("starts a document where the document key changes, and at -DOCSTART-", async () => {
  const sentence = (document?: string) => ({ tokens: ["a"], tags: ["O"], ...(document && { document }) });
  for (const field of ["document_id", "doc_id"]) {
    const named = ["x", "x", "y"].map((name) => ({ tokens: ["a"], [field]: name }));
    expect((await read(named)).map(({ document }) => document)).toEqual([0, 0, 1]);
  }
  expect((await read([sentence("x"), sentence("x"), sentence("y")])).map(({ document }) => document)).toEqual(
    [0, 0, 1],
  );
  const start = { tokens: ["-DOCSTART-"], tags: ["O"] };
  expect((await read([start, sentence(), start, sentence()])).map(({ document }) => document)).toEqual([
    0, 1,
  ]);
});

it("may be one array, over any number of lines", async () => {
  const text = '[\n  {"tokens": ["a]", "\\"}"]},\n\n  {\n    "tokens": ["b"]\n  }\n]\n';
  expect((await parseDataset(Buffer.from(text), "some.json")).sentences).toEqual([
    { words: ["a]", '"}'], tags: [], document: 0, line: 2 },
    { words: ["b"], tags: [], document: 0, line: 4 },
  ]);
});

it("is recognised by its first character where the name says nothing", async () => {
  const text = '\n{"tokens": ["Ada"], "tags": ["B-PER"]}\n';
  expect((await parseDataset(Buffer.from(text), "train")).sentences).toHaveLength(1);
});

it.each<[string, string, ReadOptions, string, string]>([
  [
    "broken JSON",
    '{"tokens": ["a"], "tags": ["O"]}\n{"tokens": ["a"\n',
    {},
    "DATA_JSON_INVALID",
    "some.jsonl:2",
  ],
  ["an array that does not end", '[{"tokens": ["a"]}\n', {}, "DATA_JSON_INVALID", "some.jsonl:1"],
  ["an array with more behind it", '[{"tokens": ["a"]}]\n{}', {}, "DATA_JSON_INVALID", "some.jsonl:2"],
  ["broken JSON in an array", '[{"tokens": ["a"]},\n{"tokens": }]', {}, "DATA_JSON_INVALID", "some.jsonl:2"],
  ["a number", "7\n", {}, "DATA_JSON_SHAPE", "some.jsonl:1"],
  ["tokens that are no list", '{"tokens": "a b"}', {}, "DATA_JSON_SHAPE", "some.jsonl:1"],
  ["a token that is no string", '{"tokens": ["a", 3]}', {}, "DATA_JSON_SHAPE", "some.jsonl:1"],
  ["an empty token", '{"tokens": ["a", ""]}', {}, "DATA_JSON_SHAPE", "some.jsonl:1"],
  ["a tag that is none", '{"tokens": ["a"], "tags": [null]}', {}, "DATA_JSON_SHAPE", "some.jsonl:1"],
  ["no tokens", '{"text": "a"}', {}, "DATA_KEY_MISSING", "some.jsonl:1"],
  [
    "tags that stop",
    '{"tokens": ["a"], "tags": ["O"]}\n{"tokens": ["a"]}',
    {},
    "DATA_KEY_MISSING",
    "some.jsonl:2",
  ],
  ["tags that were asked for", '{"tokens": ["a"]}', { tagColumn: "t" }, "DATA_KEY_MISSING", "some.jsonl:1"],
  [
    "fewer tags than tokens",
    '{"tokens": ["a", "b"], "tags": ["O"]}',
    {},
    "DATA_LENGTHS_DIFFER",
    "some.jsonl:1",
  ],
  [
    "integers without names",
    '{"tokens": ["a"], "tags": [0]}',
    {},
    "DATA_LABEL_NAMES_MISSING",
    "some.jsonl:1",
  ],
  [
    "an integer beyond the names",
    '{"tokens": ["a"], "tags": [2]}',
    { labels: ["O", "B-X"] },
    "DATA_LABEL_NUMBER",
    "some.jsonl:1",
  ],
  ["a column by number", '{"tokens": ["a"]}', { tokenColumn: 0 }, "DATA_COLUMN_KIND", "some.jsonl"],
  ["no line", "\n\n", {}, "DATA_NO_SENTENCES", "some.jsonl"],
])("names the place of %s", async (_, text, options, code, where) => {
  expect(await error(text, options)).toEqual([code, where]);
});

it("does not take keys that every object inherits", async () => {
  expect((await error('{"a": 1}', { tokenColumn: "constructor" }))[0]).toBe("DATA_KEY_MISSING");
});
