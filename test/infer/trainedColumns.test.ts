import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type EvaluateFolderOptions, evaluateFolder } from "../../src/infer/index.js";
import { writeTinyModel } from "./tinyModel.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-columns-"));
let folder: string;
beforeAll(async () => {
  folder = await writeTinyModel(join(scratch, "model"));
  const recipe = { nerium: "0.1.0", model: "m", output: "o", tokenColumn: 1, tagColumn: 2 };
  writeFileSync(join(folder, "training_args.json"), JSON.stringify(recipe));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function evaluated(name: string, text: string, options: EvaluateFolderOptions = {}) {
  const file = join(scratch, name);
  writeFileSync(file, text);
  const notes = new Set<string>();
  const { data, gold } = await evaluateFolder(folder, file, {
    threads: 1,
    onNote: (note) => notes.add(note),
    ...options,
  });
  return { words: data.sentences.map(({ words }) => words.join(" ")), gold, notes: [...notes].join("\n") };
}

const FOUR = "x Anna B-PER O\ny lives O B-LOC\n";

it("data is read from the columns that the folder records, with a note", async () => {
  const { words, gold, notes } = await evaluated("four.conll", FOUR);
  expect(words).toEqual(["Anna lives"]);
  expect(gold).toEqual([["B-PER", "O"]]);
  expect(notes).toContain("same columns as in training: option tokenColumn 1, option tagColumn 2");
});

it("columns that are asked for come first", async () => {
  const { words, gold, notes } = await evaluated("four.conll", FOUR, { tokenColumn: 0, tagColumn: 3 });
  expect([words, gold]).toEqual([["x y"], [["O", "B-LOC"]]]);
  expect(notes).not.toContain("training");
});

it("data without these columns is read as usual, with a note", async () => {
  const { words, gold, notes } = await evaluated("two.conll", "Anna B-PER\nlives O\n");
  expect([words, gold]).toEqual([["Anna lives"], [["B-PER", "O"]]]);
  expect(notes).toContain("does not have the columns of the training data");
});
