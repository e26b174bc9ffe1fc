import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { splitData } from "../../../src/data/index.js";
import { plain } from "../../../src/data/split/groups.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-groups-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const RATIOS = [0.6, 0.2, 0.2];
let outputs = 0;

/** Splits a file. Returns the sentences of each part, and what is said. */
async function split(name: string, text: string, ratios: readonly number[] = RATIOS) {
  const input = join(scratch, name);
  writeFileSync(input, text);
  const notes: string[] = [];
  const { parts } = await splitData(input, join(scratch, `parts-${outputs++}`), {
    ratios,
    seed: 3,
    onNote: (note) => notes.push(note),
  });
  const sentences = parts.map(({ path }) => readFileSync(path, "utf8").trim().split("\n\n"));
  return { parts, notes, sentences };
}
const columns = (sentence: string): string =>
  sentence
    .split(" ")
    .map((word) => `${word} ${word === "Ada" ? "B-PER" : "O"}\n`)
    .join("");

/** Sentences that differ in more than numbers. */
const different = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    columns(
      `Ada met ${String.fromCodePoint(0x61 + (index % 26)).repeat(3 + Math.floor(index / 26))} in Turin`,
    ),
  );

it("a sentence is compared without case, numbers and punctuation", () => {
  expect(plain(["Ada", "won", "2", ",", "then", "3.5", "!"])).toBe(
    plain(["ADA", "won", "10", "then", "7", "."]),
  );
  expect(plain(["Ada", "won"])).not.toBe(plain(["Ada", "lost"]));
  expect(plain(["A320", "flew"])).not.toBe(plain(["A330", "flew"]));
  expect(plain(["?", "!"])).toBe("? !");
});

describe("equal and nearly equal sentences", () => {
  it("are in one part, and nothing is lost", async () => {
    const same = ["Ada won 3 prizes in May .", "ADA won 12 prizes in May", "ada won 7 prizes in May !"];
    const texts = [
      ...different(20),
      ...same.map(columns),
      ...same.map(columns),
      "yes O\n",
      "yes O\n",
      "yes O\n",
    ];
    for (const order of [texts, texts.toReversed()]) {
      const { sentences, notes } = await split("all.conll", order.join("\n"));
      expect(notes).toEqual([]);
      expect(
        sentences
          .flat()
          .map((each) => `${each}\n`)
          .sort(),
      ).toEqual(texts.toSorted());
      const holding = (pattern: RegExp) =>
        sentences.filter((part) => part.some((each) => pattern.test(each)));
      expect(holding(/^ada \S+\nwon O/i)).toHaveLength(1);
      expect(holding(/^yes/)).toHaveLength(1);
    }
  });

  it("are kept together if they are equal even where most sentences differ only in numbers, which is said", async () => {
    const texts = Array.from({ length: 30 }, (_, index) => columns(`Ada met client ${index % 15} in Turin`));
    const { sentences, notes } = await split("numbers.conll", texts.join("\n"));
    const parts = sentences.map((part) => new Set(part));
    for (const text of new Set(texts.map((each) => each.trim())))
      expect(parts.filter((part) => part.has(text))).toHaveLength(1);
    expect(notes).toEqual([expect.stringMatching(/^\d+ sentences are in another part as well, or differ /)]);
  });

  it("are one sentence where there are no others", async () => {
    const error = split("one.conll", "Ada B-PER\n\nAda B-PER\n\nAda B-PER\n");
    await expect(error).rejects.toMatchObject({
      code: "DATA_SPLIT_TOO_SMALL",
      message: "The data has only 1 different sentence: none is left for validation",
    });
  });

  it("keep documents together that share one, but not if nearly all do", async () => {
    const document = (sentences: readonly string[]) => `-DOCSTART- O\n\n${sentences.join("\n")}\n`;
    const own = different(24);
    const shared = columns("Ada won 3 prizes in May .");
    const documents = own.map((sentence, index) =>
      document(index % 8 === 0 ? [sentence, shared] : [sentence]),
    );
    const { sentences, notes } = await split("documents.conll", documents.join(""));
    expect(sentences.filter((part) => part.some((each) => each.includes("prizes")))).toHaveLength(1);
    expect(notes).toEqual([]);
    const all = own.map((sentence) => document([sentence, shared]));
    const spread = await split("shared.conll", all.join(""));
    expect(spread.parts.every((part) => part.sentences > 0)).toBe(true);
    expect(spread.notes).toEqual([expect.stringMatching(/^\d+ sentences are in another part as well/)]);
  });

  it("are kept together in texts as well", async () => {
    const line = (text: string) => JSON.stringify({ text, label: [[0, 3, "PER"]] });
    const texts = [
      ...Array.from({ length: 12 }, (_, index) => `Ada met ${"abcdefghijkl"[index]!.repeat(4)}.`),
      ...["Ada won 3 prizes in May.", "Ada won 4 prizes in May!", "Ada smiled.", "Ada smiled."],
    ];
    const { sentences } = await split("texts.jsonl", texts.map(line).join("\n"));
    const parts = sentences.map((part) => part.join("\n"));
    expect(parts.filter((part) => part.includes("prizes"))).toHaveLength(1);
    expect(parts.filter((part) => part.includes("smiled"))).toHaveLength(1);
  });
});
