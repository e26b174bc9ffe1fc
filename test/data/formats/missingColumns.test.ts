/** Columns that are not there are named at once, and tags are found by their values where that is plain. */
import { expect, it } from "vitest";
import { parseDataset, type ReadOptions } from "../../../src/data/index.js";

async function parsed(file: string, text: string, options: ReadOptions = {}) {
  const notes = new Set<string>();
  const { sentences } = await parseDataset(Buffer.from(text), file, {
    onNote: (note) => notes.add(note),
    ...options,
  });
  return { tags: sentences.map(({ tags }) => tags.join(" ")), notes: [...notes] };
}

const both = { tokenColumn: "wort", tagColumn: "marke" };

it.each<[string, string, ReadOptions, string, string]>([
  [
    "x.csv",
    "Sentence #,Word,Tag\n1,Ada,B-PER\n",
    both,
    "DATA_TABLE_COLUMN_MISSING",
    "no column wort for the words and no column marke for the tags; its columns are: Sentence #, Word, Tag",
  ],
  [
    "x.csv",
    `tokens,ner_tags\n"['Ada']","['B-PER']"\n`,
    both,
    "DATA_TABLE_COLUMN_MISSING",
    "no column wort for the words and no column marke for the tags",
  ],
  [
    "x.jsonl",
    '{"tokens":["Ada"],"ner_tags":["B-PER"]}\n',
    both,
    "DATA_KEY_MISSING",
    "no key wort for the tokens and no key marke for the tags",
  ],
  [
    "x.conllu",
    `1\tAda${"\t_".repeat(4)}\t0${"\t_".repeat(2)}\tNE=B-PER\n`,
    both,
    "DATA_TABLE_COLUMN_MISSING",
    "no column wort for the words and no column marke for the tags",
  ],
  [
    "x.conllup",
    "# global.columns = ID FORM NER\n1\tAda\tB-PER\n",
    both,
    "DATA_TABLE_COLUMN_MISSING",
    "no column wort for the words and no column marke for the tags",
  ],
  ["x.conll", "Ada B-PER\n", both, "DATA_COLUMN_KIND", '"wort" and "marke" are not column numbers'],
  [
    "x.conll",
    "Ada B-PER\n",
    { tokenColumn: 3, tagColumn: 4 },
    "DATA_TOKEN_COLUMN_MISSING",
    "no column 3 for the words and no column 4 for the tags: each line has 2 columns",
  ],
])("%s names both columns that are missing", async (file, text, options, code, message) => {
  await expect(parsed(file, text, options)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

it("tags of a table are in the only column with tags of entities, whatever it is called", async () => {
  const table = "sentence_id,word,POS,Marke\n1,Ada,NNP,B-PER\n1,lebt,VBZ,O\n2,Bob,NNP,B-PER\n";
  const { tags, notes } = await parsed("x.csv", table);
  expect(tags).toEqual(["B-PER O", "B-PER"]);
  expect(notes).toEqual(["x.csv: the tags are read from Marke"]);
  const two = "sentence_id,word,Grob,Fein\n1,Ada,B-PER,B-PERderiv\n1,lebt,O,O\n";
  await expect(parsed("x.csv", two)).rejects.toMatchObject({ code: "DATA_TABLE_COLUMN_MISSING" });
  const chunks = "sentence_id,word,phrases\n1,Ada,B-NP\n1,lebt,B-VP\n";
  await expect(parsed("x.csv", chunks)).rejects.toMatchObject({ code: "DATA_TABLE_COLUMN_MISSING" });
  const lists = `words,Marke\n"['Ada', 'lebt']","['B-PER', 'O']"\n`;
  expect(await parsed("x.csv", lists)).toEqual({
    tags: ["B-PER O"],
    notes: ["x.csv: the tags are read from Marke"],
  });
});
