import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  dataFacts,
  dataWarnings,
  inspectPaths,
  type PathsReport,
  parseDataset,
  sentenceKeys,
} from "../../../src/data/index.js";
import { SentenceComparison } from "../../../src/data/inspect/duplicates.js";
import { SpilledParts } from "../../../src/data/inspect/parts.js";
import { SurfaceComparison } from "../../../src/data/inspect/surfaces.js";
import { violations } from "../../../src/data/inspect/violations.js";
import { full } from "../../breadth.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-inspect-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const at = (name: string) => join(scratch, name);

const column = (text: string) =>
  text
    .split(" ")
    .map((cell) => cell.replace("/", " "))
    .join("\n");
const file = (...sentences: readonly string[]) => `${sentences.map(column).join("\n\n")}\n`;

const TRAIN = file(
  "Ada/B-PER met/O her/O in/O Turin/B-LOC",
  "Ada/I-PER smiled/O",
  "Turin/B-ORG won/O two/O to/O one/O",
  "Ada/B-PER met/O her/O in/O Turin/B-ORG",
);
const VALID = file("Ada/B-PER met/O her/O in/O Turin/B-LOC", "a\u200bb/O met/O", "Nile/B-RIVER");

describe("an inspection", () => {
  let report: PathsReport;
  beforeAll(async () => {
    writeFileSync(at("train.conll"), TRAIN);
    writeFileSync(at("valid.conll"), VALID);
    const tokens = async (sentences: readonly (readonly string[])[]) =>
      sentences.map(({ length }) => 2 * length);
    report = await inspectPaths([at("train.conll"), at("valid.conll")], { model: { limit: 9, tokens } });
  });

  it("counts sentences, words, entities and lengths of each split", () => {
    expect(report.splits).toMatchObject([
      {
        format: "conll",
        scheme: "IOB2",
        documents: 1,
        sentences: 4,
        words: 17,
        untagged: 0,
        entities: { PER: 3, LOC: 1, ORG: 2 },
      },
      { sentences: 3, words: 8, entities: { PER: 1, LOC: 1, RIVER: 1 } },
    ]);
    expect(report.splits[0]!.lengths).toEqual({ shortest: 2, median: 5, mean: 4.25, p95: 5, longest: 5 });
  });

  it("counts tokens, and sentences with more than the model takes", () => {
    expect(report.tokens!.splits[at("train.conll")]).toMatchObject({ longest: 10, tooLong: 3 });
    expect(report.tokens!.splits[at("valid.conll")]).toMatchObject({ longest: 10, tooLong: 1 });
  });

  it("finds tags against their scheme, at the word's line", () => {
    expect(report.violations).toEqual([
      { what: "I-PER after the beginning", count: 1, places: [`${at("train.conll")}:7`] },
    ]);
  });

  it("finds names that are tagged in several ways", () => {
    expect(report.ambiguous).toEqual([
      {
        surface: "Turin",
        types: {
          LOC: { count: 2, place: `${at("train.conll")}:5` },
          ORG: { count: 2, place: `${at("train.conll")}:10` },
        },
      },
    ]);
  });

  it("finds sentences that are there again, in the split and between splits", () => {
    expect(report.duplicates).toEqual([
      {
        first: at("train.conll"),
        again: at("train.conll"),
        count: 1,
        otherTags: 1,
        places: [`${at("train.conll")}:16 = ${at("train.conll")}:1`],
      },
      {
        first: at("train.conll"),
        again: at("valid.conll"),
        count: 1,
        otherTags: 0,
        places: [`${at("valid.conll")}:1 = ${at("train.conll")}:1`],
      },
    ]);
  });

  it("names types that a split lacks, and suspicious characters", () => {
    expect(report.lacking).toEqual({ [at("train.conll")]: ["RIVER"], [at("valid.conll")]: ["ORG"] });
    expect(report.characters).toEqual([
      { what: "U+200B zero-width space", count: 1, places: [`${at("valid.conll")}:7`] },
    ]);
  });

  it("takes texts too, and counts the spans that words cannot hold", async () => {
    const lines = [
      {
        text: "Ada smiled",
        label: [
          [0, 2, "PER"],
          [4, 10, "X"],
        ],
      },
    ];
    writeFileSync(at("texts.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));
    const texts = await inspectPaths([at("texts.jsonl")]);
    expect(texts.splits[0]).toMatchObject({ format: "doccano", sentences: 1, entities: { PER: 1, X: 1 } });
    expect(texts.spanProblems).toBe(1);
  });
});

it.each([
  ["IOB2", "O I-A", ["I-A after O"]],
  ["IOB2", "B-A I-B", ["I-B after B-A"]],
  ["IOB2", "B-A I-A B-A O", []],
  ["IOB1", "I-A B-A I-B", []],
  ["IOBES", "B-A I-A E-A S-A O", []],
  ["IOBES", "B-A O", ["O after B-A"]],
  ["IOBES", "E-A", ["E-A after the beginning"]],
  ["IOBES", "S-A I-A E-A", ["I-A after S-A"]],
  ["BILOU", "B-A L-A U-A B-A", ["the sentence ends after B-A"]],
  ["BILOU", "B-A U-A", ["U-A after B-A"]],
  ["IO", "A B I-A", []],
] as const)("%s: %s", (scheme, tags, expected) => {
  expect(violations(tags.split(" "), scheme).map(({ what }) => what)).toEqual(expected);
});

it("sentences are told apart by their words, among more than memory is for", () => {
  const comparison = new SentenceComparison();
  const count = 2_000_000;
  for (let line = 1; line <= count; line++) comparison.add([`w${line}`], ["O"], 0, { file: 0, line });
  for (let line = 1; line <= count; line += 500_000)
    comparison.add([`w${line + 1}`], [line === 1 ? "B-X" : "O"], 1, { file: 1, line });
  expect(comparison.result()).toEqual([
    {
      first: 0,
      again: 1,
      count: 4,
      otherTags: 1,
      repeated: [1, 500_001, 1_000_001].map((line) => ({
        place: expect.objectContaining({ file: 1, line }),
        before: expect.objectContaining({ file: 0, line: line + 1 }),
      })),
    },
  ]);
});

it("names are told apart in the same way, the most frequent ones first", () => {
  const comparison = new SurfaceComparison();
  const count = 1_000_000;
  for (let line = 1; line <= count; line++) comparison.add(`name ${line}`, "PER", { file: 0, line });
  for (const line of [7, 8, 8, 999_999]) comparison.add(`name ${line}`, "LOC", { file: 1, line });
  const first = (file: number, line: number) => ({ file, line });
  expect(comparison.result(2)).toEqual({
    count: 3,
    ambiguous: [
      {
        surface: "name 8",
        types: [
          { type: "LOC", count: 2, first: first(1, 8) },
          { type: "PER", count: 1, first: first(0, 8) },
        ],
      },
      {
        surface: "name 7",
        types: [
          { type: "PER", count: 1, first: first(0, 7) },
          { type: "LOC", count: 1, first: first(1, 7) },
        ],
      },
    ],
  });
});

describe("records in parts", () => {
  it("come back whole and in their order, whatever their length", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: 0, max: 200_000 }))), (records) => {
        const parts = new SpilledParts();
        records.forEach(([hash, length], index) => {
          parts.add(hash, 12 + length, (into, at) => {
            into.writeUInt32LE(hash, at);
            into.writeUInt32LE(length, at + 4);
            into.writeUInt32LE(index, at + 8);
            into.fill(index, at + 12, at + 12 + length);
          });
        });
        const found: [number, number, number][] = [];
        for (const part of parts)
          for (let at = 0; at < part.length; ) {
            const [hash, length, index] = [0, 4, 8].map((place) => part.readUInt32LE(at + place));
            found.push([hash!, length!, index!]);
            expect(part.subarray(at + 12, at + 12 + length!).every((byte) => byte === index! % 256)).toBe(
              true,
            );
            at += 12 + length!;
          }
        parts.close();
        const byHash = (hash: number) => found.filter(([each]) => each === hash).map(([, , index]) => index);
        for (const [hash] of records) expect(byHash(hash)).toEqual(byHash(hash).toSorted((a, b) => a - b));
        expect(found.toSorted(([, , a], [, , b]) => a - b)).toEqual(
          records.map(([hash, length], index) => [hash, length, index]),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("that find no place for their file are a named error", () => {
    vi.stubEnv("TMPDIR", at("none"));
    const parts = new SpilledParts();
    const fill = () => {
      for (let index = 0; index < 2000; index++) parts.add(0, 1000, () => {});
    };
    expect(fill).toThrow(expect.objectContaining({ code: "FILES_NOT_FOUND" }));
    vi.unstubAllEnvs();
  });
});

it("training is warned of leaks, of types that it lacks, and of suspicious characters", async () => {
  const compared = async (text: string, file: string) => {
    const data = await parseDataset(Buffer.from(text), file);
    return { facts: dataFacts(data), keys: () => sentenceKeys(data) };
  };
  const train = await compared(TRAIN, "train.conll");
  const valid = await compared(VALID, "valid.conll");
  expect(dataWarnings(train, [valid])).toEqual([
    {
      code: "SENTENCES_LEAKED",
      message:
        "valid.conll: 1 of 3 sentences repeats a sentence of the training data (line 1 of valid.conll repeats line 1 of train.conll). Scores on them say little about new text.",
    },
    {
      code: "TYPES_UNSEEN",
      message:
        "valid.conll has entities of type RIVER, but train.conll has none: the model cannot learn them.",
    },
    {
      code: "CHARACTERS_SUSPICIOUS",
      message:
        "valid.conll: 1 invisible or broken character (U+200B zero-width space), first in the sentence at valid.conll:7.",
    },
  ]);
  expect(dataWarnings(train, [])).toEqual([]);
});

/** Of 10,000 sentences; as objects, those of 10 blocks need more than the heap that they get. */
const BLOCKS = full ? 40 : 10;

it("files larger than the memory go through", () => {
  const large = openSync(at("large.conll"), "w");
  for (let block = 0; block < BLOCKS; block++) {
    const sentences = Array.from({ length: 10_000 }, (_, index) => {
      const number = block * 10_000 + index;
      return `Ada${number % 1000} B-PER\nmet O\nsomebody${number} O\nin O\nTurin B-LOC\ntoday O\n\n`;
    });
    writeSync(large, sentences.join(""));
  }
  closeSync(large);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--max-old-space-size=40", "--import", "tsx", join(import.meta.dirname, "child.ts"), at("large.conll")],
    {
      cwd: resolve(import.meta.dirname, "../../.."),
      encoding: "utf8",
      env: { ...process.env, NODE_OPTIONS: "" },
    },
  );
  expect(stderr).toBe("");
  const { sentences, bytes, memory } = JSON.parse(stdout);
  expect(sentences).toBe(BLOCKS * 10_000);
  expect(bytes).toBeGreaterThan(BLOCKS * 500_000);
  // What tsx and Node take is in it.
  expect(memory).toBeLessThan(400e6);
});
