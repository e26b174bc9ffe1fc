/** Files of our own hold types with spaces: tabs separate their columns, and they are read back as they were. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { columnFile } from "../../../src/data/formats/columns/conll.js";
import {
  convert,
  parseDataset,
  predictionLines,
  readDataset,
  readPredictions,
} from "../../../src/data/index.js";
import type { Sentence } from "../../../src/text/index.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-spaces-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const at = (name: string, text?: string): string => {
  const path = join(scratch, name);
  if (text !== undefined) writeFileSync(path, text);
  return path;
};

const record = (tokens: string[], tags: string[]) => JSON.stringify({ tokens, tags });

describe("a type with a space", () => {
  it("is converted to columns with tabs, and back", async () => {
    const input = at(
      "jobs.jsonl",
      [
        record(["Anna", "is", "Head"], ["B-PER", "O", "B-Job Title"]),
        record(["Head", "of", "Sales"], ["B-Job Title", "I-Job Title", "I-Job Title"]),
      ].join("\n"),
    );
    await convert(input, at("jobs.conll"));
    expect(readFileSync(at("jobs.conll"), "utf8")).toBe(
      "-DOCSTART-\tO\n\nAnna\tB-PER\nis\tO\nHead\tB-Job Title\n\nHead\tB-Job Title\nof\tI-Job Title\nSales\tI-Job Title\n\n",
    );
    const words = ({ sentences }: { sentences: readonly Sentence[] }) =>
      sentences.map(({ words, tags }) => [words, tags]);
    expect(words(await readDataset(at("jobs.conll")))).toEqual(words(await readDataset(input)));
  });

  it("is read back even if every line has one, so that spaces would give equal columns as well", async () => {
    const one = at("one.jsonl", record(["Head", "Chief"], ["B-Job Title", "B-Job Title"]));
    await convert(one, at("one.conll"));
    const { sentences } = await readDataset(at("one.conll"));
    expect(sentences.map(({ words, tags }) => [words, tags])).toEqual([
      [
        ["Head", "Chief"],
        ["B-Job Title", "B-Job Title"],
      ],
    ]);
  });

  it("can be compared: predictions are written and read with tabs", async () => {
    const sentences: Sentence[] = [
      { words: ["Head"], tags: ["B-Job Title"], document: 0, line: 1 },
      { words: ["Chief"], tags: ["O"], document: 0, line: 3 },
    ];
    const text = [...predictionLines(sentences, [["B-Job Title"], ["B-Job Title"]])].join("");
    expect(text).toBe("-DOCSTART-\tO\tO\n\nHead\tB-Job Title\tB-Job Title\n\nChief\tO\tB-Job Title\n\n");
    const file = at("predictions.conll", text);
    const { units } = await readPredictions([file], [file]);
    expect(units.map(({ gold, a }) => [gold, a])).toEqual([
      [[["B-Job Title"]], [[["B-Job Title"]]]],
      [[["O"]], [[["B-Job Title"]]]],
    ]);
  });
});

it("a file without spaces has no tabs and begins with its first word", () => {
  const sentences = [{ words: ["Ada"], tags: ["B-PER"], document: 0, line: 1 }];
  expect([...columnFile(sentences, ({ tags }) => [tags])].join("")).toBe("Ada B-PER\n\n");
});

it("a delimiter that is asked for is used, and what it cannot hold is refused as a word or as a tag", () => {
  const write = (word: string, tag: string, delimiter?: string) =>
    [
      ...columnFile([{ words: [word], tags: [tag], document: 0, line: 1 }], ({ tags }) => [tags], delimiter),
    ].join("");
  expect(write("a b", "O", "|")).toBe("a b|O\n\n");
  expect(() => write("a", "B-Job Title", " ")).toThrow(
    /a tag that is empty or contains the column separator: "B-Job Title"/,
  );
  expect(() => write("a\tb", "B-Job Title")).toThrow(/a word that is empty or contains the column separator/);
  expect(() => write("-DOCSTART-", "O")).toThrow(/looks like a blank line, a comment or -DOCSTART-/);
});

it("padded columns with tabs are read as before", async () => {
  const { sentences } = await parseDataset(Buffer.from("-DOCSTART-\tO\n\nAda \t B-PER\n"), "x.conll");
  expect(sentences[0]).toMatchObject({ words: ["Ada"], tags: ["B-PER"] });
});

it("whatever words and types are, what is written is read back", async () => {
  const text = fc.constantFrom("Ada", "New York", "#", "a b c", "x", "-", "東京", "\u00a0", "O");
  const type = fc.constantFrom("Job Title", "PER", "a b c");
  const sentence = fc.array(fc.tuple(text, fc.option(type)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(sentence, { minLength: 1, maxLength: 4 }), async (all) => {
      const sentences = all.map((cells, index) => ({
        words: cells.map(([word]) => word),
        tags: cells.map(([, found]) => (found === null ? "O" : `B-${found}`)),
        document: 0,
        line: index,
      }));
      const written = [...columnFile(sentences, ({ tags }) => [tags])].join("");
      fc.pre(sentences.some(({ tags }) => tags.some((tag) => tag !== "O")));
      const read = await parseDataset(Buffer.from(written), "x.conll", { format: "conll" });
      expect(read.sentences.map(({ words, tags }) => [words, tags])).toEqual(
        sentences.map(({ words, tags }) => [words, tags]),
      );
    }),
  );
});
