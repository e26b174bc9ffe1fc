import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { parquetMetadata } from "hyparquet";
import { afterAll, describe, expect, it, test } from "vitest";
import { writableNamed } from "../../../src/data/formats/index.js";
import { COMPRESSORS } from "../../../src/data/formats/tables/compression.js";
import { checkPages } from "../../../src/data/formats/tables/parquetPages.js";
import { checkStruct } from "../../../src/data/formats/tables/thrift.js";
import { parseDataset } from "../../../src/data/index.js";
import { isNeriumError } from "../../../src/errors.js";
import { stride } from "../../breadth.js";
import { processorSeconds } from "../../growth.js";
import { filesOf } from "./written.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-parquet-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const golden = (name: string): Buffer => readFileSync(join(import.meta.dirname, "goldens", name));
const theirs = golden("datasets.parquet");

it("what Hugging Face's datasets wrote is read, with the names of its labels", async () => {
  const { sentences } = await parseDataset(theirs, "datasets.parquet");
  expect(sentences.map(({ words, tags }) => [words, tags])).toEqual([
    [
      ["Ada", "Lovelace", "é😀"],
      ["B-PER", "I-PER", "O"],
    ],
    [["x"], ["O"]],
  ]);
});

it("columns may have other names, and those that are not there are an error", async () => {
  await expect(parseDataset(theirs, "x.parquet", { tagColumn: "pos" })).rejects.toMatchObject({
    code: "DATA_TABLE_COLUMN_MISSING",
    message: "The table has no column pos for the tags; its columns are: id, tokens, ner_tags",
  });
  const { sentences } = await parseDataset(theirs, "x.parquet", {
    tokenColumn: "tokens",
    tagColumn: "ner_tags",
  });
  expect(sentences).toHaveLength(2);
});

it("pages of many sentences with dictionaries and with differences are read", async () => {
  const [first, second] = await Promise.all(
    ["dictionaries.parquet", "differences.parquet"].map(async (name) => parseDataset(golden(name), name)),
  );
  expect(first!.sentences).toEqual(second!.sentences);
  expect(first!.sentences).toHaveLength(90);
  expect(first!.sentences[4]).toEqual({
    words: ["word26", "word29", "word38", "word11", "word32"],
    tags: ["B-PER", "I-PER", "I-PER", "B-PER", "I-PER"],
    document: 0,
    line: 5,
  });
});

const canZstandard = "zstdDecompressSync" in zlib;

it("pages in gzip are read, and in Zstandard where Node can", async () => {
  const read = async (name: string) => (await parseDataset(golden(name), name)).sentences;
  const sentences = await read("dictionaries.parquet");
  expect(await read("gzip.parquet")).toEqual(sentences);
  if (canZstandard) expect(await read("zstandard.parquet")).toEqual(sentences);
  else
    await expect(read("zstandard.parquet")).rejects.toMatchObject({
      code: "DATA_TABLE_UNREADABLE",
      message: expect.stringMatching(/the compression ZSTD needs Node 22\.15 or newer, but this is v\d/),
    });
});

it("what is more or less than it says when it is uncompressed is refused", () => {
  const { GZIP } = COMPRESSORS;
  const bytes = zlib.gzipSync(Buffer.alloc(1000));
  expect(GZIP!(bytes, 1000)).toHaveLength(1000);
  expect(() => GZIP!(bytes, 999)).toThrow("a block has more than 999 bytes when uncompressed");
  expect(() => GZIP!(bytes, 1001)).toThrow("a block has 1000 bytes instead of 1001 when uncompressed");
  expect(() => GZIP!(bytes.subarray(0, 20), 1000)).toThrow("unexpected end of file");
});

it.each<[string, number[]]>([
  ["datasets.parquet", [0, 1, 0x7f, 0x80, 0xff]],
  ["dictionaries.parquet", [0, 1, 0x7f, 0xff]],
  ["differences.parquet", [0, 0x7f, 0xff]],
  ["gzip.parquet", [0, 0x7f, 0xff]],
  ...(canZstandard ? [["zstandard.parquet", [0, 0x7f, 0xff]] as [string, number[]]] : []),
])("one wrong byte of %s, wherever it is, gives data or a named error, at once", async (name, values) => {
  const right = golden(name);
  for (let at = 0; at < right.length; at += stride(7))
    for (const value of values) {
      const bytes = Buffer.from(right);
      bytes[at] = value;
      const seconds = await processorSeconds(() =>
        parseDataset(bytes, "x.parquet").catch((error: unknown) => {
          if (!isNeriumError(error)) throw error;
        }),
      );
      // A few milliseconds are usual; a count that is taken at its word would take minutes.
      expect(seconds, `byte ${at} as ${value}`).toBeLessThan(5);
    }
});

it("counts that other counts or the bytes contradict are refused before they are read", async () => {
  const { length } = theirs;
  const metadata = parquetMetadata(
    theirs.buffer.slice(theirs.byteOffset, theirs.byteOffset + length) as ArrayBuffer,
  );
  const chunk = metadata.row_groups[0]!.columns[1]!.meta_data!;
  const file = new Uint8Array(theirs).buffer;
  const changed = (changes: Partial<typeof chunk>, rows = 2n) => ({
    ...metadata,
    row_groups: [{ columns: [{ meta_data: { ...chunk, ...changes } }], num_rows: rows, total_byte_size: 0n }],
  });
  const check =
    (...args: Parameters<typeof changed>) =>
    () =>
      checkPages(file, changed(...args) as typeof metadata, ["tokens"]);
  expect(check({})).not.toThrow();
  expect(check({ num_values: 5n })).toThrow("the pages of a column do not have as many values as the column");
  expect(check({}, 2n ** 40n)).toThrow("a column has 4 values for 1099511627776 rows");
  expect(check({ num_values: 2n ** 40n })).toThrow("values do not fit into the file");
  expect(check({ dictionary_page_offset: 2n ** 40n })).toThrow("a column is outside of the file");
  expect(check({ codec: "LZO" })).toThrow("the compression LZO is not supported");
});

it("a small file whose words are gigabytes is refused, and a word that occurs often is not", async () => {
  const written = (word: string, count: number) =>
    filesOf(writableNamed("parquet"), [
      { words: Array<string>(count).fill(word), tags: Array<string>(count).fill("O"), document: 0, line: 1 },
    ])["data.parquet"]!;
  const bomb = written("x".repeat(20_000), 200_000);
  expect(bomb.length).toBeLessThan(100_000);
  const seconds = await processorSeconds(() =>
    expect(parseDataset(bomb, "x.parquet")).rejects.toMatchObject({
      code: "DATA_TABLE_UNREADABLE",
      message: expect.stringContaining("far longer than the file"),
    }),
  );
  expect(seconds).toBeLessThan(20);
  const { sentences } = await parseDataset(written("Lovelace", 200_000), "x.parquet");
  expect(sentences[0]!.words).toHaveLength(200_000);
});

describe("numbers of a hundred kilobytes, which would take minutes, are refused", () => {
  const endless = Buffer.alloc(100_000, 0xff);

  it("in the description of the table", async () => {
    const description = Buffer.concat([Buffer.from([0x16]), endless, Buffer.from([1, 0])]);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(description.length);
    const mark = Buffer.from("PAR1");
    const file = Buffer.concat([mark, description, length, mark]);
    await expect(parseDataset(file, "x.parquet")).rejects.toMatchObject({
      code: "DATA_TABLE_UNREADABLE",
      message: "Could not read the table: the number at byte 5 does not end",
    });
  });

  it("in lists, structs and strings of it too, wherever they are", () => {
    const nested = Buffer.from([0x19, 0x1c, 0x18, 1, 97, 0x16]);
    expect(() => checkStruct(Buffer.concat([nested, endless]), 0)).toThrow(
      "the number at byte 6 does not end",
    );
    expect(() => checkStruct(Buffer.concat([nested, Buffer.from([1, 0, 0])]), 0)).not.toThrow();
    expect(() => checkStruct(Buffer.alloc(1000, 0x1c), 0)).toThrow("nested too deep");
    expect(() => checkStruct(Buffer.from([0x19, 0xf5, 0xff, 0x7f]), 0)).toThrow("does not fit into the file");
    expect(() => checkStruct(Buffer.from([0x18, 9, 97]), 0)).toThrow("cut off");
  });
});

const PROGRAM = `
import json, sys
from datasets import load_dataset
data = load_dataset("parquet", data_files=sys.argv[1], split="train", cache_dir=sys.argv[2])
names = data.features["ner_tags"].feature.names
print(json.dumps([[row["tokens"], [names[tag] for tag in row["ner_tags"]]] for row in data]))`;

const python = process.env.NERIUM_PYTHON;
const hasDatasets = python !== undefined && spawnSync(python, ["-c", "import datasets"]).status === 0;

test.skipIf(!hasDatasets)(
  "Hugging Face's datasets reads what is written, as ClassLabel (needs NERIUM_PYTHON)",
  () => {
    const rows = [
      [
        ["Ada", "Lovelace"],
        ["B-PER", "I-PER"],
      ],
      [
        ["東京", "😀"],
        ["B-LOC", "O"],
      ],
    ] as const;
    const items = rows.map(([words, tags], line) => ({
      words: [...words],
      tags: [...tags],
      document: line,
      line,
    }));
    const [bytes] = Object.values(filesOf(writableNamed("parquet"), items));
    const file = join(scratch, "ours.parquet");
    writeFileSync(file, bytes!);
    const { stdout, stderr } = spawnSync(python!, ["-c", PROGRAM, file, join(scratch, "cache")], {
      encoding: "utf8",
    });
    expect(stdout, stderr).not.toBe("");
    expect(JSON.parse(stdout)).toEqual(rows);
  },
);
