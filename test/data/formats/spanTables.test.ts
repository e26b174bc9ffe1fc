/** Parquet files with one text and its spans in each row. */
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { parseDataset, type ReadOptions } from "../../../src/data/index.js";
import { openContent } from "../../../src/data/read/open.js";
import { bytesSource } from "../../../src/data/read/source.js";

interface Column {
  readonly name: string;
  readonly data: readonly unknown[];
  readonly schema: readonly SchemaElement[];
}

const texts = (name: string, data: readonly string[]): Column => ({
  name,
  data,
  schema: [{ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" }],
});

const group = (name: string, children: number, more: Partial<SchemaElement> = {}): SchemaElement => ({
  name,
  num_children: children,
  repetition_type: "OPTIONAL",
  ...more,
});

const field = (name: string, isText: boolean): SchemaElement => ({
  name,
  repetition_type: "OPTIONAL",
  ...(isText ? { type: "BYTE_ARRAY", converted_type: "UTF8" } : { type: "INT64" }),
});

/** A list of objects with a start, an end and a label. */
const spans = (data: readonly unknown[], name = "spans", isNamed = true): Column => ({
  name,
  data,
  schema: [
    group(name, 1, { converted_type: "LIST" }),
    group("list", 1, { repetition_type: "REPEATED" }),
    group("element", 3),
    field("start", false),
    field("end", false),
    field("label", isNamed),
  ],
});

function table(columns: readonly Column[], features?: object): Uint8Array {
  const buffer = parquetWriteBuffer({
    columnData: columns.map(({ name, data }) => ({ name, data: [...data] })),
    schema: [{ name: "root", num_children: columns.length }, ...columns.flatMap(({ schema }) => schema)],
    kvMetadata:
      features === undefined ? [] : [{ key: "huggingface", value: JSON.stringify({ info: { features } }) }],
  });
  return new Uint8Array(buffer);
}

const TEXTS = ["😀 Ada met Bob", "Rome"];
const SPANS = [
  [
    { start: 2n, end: 5n, label: "PER" },
    { start: 10n, end: 13n, label: "PER" },
  ],
  [{ start: 0n, end: 4n, label: "LOC" }],
];

async function tagsOf(bytes: Uint8Array, options: ReadOptions = {}) {
  const { sentences } = await parseDataset(bytes, "x.parquet", options);
  return sentences.map(({ words, tags, line }) => [words.join(" "), tags.join(" "), line]);
}

const READ = [
  ["😀 Ada met Bob", "O B-PER O B-PER", 1],
  ["Rome", "B-LOC", 2],
];

describe("a Parquet file of texts", () => {
  it("has a list of spans in each row, in code points", async () => {
    expect(await tagsOf(table([texts("text", TEXTS), spans(SPANS)]))).toEqual(READ);
    expect(
      await tagsOf(table([texts("source", ["a", "b"]), texts("body", TEXTS), spans(SPANS, "entities")])),
    ).toEqual(READ);
  });

  it("may have lists of starts, ends and labels, as datasets stores a sequence of spans", async () => {
    const list = (name: string, isText: boolean): SchemaElement[] => [
      group(name, 1, { converted_type: "LIST" }),
      group("list", 1, { repetition_type: "REPEATED" }),
      field("element", isText),
    ];
    const column: Column = {
      name: "entities",
      data: SPANS.map((own) => ({
        start: own.map(({ start }) => start),
        end: own.map(({ end }) => end),
        label: own.map(({ label }) => label),
      })),
      schema: [group("entities", 3), ...list("start", false), ...list("end", false), ...list("label", true)],
    };
    expect(await tagsOf(table([texts("text", TEXTS), column]))).toEqual(READ);
  });

  it("may have numbers of labels, with their names in the file or in the options", async () => {
    const numbered = SPANS.map((own) =>
      own.map((span) => ({ ...span, label: span.label === "PER" ? 0n : 1n })),
    );
    const columns = [texts("text", TEXTS), spans(numbered, "spans", false)];
    const label = { names: ["PER", "LOC"], _type: "ClassLabel" };
    const place = { dtype: "int64", _type: "Value" };
    const feature = { start: place, end: place, label };
    for (const own of [{ feature, _type: "List" }, [feature]])
      expect(await tagsOf(table(columns, { text: { dtype: "string", _type: "Value" }, spans: own }))).toEqual(
        READ,
      );
    expect(await tagsOf(table(columns), { labels: ["PER", "LOC"] })).toEqual(READ);
    await expect(tagsOf(table(columns))).rejects.toMatchObject({ code: "DATA_LABEL_NAMES_MISSING" });
  });

  it("leaves out rows without spans, and counts columns that are not read", async () => {
    const count: Column = {
      name: "votes",
      data: [1, 2],
      schema: [{ name: "votes", type: "INT32", repetition_type: "OPTIONAL" }],
    };
    const bytes = table([texts("text", TEXTS), spans([SPANS[0], null]), count]);
    const { content, leftOut } = await openContent(bytesSource({ "x.parquet": bytes }, "x.parquet"), {});
    expect(content.shape === "texts" && [...content.documents]).toHaveLength(1);
    expect(leftOut.all).toEqual([
      { what: "record without spans", count: 1 },
      { what: "values of votes", count: 2 },
    ]);
  });
});
