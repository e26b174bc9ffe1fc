import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blocksOf } from "../../../src/data/read/lines.js";
import type { SourcedText, TextOptions } from "../../../src/data/texts/sourcedText.js";
import { textsOf } from "../../../src/data/texts/texts.js";
import { limits } from "../../../src/limits.js";

async function texts(
  file: string | undefined,
  content: string | Uint8Array,
  options: Partial<TextOptions> = {},
): Promise<{ texts: Omit<SourcedText, "file">[]; notes: string[] }> {
  const notes: string[] = [];
  const name = file ?? "standard input";
  const source = {
    name,
    ...(file === undefined ? {} : { file }),
    blocks: blocksOf([typeof content === "string" ? Buffer.from(content) : content], name),
  };
  const found: Omit<SourcedText, "file">[] = [];
  const all = textsOf(source, { per: "line", onNote: (note) => notes.push(note), ...options });
  for await (const { file: from, ...text } of all) {
    expect(from).toBe(file);
    found.push(text);
  }
  return { texts: found, notes };
}

const REVIEWS = 'id,text,stars\n1,"Ada, in ""Oslo""\nand Rome",5\n\n2,Eve,\n';

describe("a table", () => {
  it("has a text in each row below its header, and keeps the other columns", async () => {
    const { texts: found, notes } = await texts("r.csv", REVIEWS);
    expect(found).toEqual([
      { text: 'Ada, in "Oslo"\nand Rome', line: 2, fields: { id: "1", stars: "5" } },
      { text: "Eve", line: 5, fields: { id: "2", stars: "" } },
    ]);
    expect(notes).toEqual([]);
  });

  it.each(["\n", "\r\n"])("gives the lines of rows whose cells have line breaks %j", async (end) => {
    const rows = ["text,b", `"Ada${end}in Oslo",1`, "Bo,2", `"x${end}${end}y","${end}"`, "Cy,4", ""].join(
      end,
    );
    const { texts: found } = await texts("r.csv", rows);
    expect(found.map(({ line }) => line)).toEqual([2, 4, 5, 9]);
  });

  it.each([
    ["semicolons", "r.csv", 'id;text\n1;"a;b"\n'],
    ["tabs under .csv", "r.csv", 'id\ttext\n1\t"a;b"\n'],
    ["tabs", "r.tsv", "id\ttext\n1\ta;b\n"],
  ])("may have %s between its cells", async (_, file, content) => {
    expect((await texts(file, content)).texts).toEqual([{ text: "a;b", line: 2, fields: { id: "1" } }]);
  });

  it("with tabs keeps quotation marks that do not enclose cells", async () => {
    const { texts: found } = await texts("r.tsv", 'text\tid\n"Go", he said\t1\nOK\t2\n');
    expect(found.map(({ text }) => text)).toEqual(['"Go", he said', "OK"]);
  });

  it("gives the column that is named or numbered, and says when a header was assumed", async () => {
    const named = await texts("r.csv", "Title,Body\nx,Ada\n", { column: "Body" });
    expect(named).toEqual({ texts: [{ text: "Ada", line: 2, fields: { Title: "x" } }], notes: [] });
    const numbered = await texts("r.csv", "Title,Body\nx,Ada\n", { column: 1 });
    expect(numbered.texts).toEqual(named.texts);
    expect(numbered.notes).toEqual(["r.csv: line 1 is read as the header; the texts are in column 1, Body"]);
    expect((await texts("r.csv", "Body\nAda\n")).notes).toEqual([
      "r.csv: line 1 is read as the header; the texts are in column Body",
    ]);
  });

  it("keeps columns of the same name apart", async () => {
    const [first] = (await texts("r.csv", "a,text,a\n1,x,2\n")).texts;
    expect(first!.fields).toEqual({ a: "1", a_2: "2" });
  });

  it.each<[string, string, Partial<TextOptions>, string, string]>([
    ["no column of texts", "Title,Body\nx,y\n", {}, "DATA_TEXT_COLUMN_MISSING", "r.csv:1"],
    ["no such column", "text,b\nx,y\n", { column: "c" }, "DATA_TEXT_COLUMN_MISSING", "r.csv:1"],
    ["no such number", "text,b\nx,y\n", { column: 2 }, "DATA_TEXT_COLUMN_MISSING", "r.csv:1"],
    ["too many cells", "text,b\nx,y\nAda, in Oslo,z\n", {}, "DATA_LINE_INVALID", "r.csv:3"],
    ["open quotes", 'text,b\nx,y\n"Ada,z\n', {}, "DATA_LINE_INVALID", "r.csv:3"],
    ["a quote in a word", 'text,b\r\n"x\r\ny",y\r\n"A"da,z\r\n', {}, "DATA_LINE_INVALID", "r.csv:4"],
  ])("with %s is refused", async (_, content, options, code, where) => {
    await expect(texts("r.csv", content, options)).rejects.toMatchObject({ code, where });
  });
});

describe("JSON", () => {
  const ADA = { text: "Ada", line: 1, fields: { id: 7, tags: ["x"] } };

  it.each([
    ["lines", "r.jsonl", '{"id":7,"text":"Ada","tags":["x"]}\n{"text":"Eve"}\n', 2],
    ["lines under .json", "r.json", '{"id":7,"text":"Ada","tags":["x"]}\n{"text":"Eve"}\n', 2],
    ["an array", "r.json", '[{"id":7,"text":"Ada","tags":["x"]},\n{"text":"Eve"}]', 2],
    [
      "tasks of Label Studio",
      "r.json",
      '[{"id":7,"data":{"text":"Ada","tags":["x"]}},\n{"data":{"text":"Eve"}}]',
      2,
    ],
    ["lines in a stream", undefined, '{"id":7,"text":"Ada","tags":["x"]}\n{"text":"Eve"}\n', 2],
    ["an array in a stream", undefined, '[{"id":7,"text":"Ada","tags":["x"]},\n{"text":"Eve"}]', 2],
  ])("as %s has a text in each record, and keeps the other fields", async (_, file, content, line) => {
    expect(await texts(file, content)).toEqual({
      texts: [ADA, { text: "Eve", line, fields: {} }],
      notes: [],
    });
  });

  it("may be a list of texts", async () => {
    expect((await texts("r.json", '["Ada",\n"Eve"]')).texts).toEqual([
      { text: "Ada", line: 1 },
      { text: "Eve", line: 2 },
    ]);
  });

  it("gives the key that is named, or the only string, and says so", async () => {
    const content = '{"id":1,"body":"Ada"}\n';
    const found = [{ text: "Ada", line: 1, fields: { id: 1 } }];
    expect(await texts("r.jsonl", content, { column: "body" })).toEqual({ texts: found, notes: [] });
    expect(await texts("r.jsonl", content)).toEqual({
      texts: found,
      notes: ["r.jsonl: the texts are read from body"],
    });
  });

  it.each<[string, string, Partial<TextOptions>, string, string]>([
    ["without a text", '{"text":"x"}\n{"body":"y"}\n', {}, "DATA_TEXT_COLUMN_MISSING", "r.jsonl:2"],
    ["with two strings", '{"a":"x","b":"y"}\n', {}, "DATA_TEXT_COLUMN_MISSING", "r.jsonl:1"],
    ["without the key", '{"text":"x"}\n', { column: "c" }, "DATA_TEXT_COLUMN_MISSING", "r.jsonl:1"],
    ["with a number as text", '{"text":3}\n', {}, "DATA_JSON_SHAPE", "r.jsonl:1"],
    ["that is none", '{"text":"x"}\nAda\n', {}, "DATA_JSON_INVALID", "r.jsonl:2"],
    ["that is an array", '{"text":"x"}\n["y"]\n', {}, "DATA_JSON_SHAPE", "r.jsonl:2"],
  ])("%s is refused", async (_, content, options, code, where) => {
    await expect(texts("r.jsonl", content, options)).rejects.toMatchObject({ code, where });
  });
});

describe("plain text", () => {
  it("stays a text a line, whatever it looks like", async () => {
    const content = '{"text":"Ada"}\na,b\n[Oslo]\n';
    const lines = content.split("\n").slice(0, 3);
    expect((await texts("r.txt", content)).texts.map(({ text }) => text)).toEqual(lines);
    expect((await texts("r.jsonl", content, { format: "text" })).texts.map(({ text }) => text)).toEqual(
      lines,
    );
    expect((await texts(undefined, "{Ada}\n[Oslo]\n")).texts).toEqual([
      { text: "{Ada}", line: 1 },
      { text: "[Oslo]", line: 2 },
    ]);
  });

  it("is a table where a column is asked for", async () => {
    expect((await texts("r.txt", "id\tbody\n1\tAda\n", { column: "body" })).texts).toEqual([
      { text: "Ada", line: 2, fields: { id: "1" } },
    ]);
    expect((await texts(undefined, "id,body\n1,Ada\n", { column: "body" })).texts).toHaveLength(1);
  });

  it("has paragraphs between empty lines, or is one text with its line breaks", async () => {
    const content = "\na\r\nb\r\n \r\n\nc\n";
    expect((await texts("r.txt", content, { per: "paragraph" })).texts).toEqual([
      { line: 2, text: "a\nb" },
      { line: 6, text: "c" },
    ]);
    expect((await texts("r.txt", `\ufeff${content}`, { per: "file" })).texts).toEqual([
      { line: 1, text: content },
    ]);
  });
});

describe("data", () => {
  const CONLL = "Ada B-PER\nmet O\n\nin O\nU.S. B-LOC\n";
  const SENTENCES = [
    { text: "Ada met", words: ["Ada", "met"], line: 1, document: 0 },
    { text: "in U.S.", words: ["in", "U.S."], line: 4, document: 0 },
  ];

  it("keeps its words, by its extension or by name", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nerium-texts-"));
    try {
      for (const [name, options] of [
        ["r.conll", {}],
        ["r.txt", { format: "data" }],
      ] as const) {
        writeFileSync(join(folder, name), CONLL);
        expect((await texts(join(folder, name), CONLL, options)).texts).toEqual(SENTENCES);
      }
      expect((await texts(undefined, CONLL, { format: "data" })).texts).toEqual(SENTENCES);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is recognised by the tags of its lines", async () => {
    const read = await texts(undefined, CONLL);
    expect(read.texts).toEqual(SENTENCES);
    expect(read.notes).toEqual([
      "standard input: read as words and their tags (--from text reads each line as a text)",
    ]);
    expect((await texts(undefined, `-DOCSTART- O\n\n${CONLL}`)).texts).toEqual(
      SENTENCES.map((sentence) => ({ ...sentence, line: sentence.line + 2 })),
    );
    for (const lines of ["Ada O\nmet O\n", "Ada B-PER\nwent away\n", "O\nB-PER\n", "Ada B-PER\n"])
      expect((await texts(undefined, lines)).texts.map(({ text }) => `${text}\n`).join("")).toBe(lines);
  });

  it("is read document by document", async () => {
    const content = "a O\nb B-X\n\nc O\n\n-DOCSTART- O\n\nd O\n";
    expect((await texts(undefined, content, { format: "data", byDocument: true })).texts).toEqual([
      { text: "a b\nc", sentences: [["a", "b"], ["c"]], line: 1, document: 0 },
      { text: "d", sentences: [["d"]], line: 8, document: 1 },
    ]);
  });

  it("is read where a table or JSON has no texts, but words", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nerium-texts-"));
    try {
      for (const [name, content] of [
        ["r.csv", "Sentence #,Word,Tag\n1,Ada,B-PER\n1,met,O\n"],
        ["r.jsonl", '{"tokens":["Ada","met"],"ner_tags":["B-PER","O"]}\n'],
      ] as const) {
        const path = join(folder, name);
        writeFileSync(path, content);
        const read = await texts(path, content);
        expect(read.texts).toMatchObject([{ text: "Ada met", words: ["Ada", "met"] }]);
        expect(read.notes).toEqual([`${path}: has no texts, so its words are read (--from data)`]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("with texts gives these", async () => {
    const content = '{"text":"Ada met Eve","entities":[{"start":0,"end":3,"label":"PER"}]}\n';
    expect((await texts(undefined, content, { format: "data" })).texts).toEqual([
      { text: "Ada met Eve", line: 1 },
    ]);
  });
});

describe("a text that is too long", () => {
  const long = "x".repeat(limits.textUnits);

  it.each<[string, string, Partial<TextOptions>, string]>([
    ["a line", `a\n${long}y\n`, {}, "r.txt:2"],
    ["a file", `${long}\n`, { per: "file" }, "r.txt"],
    ["a paragraph", `a\n\n${long}\nb\n`, { per: "paragraph" }, "r.txt:3"],
  ])("is refused as %s", async (_, content, options, where) => {
    await expect(texts("r.txt", content, options)).rejects.toMatchObject({ code: "TEXT_TOO_LONG", where });
  });

  it("is read up to the limit", async () => {
    expect((await texts("r.txt", `${long}\n`)).texts).toHaveLength(1);
  });
});
