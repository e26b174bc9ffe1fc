import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import {
  readDataset,
  relabelled,
  requireMapped,
  splitData,
  typesOf,
  withoutShare,
} from "../../../src/data/index.js";
import { stratified } from "../../../src/data/split/split.js";
import type { Dataset } from "../../../src/text/index.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-split-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const types = ["PER", "LOC", "ORG", "RARE"];
const units = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.array(fc.nat(3), { maxLength: 4 })).map(([size, found]) => ({
    size,
    entities: new Map(found.map((type) => [types[type]!, found.filter((other) => other === type).length])),
  })),
  { maxLength: 40 },
);

describe("a stratified split", () => {
  it("puts every unit into one part, and the same seed gives the same parts", () => {
    fc.assert(
      fc.property(units, fc.nat(), (own, seed) => {
        const parts = stratified(own, [0.8, 0.1, 0.1], seed);
        expect(parts).toHaveLength(own.length);
        expect([...parts].every((part) => part >= 0 && part < 3)).toBe(true);
        expect(stratified(own, [0.8, 0.1, 0.1], seed)).toEqual(parts);
      }),
    );
  });

  it("gives every part its share of each type, of the rare one too", () => {
    const own = Array.from({ length: 1000 }, (_, index) => ({
      size: 1,
      entities: new Map<string, number>([
        ...(index % 3 === 0 ? [["PER", 1] as const] : []),
        ...(index % 50 === 0 ? [["RARE", 1] as const] : []),
      ]),
    }));
    const parts = stratified(own, [0.8, 0.1, 0.1], 1);
    const share = (part: number, type: string) =>
      own.filter(({ entities }, at) => parts[at] === part && entities.has(type)).length;
    expect([0, 1, 2].map((part) => share(part, "RARE"))).toEqual([16, 2, 2]);
    for (const [part, expected] of [267.2, 33.4, 33.4].entries())
      expect(Math.abs(share(part, "PER") - expected)).toBeLessThan(2);
    for (const [part, expected] of [800, 100, 100].entries())
      expect(Math.abs(parts.filter((each) => each === part).length - expected)).toBeLessThan(3);
    expect(stratified(own, [0.8, 0.1, 0.1], 2)).not.toEqual(parts);
  });
});

const dataset = (rows: readonly (readonly [words: string, tags: string, document?: number])[]): Dataset => ({
  file: "x",
  scheme: "IOB2",
  sentences: rows.map(([words, tags, document = 0], index) => ({
    words: words.split(" "),
    tags: tags.split(" "),
    document,
    line: index + 1,
  })),
});

describe("a share for validation", () => {
  const many = dataset(
    Array.from(
      { length: 40 },
      (_, index) => [`w${index}`, index % 2 === 0 ? "B-PER" : "O", Math.floor(index / 4)] as const,
    ),
  );

  it("takes documents whole, keeps the order, and loses nothing", () => {
    const { rest, taken } = withoutShare(many, 0.2, 42);
    const documents = (data: Dataset) => new Set(data.sentences.map(({ document }) => document));
    expect(documents(taken).size).toBe(2);
    expect([...documents(rest)].filter((document) => documents(taken).has(document))).toEqual([]);
    const all = [...rest.sentences, ...taken.sentences].sort((a, b) => a.line - b.line);
    expect(all).toEqual(many.sentences);
    for (const { sentences } of [rest, taken])
      expect(sentences.toSorted((a, b) => a.line - b.line)).toEqual(sentences);
  });

  it("too small for one document is an error", () => {
    expect(() => withoutShare(dataset([["a", "O"]]), 0.1, 1)).toThrow(/none is left for validation/);
  });
});

describe("a label map", () => {
  const data = dataset([
    ["New York is in America", "B-GPE I-GPE O O B-LOC"],
    ["Ada Turin", "B-PER B-GPE"],
  ]);

  it("renames, merges and drops types, and keeps neighbours apart", () => {
    const mapped = relabelled(data, { GPE: "LOC", PER: "O" });
    expect(mapped.sentences.map(({ tags }) => tags.join(" "))).toEqual(["B-LOC I-LOC O O B-LOC", "O B-LOC"]);
    const swapped = relabelled(data, { GPE: "LOC", LOC: "GPE" });
    expect(swapped.sentences[0]!.tags.join(" ")).toBe("B-LOC I-LOC O O B-GPE");
  });

  it("takes class labels as they are", () => {
    const mapped = relabelled({ ...dataset([["a b", "B-X O"]]), scheme: "IO" }, { "B-X": "Y" });
    expect(mapped.sentences[0]!.tags).toEqual(["Y", "O"]);
  });

  it("with a type that no data has is an error that names those there are", () => {
    expect(() => requireMapped({ "B-GPE": "LOC" }, typesOf(data))).toThrow(
      expect.objectContaining({
        code: "DATA_LABEL_MAP_UNKNOWN",
        remedy: "Use the types of the data, without prefixes: GPE, LOC, PER.",
      }),
    );
  });
});

it("data of any shape is divided into files of its own format, documents whole", async () => {
  const columns = join(scratch, "all.conll");
  writeFileSync(
    columns,
    Array.from(
      { length: 20 },
      (_, index) => `-DOCSTART- O\n\nword${index} O\nTurin S-LOC\n\nmore${index} O\n\n`,
    ).join(""),
  );
  const { parts, unit } = await splitData(columns, join(scratch, "parts"), {
    ratios: [0.8, 0.1, 0.1],
    seed: 1,
  });
  expect(unit).toBe("documents");
  expect(parts.map(({ sentences }) => sentences)).toEqual([32, 4, 4]);
  const words: string[] = [];
  for (const { path, sentences } of parts) {
    const data = await readDataset(path);
    expect(data.sentences).toHaveLength(sentences);
    words.push(...data.sentences.map((sentence) => sentence.words[0]!));
  }
  expect(words.toSorted()).toEqual(
    (await readDataset(columns)).sentences.map((sentence) => sentence.words[0]).toSorted(),
  );
  await expect(splitData(columns, join(scratch, "parts"), { ratios: [1, 1], seed: 1 })).rejects.toMatchObject(
    {
      code: "DATA_OUTPUT_EXISTS",
    },
  );

  const texts = join(scratch, "all.jsonl");
  writeFileSync(
    texts,
    Array.from({ length: 10 }, (_, id) =>
      JSON.stringify({ id, text: `Ada ${id}`, label: [[0, 3, "PER"]] }),
    ).join("\n"),
  );
  const divided = await splitData(texts, join(scratch, "texts"), { ratios: [0.8, 0.2], seed: 1 });
  expect(divided).toMatchObject({ format: "doccano", unit: "texts" });
  expect(divided.parts.map(({ path }) => readFileSync(path, "utf8").trim().split("\n").length)).toEqual([
    8, 2,
  ]);
});

it("data in a format that is only read need another format to write", async () => {
  const file = join(scratch, "joined.iob");
  writeFileSync(file, "Ada|B-PER lives|O\nOslo|B-LOC\nhere|O\n");
  const options = { ratios: [0.5, 0.5], seed: 1 };
  await expect(splitData(file, join(scratch, "joined"), options)).rejects.toMatchObject({
    code: "DATA_FORMAT_READ_ONLY",
    commandRemedy: expect.stringMatching(/--to .*conll/),
  });
  const { format } = await splitData(file, join(scratch, "joined"), { ...options, to: "conll" });
  expect(format).toBe("conll");
});
