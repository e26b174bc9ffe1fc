import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { inspectPaths } from "../../../src/data/index.js";
import { typeFindings } from "../../../src/data/inspect/types.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-types-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const findings = (...types: string[]) =>
  typeFindings(types.map((what) => ({ what, count: 2, places: ["f:1"] })));
const similar = (...types: string[]) => findings(...types).similar.map(({ a, b, why }) => [a, b, why]);

describe("entity types", () => {
  it("with invisible characters or letters of several scripts are odd", () => {
    expect(
      findings("PER", "PER\u00a0", "L\u200bOC", "О\u0052G", "МЕСТО", "Αθήνα").odd.map(({ what }) => what),
    ).toEqual([
      "PER\u00a0: U+00A0 no-break space",
      "L\u200bOC: U+200B zero-width space",
      "О\u0052G: letters of Latin and Cyrillic",
    ]);
  });

  it("that look the same, or differ in case or a letter, may be one", () => {
    expect(similar("PER", "PER\u00a0", "ORG")).toEqual([["PER", "PER\u00a0", "look alike"]]);
    expect(similar("LOC", "LОС")).toEqual([["LOC", "LОС", "look alike"]]);
    expect(similar("Person", "PERSON", "Place")).toEqual([["Person", "PERSON", "differ in case"]]);
    expect(similar("Organisation", "organization", "Organizations")).toEqual([
      ["Organisation", "organization", "differ in one letter"],
      ["organization", "Organizations", "differ in one letter"],
    ]);
  });

  it("that are short, or numbered, are not similar", () => {
    expect(similar("A", "B", "AB", "AC")).toEqual([]);
    expect(similar("LABEL_1", "LABEL_2", "LABEL_12")).toEqual([]);
    expect(similar("PER", "LOC", "ORG", "MISC", "GPE", "DATE", "TIME", "NORP", "FAC")).toEqual([]);
  });
});

it("an inspection tells of odd, similar and single types, with their places", async () => {
  const [a, b] = [join(scratch, "a.conll"), join(scratch, "b.conll")];
  writeFileSync(a, "Ada B-PER\nmet O\nEve B-PER\nand O\nRiver B-RIVER\n");
  writeFileSync(b, "Ada B-PER\u00a0\nmet O\nNile B-RIVR\nand O\nPo B-RIVER\nor O\nPo B-RIVR\n");
  const { types } = await inspectPaths([a, b]);
  expect(types).toEqual({
    odd: [{ what: "PER\u00a0: U+00A0 no-break space", count: 1, places: [`${b}:1`] }],
    single: [{ what: "PER\u00a0", count: 1, places: [`${b}:1`] }],
    similar: [
      { a: "PER", b: "PER\u00a0", why: "look alike" },
      { a: "RIVER", b: "RIVR", why: "differ in one letter" },
    ],
  });
});

it("words that a model does not know are counted by split, the most frequent ones first", async () => {
  const file = join(scratch, "words.conll");
  writeFileSync(file, "a O\n東 O\n\n京 O\n東 O\nb B-X\n");
  const model = {
    limit: 10,
    tokens: async (sentences: readonly (readonly string[])[]) => sentences.map(({ length }) => length),
    unknown: async (sentences: readonly (readonly string[])[]) =>
      sentences.map((words) => [...words.keys()].filter((word) => words[word]! > "z")),
  };
  const { tokens } = await inspectPaths([file], { model });
  expect(tokens!.splits[file]).toMatchObject({ unknownWords: 3, tooLong: 0 });
  expect(tokens!.unknown).toEqual([
    { what: "東", count: 2, places: [`${file}:2`, `${file}:5`] },
    { what: "京", count: 1, places: [`${file}:4`] },
  ]);
});
