/** Entities by the places of words: GLiNER's training data and the like. */
import { expect, it } from "vitest";
import { parseDataset, type ReadOptions, type SpanProblem } from "../../../src/data/index.js";

async function readAll(records: readonly unknown[], options: ReadOptions = {}) {
  const notes = new Set<string>();
  const text = records.map((record) => JSON.stringify(record)).join("\n");
  const { sentences } = await parseDataset(Buffer.from(text), "x.jsonl", {
    onNote: (note) => notes.add(note),
    ...options,
  });
  return { rows: sentences.map(({ tags }) => tags.join(" ")), notes: [...notes], sentences };
}

const rows = async (...records: readonly unknown[]) => (await readAll(records)).rows;

const words = ["Ann", "Lee", "met", "Bob"];

it("GLiNER: the last word is included", async () => {
  const ner = [
    [0, 1, "PER"],
    [3, 3, "PER"],
  ];
  expect(await rows({ tokenized_text: words, ner })).toEqual(["B-PER I-PER O B-PER"]);
});

it("GLiNER: a record without ner was not annotated, unless none has it", async () => {
  const { rows: found, notes } = await readAll([
    { tokenized_text: words },
    { tokenized_text: words, ner: [] },
    { tokenized_text: words, ner: [[0, 0, "PER"]] },
  ]);
  expect(found).toEqual(["O O O O", "B-PER O O O"]);
  expect(notes).toEqual(["x.jsonl: left out 1 of 3 records: 1 without entities"]);
  expect(await rows({ tokenized_text: words })).toEqual([""]);
});

it("treats overlapping entities as the policy says", async () => {
  const record = {
    tokenized_text: words,
    ner: [
      [0, 1, "PER"],
      [1, 1, "NAME"],
      [2, 9, "X"],
    ],
  };
  await expect(readAll([record])).rejects.toMatchObject({ code: "DATA_SPANS_UNFIT", where: "x.jsonl:1" });
  const problems: SpanProblem[] = [];
  const { rows: found } = await readAll([record], {
    policy: "drop",
    onProblem: (problem) => problems.push(problem),
  });
  expect(found).toEqual(["B-PER I-PER O O"]);
  expect(problems.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
    "outside dropped",
    "overlap dropped",
  ]);
});

it("Prodigy's token_start and token_end: the last word is included", async () => {
  const spans = [{ token_start: 0, token_end: 1, label: "PER" }];
  expect(await rows({ tokens: words, spans })).toEqual(["B-PER I-PER O O"]);
});

it("SpERT: the word at the end is not included, and a note says so", async () => {
  const { rows: found, notes } = await readAll([
    {
      tokens: words,
      entities: [{ type: "Peop", start: 0, end: 2 }],
      relations: [{ type: "x", head: 0, tail: 0 }],
      orig_id: 1,
    },
  ]);
  expect(found).toEqual(["B-Peop I-Peop O O"]);
  expect(notes).toEqual([
    "x.jsonl: the word at the end of an entity does not belong to it, as in SpERT's data",
    "x.jsonl: ignored 1 relation",
  ]);
});

it("OneIE: the word at the end is not included; the text of an entity decides", async () => {
  const mention = (end: number, text?: string) => ({
    tokens: words,
    entity_mentions: [{ start: 0, end, entity_type: "PER", ...(text === undefined ? {} : { text }) }],
  });
  expect(await rows(mention(2), mention(1, "Ann Lee"), mention(2, "Ann Lee"))).toEqual(
    Array(3).fill("B-PER I-PER O O"),
  );
});

it("W2NER: words of a discontinuous entity are treated as the policy says", async () => {
  const record = { sentence: words, ner: [{ index: [0, 3], type: "PER" }] };
  await expect(readAll([record])).rejects.toMatchObject({ code: "DATA_SPANS_UNFIT" });
  expect((await readAll([record], { policy: "widen" })).rows).toEqual(["B-PER I-PER I-PER I-PER"]);
  expect(await rows({ sentence: words, ner: [{ index: [0, 1], type: "PER" }] })).toEqual(["B-PER I-PER O O"]);
});

it("SciERC: places count through the document", async () => {
  const { rows: found, sentences } = await readAll([
    { doc_key: "a", sentences: [words, ["Ann", "left"]], ner: [[[0, 1, "PER"]], [[4, 4, "PER"]]] },
    { doc_key: "b", sentences: [["Bob", "left"]], ner: [[]] },
  ]);
  expect(found).toEqual(["B-PER I-PER O O", "B-PER O", "O O"]);
  expect(sentences.map(({ document }) => document)).toEqual([0, 0, 1]);
});

it.each([
  { tokens: words, ner: [[0, 1, "PER"]] },
  { tokens: words, spans: [{ start: 0, end: 1, label: "PER" }] },
])("refuses places whose last word is unclear: %j", async (record) => {
  await expect(readAll([record])).rejects.toMatchObject({
    code: "DATA_WORD_SPANS_UNCLEAR",
    where: "x.jsonl:1",
  });
});

it("does not take tags for spans", async () => {
  const tags = ["B-PER", "I-PER", "O", "O"];
  expect(await rows({ tokenized_text: words, ner: tags })).toEqual([tags.join(" ")]);
  expect(await rows({ tokens: words, ner_tags: tags, entities: [{ start: 0, end: 1, type: "X" }] })).toEqual([
    tags.join(" "),
  ]);
});

it.each([
  [{ tokenized_text: words, ner: [[0, "PER"]] }],
  [{ tokenized_text: ["a", ""], ner: [[0, 0, "PER"]] }],
  [{ sentences: [words], ner: [[[0, 1]]] }],
])("names the place of a broken record: %j", async (record) => {
  const first = {
    ...record,
    ner: [],
    ...("sentences" in record ? { ner: [[]] } : { tokenized_text: words }),
  };
  await expect(readAll([first, record])).rejects.toMatchObject({
    code: "DATA_JSON_SHAPE",
    where: "x.jsonl:2",
  });
});
