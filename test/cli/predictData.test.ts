/** `predict` reads files as `train` does, also from standard input. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import type { WritableFormat } from "../../src/data/formats/format.js";
import { formatNamed } from "../../src/data/formats/index.js";
import { readDataset } from "../../src/data/index.js";
import { fileOf } from "../data/formats/written.js";
import { writeTinyModel } from "../infer/tinyModel.js";
import { testIo } from "./testIo.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-predict-data-"));
let model: string;
beforeAll(async () => {
  const reads = { labels: ["O", "B-PER", "I-PER", "B-LOC"], reads: ["o", "b", "i", "a"] };
  model = await writeTinyModel(join(scratch, "model"), reads);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function predicted(args: readonly string[], stdin: readonly (string | Buffer)[] = []) {
  const { io, stdout, stderr } = testIo({ stdin });
  const code = await nerium(["predict", model, "--threads", "1", ...args], io);
  return { code, out: stdout.text, err: stderr.text };
}

const wordsIn = (out: string): string[][] =>
  out
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line).words);

function file(name: string, text: string | Uint8Array): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

const ROWS = [
  [["o", "b"], ["O", "B-PER"], 0],
  [["a"], ["B-LOC"], 0],
] as const;

describe("standard input", () => {
  it.each(["conll", "conllu", "csv", "jsonl", "spacy", "spacy-docbin", "parquet", "arrow", "gliner"])(
    "has data in the format %s with --from data, and with its name",
    async (name) => {
      const bytes = fileOf(formatNamed(name) as WritableFormat, ROWS);
      for (const from of name === "csv" || name === "jsonl" ? ["data"] : ["data", name]) {
        const { code, out, err } = await predicted(
          ["--from", from],
          [bytes.subarray(0, 10), bytes.subarray(10)],
        );
        expect({ code, err }).toEqual({ code: 0, err: expect.any(String) });
        expect(wordsIn(out)).toEqual([["o", "b"], ["a"]]);
      }
    },
  );

  it("has lists of words in cells of CSV", async () => {
    const { out } = await predicted(["--from", "data"], [`words,tags\n"['o', 'b']","['O', 'B-PER']"\n`]);
    expect(wordsIn(out)).toEqual([["o", "b"]]);
  });

  it("has one JSON object over several lines", async () => {
    const { out } = await predicted([], [JSON.stringify({ id: 1, text: "o b" }, undefined, 2)]);
    expect(JSON.parse(out)).toMatchObject({ id: 1, text: "o b", entities: [{ type: "PER" }] });
  });
});

it("a .tsv in CoNLL columns keeps its words", async () => {
  const { code, out, err } = await predicted([file("words.tsv", "o\tO\nb\tB-PER\n\na\tB-LOC\n")]);
  expect(code).toBe(0);
  expect(err).toContain("its words are read");
  expect(wordsIn(out)).toEqual([["o", "b"], ["a"]]);
});

it("columns are named as for train, and mean that a file is data", async () => {
  const path = file("columns.txt", "x;o;O\nx;b;B-PER\n");
  const { out } = await predicted([path, "--token-column", "1", "--tag-column", "2", "--delimiter", ";"]);
  expect(wordsIn(out)).toEqual([["o", "b"]]);
  const unknown = await predicted([path, "--from", "conl"]);
  expect(unknown).toMatchObject({ code: 1, out: "" });
  expect(unknown.err).toContain("DATA_FORMAT_UNKNOWN");
});

describe("conll", () => {
  it("has tabs if any word of the data has a space, and is read back", async () => {
    const records = [
      { tokens: ["o", "b"], ner_tags: ["O", "O"] },
      { tokens: ["a", "b i"], ner_tags: ["O", "O"] },
    ];
    const path = file("spaced.jsonl", records.map((record) => JSON.stringify(record)).join("\n"));
    const { code, out } = await predicted([path, "--from", "data", "--format", "conll"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^-DOCSTART-\tO\n\no\tO\nb\tB-PER\n\na\tB-LOC\nb i\t/);
    const { sentences } = await readDataset(file("back.conll", out));
    expect(sentences.map(({ words }) => words)).toEqual([
      ["o", "b"],
      ["a", "b i"],
    ]);
  });

  it("has spaces otherwise", async () => {
    const { out } = await predicted([file("plain.conll", "o O\nb B-PER\n"), "--format", "conll"]);
    expect(out).toBe("-DOCSTART- O\n\no O\nb B-PER\n\n");
  });
});

it("notes about columns name the flags", async () => {
  const { err } = await predicted([file("numbered.conll", "1 o O\n2 b B-PER\n\n1 a B-LOC\n2 o O\n")]);
  expect(err).toContain("numbers the words; words are read from column 1 (--token-column)");
});
