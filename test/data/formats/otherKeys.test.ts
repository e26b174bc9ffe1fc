/** Words and tags under other keys and columns: taken where it is plain, named with the flag otherwise. */

import { columnFromArray, int64, list, tableFromColumns, tableToIPC, utf8 } from "@uwdata/flechette";
import { expect, it } from "vitest";
import { parseDataset, type ReadOptions } from "../../../src/data/index.js";

async function readJson(records: readonly unknown[], options: ReadOptions = {}) {
  const notes = new Set<string>();
  const text = records.map((record) => JSON.stringify(record)).join("\n");
  const { sentences } = await parseDataset(Buffer.from(text), "x.jsonl", {
    onNote: (note) => notes.add(note),
    ...options,
  });
  return { rows: sentences.map(({ words, tags }) => [words, tags]), notes: [...notes] };
}

const words = ["Ann", "Lee", "left"];
const tags = ["B-PER", "I-PER", "O"];

it.each(["labels", "ner", "label", "ner_labels", "entities", "some_name"])(
  "JSON Lines: takes tags under %s, and says so",
  async (key) => {
    const { rows, notes } = await readJson([{ words, [key]: tags }]);
    expect(rows).toEqual([[words, tags]]);
    expect(notes).toEqual([`x.jsonl: the tags are read from ${key}`]);
  },
);

it.each(["text", "sentence", "token"])("JSON Lines: takes words under %s, and says so", async (key) => {
  const { rows, notes } = await readJson([{ [key]: words, labels: tags }]);
  expect(rows).toEqual([[words, tags]]);
  expect(notes).toContain(`x.jsonl: the words are read from ${key}`);
});

it("JSON Lines: integers under another key need names", async () => {
  const records = [{ tokens: words, labels: [1, 2, 0] }];
  await expect(readJson(records)).rejects.toMatchObject({ code: "DATA_LABEL_NAMES_MISSING" });
  expect((await readJson(records, { labels: ["O", "B-PER", "I-PER"] })).rows).toEqual([[words, tags]]);
});

it("JSON Lines: does not take grammar for entities, but names it with the flag", async () => {
  const { rows, notes } = await readJson([
    { tokens: words, chunk_tags: ["B-NP", "I-NP", "O"], lemmas: words },
  ]);
  expect(rows).toEqual([[words, []]]);
  expect(notes).toEqual([
    "x.jsonl: no tags are read. chunk_tags, lemmas have one value per word; to read one of them as tags, use option tagColumn with chunk_tags",
  ]);
});

it("JSON Lines: lists of another length are no tags", async () => {
  const { rows, notes } = await readJson([{ tokens: words, labels: ["news"] }]);
  expect([rows, notes]).toEqual([[[words, []]], []]);
});

it("JSON Lines: spans beside words are not dropped", async () => {
  const record = { text: "Ann Lee left", tokens: words, entities: [{ start: 0, end: 7, label: "PER" }] };
  await expect(readJson([record])).rejects.toMatchObject({
    code: "DATA_WORD_SPANS_UNCLEAR",
    where: "x.jsonl:1",
  });
  expect((await readJson([record], { format: "spacy-entities" })).rows).toEqual([[words, tags]]);
  const { entities, ...rest } = record;
  expect((await readJson([{ ...rest, spans: entities }])).rows).toEqual([[words, tags]]);
});

it("JSON Lines: tags that appear later are an error", async () => {
  await expect(
    readJson([
      { tokens: words, labels: [] },
      { tokens: words, labels: tags },
    ]),
  ).rejects.toMatchObject({ code: "DATA_JSON_SHAPE", where: "x.jsonl:2" });
});

function arrowOf(columns: Readonly<Record<string, readonly unknown[]>>, features?: object): Uint8Array {
  const made = Object.entries(columns).map(([name, values]) => {
    const first = values[0] as readonly unknown[];
    const type = !Array.isArray(first) ? utf8() : typeof first[0] === "string" ? list(utf8()) : list(int64());
    return [name, columnFromArray([...values] as never, type)];
  });
  const table = tableFromColumns(Object.fromEntries(made) as never);
  if (features !== undefined)
    table.schema.metadata = new Map([["huggingface", JSON.stringify({ info: { features } })]]);
  return tableToIPC(table, { format: "stream" })!;
}

async function readArrow(bytes: Uint8Array, options: ReadOptions = {}) {
  const notes: string[] = [];
  const { sentences } = await parseDataset(bytes, "x.arrow", {
    onNote: (note) => notes.push(note),
    ...options,
  });
  return { rows: sentences.map((sentence) => [sentence.words, sentence.tags]), notes };
}

it("tables: takes a list under another name, but no single value", async () => {
  const { rows, notes } = await readArrow(arrowOf({ label: ["news"], words: [words], ner: [tags] }));
  expect(rows).toEqual([[words, tags]]);
  expect(notes).toEqual(["x.arrow: the tags are read from ner"]);
});

it("tables: takes the only class labels with O", async () => {
  const labels = (names: readonly string[]) => ({
    _type: "Sequence",
    feature: { _type: "ClassLabel", names },
  });
  const bytes = arrowOf(
    { tokens: [words], pos: [[0n, 0n, 1n]], coarse: [[1n, 2n, 0n]] },
    { pos: labels(["NNP", "VBD"]), coarse: labels(["O", "B-PER", "I-PER"]) },
  );
  expect((await readArrow(bytes)).rows).toEqual([[words, tags]]);
});

it("tables: names the lists that may be tags", async () => {
  const { rows, notes } = await readArrow(arrowOf({ tokens: [words], strange: [tags] }));
  expect(rows).toEqual([[words, []]]);
  expect(notes).toEqual([
    "x.arrow: no tags are read. strange has one value per word; to read it as tags, use option tagColumn with strange",
  ]);
  expect(
    (await readArrow(arrowOf({ tokens: [words], strange: [tags] }), { tagColumn: "strange" })).rows,
  ).toEqual([[words, tags]]);
});
