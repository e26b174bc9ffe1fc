/** Files as each tool's own documentation shows them, and as the tools write them. */
import { expect, it } from "vitest";
import type { FormatOptions } from "../../../src/data/formats/format.js";
import { plain, read } from "./written.js";

async function readAs(name: string, files: Readonly<Record<string, string>>, options: FormatOptions = {}) {
  const bytes = Object.fromEntries(Object.entries(files).map(([file, text]) => [file, Buffer.from(text)]));
  const notes = new Set<string>();
  const { content, format } = await read(bytes, Object.keys(files)[0]!, {
    onNote: (note) => notes.add(note),
    ...options,
  });
  expect(format.name).toBe(name);
  return { items: plain(content), notes: [...notes] };
}

const span = (type: string, start: number, end: number) => ({ type, start, end });

it("brat: entities, broken ones too, and whatever else stands there", async () => {
  const { items, notes } = await readAs("brat", {
    "a.ann":
      "T1\tOrganization 0 4\tSony\n" +
      "T2\tMERGE-ORG 14 27\tjoint venture\n" +
      "T3\tOrganization 33 41\tEricsson\n" +
      "T4\tCountry 75 81\tSweden\n" +
      "T5\tX 0 4;14 19\tSony joint\n" +
      "T6\tY 75 82;83 87\tSweden. Sony\n" +
      "E1\tMERGE-ORG:T2 Org1:T1 Org2:T3\nR1\tOrigin Arg1:T3 Arg2:T4\n#1\tAnnotatorNotes T1\twhy\n",
    "a.txt":
      "Sony formed a joint venture with Ericsson, a mobile phone company based in Sweden.\nSony announced today that ...\n",
  });
  expect((items as { spans: unknown }[])[0]!.spans).toEqual([
    span("Organization", 0, 4),
    span("MERGE-ORG", 14, 27),
    span("Organization", 33, 41),
    span("Country", 75, 81),
    { ...span("X", 0, 19), gaps: [{ start: 4, end: 14 }] },
    span("Y", 75, 87),
  ]);
  expect(notes).toEqual(["a.ann: ignored 1 event, 1 relation, 1 note"]);
});

it("brat: a text without annotations has no entities; annotations without a text are an error", async () => {
  const { items } = await readAs("brat", { "a.ann": "", "a.txt": "Nobody is here." });
  expect(items).toEqual([{ text: "Nobody is here.", spans: [] }]);
  await expect(readAs("brat", { "a.ann": "T1\tX 0 1\tN\n" })).rejects.toMatchObject({
    code: "DATA_COMPANION_MISSING",
  });
  await expect(readAs("brat", { "a.ann": "T1 X 0 1 N\n", "a.txt": "N" })).rejects.toMatchObject({
    code: "DATA_LINE_INVALID",
    where: "a.ann:1",
  });
});

it("Label Studio: tasks with annotations of several people, relations and choices", async () => {
  const label = (start: number, end: number, text: string, labels: readonly string[]) => ({
    value: { start, end, text, labels },
    id: "gew3t9fgkg",
    from_name: "label",
    to_name: "text",
    type: "labels",
    origin: "manual",
  });
  const tasks = [
    {
      id: 1,
      data: { title: "x", text: "Ada lives in Turin" },
      annotations: [
        { id: 8, was_cancelled: true, result: [label(0, 3, "Ada", ["LOC"])] },
        {
          id: 9,
          was_cancelled: false,
          result: [
            label(0, 3, "Ada", ["PER"]),
            label(13, 18, "Turin", ["LOC", "CITY"]),
            { from_id: "a", to_id: "b", type: "relation", direction: "right" },
          ],
        },
        { id: 10, result: [label(4, 9, "lives", ["X"])] },
      ],
      predictions: [],
    },
    { id: 2, data: { text: "Nothing here" }, annotations: [{ result: [] }] },
  ];
  const { items, notes } = await readAs("label-studio", { "export.json": JSON.stringify(tasks, null, 2) });
  expect(items).toEqual([
    { text: "Ada lives in Turin", spans: [span("PER", 0, 3), span("LOC", 13, 18), span("CITY", 13, 18)] },
    { text: "Nothing here", spans: [] },
  ]);
  expect(notes).toEqual([
    "export.json: ignored 1 further annotation of a task (ground truth counts, otherwise the first), 1 relation",
  ]);
});

it("Label Studio: JSON-MIN, under any name of the labels", async () => {
  const text = JSON.stringify([
    {
      id: 7,
      text: "Ada lives in Turin",
      ner: [{ start: 0, end: 3, text: "Ada", labels: ["PER"] }],
      annotator: 1,
      annotation_id: 3,
      created_at: "2021-03-09T22:16:08.728353Z",
      updated_at: "2021-03-09T22:16:08.728378Z",
      lead_time: 4.2,
    },
  ]);
  const { items } = await readAs("label-studio-min", { "min.json": text });
  expect(items).toEqual([{ text: "Ada lives in Turin", spans: [span("PER", 0, 3)] }]);
});

it("doccano: lists of labels, and entities with relations", async () => {
  const lists =
    '{"id": 1, "text": "EU rejects German call", "label": [[0, 2, "ORG"], [11, 17, "MISC"]]}\n{"id": 2, "text": "Peter", "label": []}\n';
  expect((await readAs("doccano", { "all.jsonl": lists })).items).toEqual([
    { text: "EU rejects German call", spans: [span("ORG", 0, 2), span("MISC", 11, 17)] },
    { text: "Peter", spans: [] },
  ]);
  const older =
    '{"id": 3, "data": "Ada met Bob", "label": [[0, 3, "PER"]]}\n{"id": 4, "data": "Turin", "label": []}\n';
  expect((await readAs("doccano", { "admin.jsonl": older })).items).toEqual([
    { text: "Ada met Bob", spans: [span("PER", 0, 3)] },
    { text: "Turin", spans: [] },
  ]);
  const plural = '{"text": "東京都渋谷区 2丁目", "labels": [[0, 6, "LOC"]]}\n';
  expect((await readAs("doccano", { "all.jsonl": plural })).items).toEqual([
    { text: "東京都渋谷区 2丁目", spans: [span("LOC", 0, 6)] },
  ]);
  const relations = JSON.stringify({
    id: 5,
    text: "Google was founded by Larry Page",
    entities: [
      { id: 0, label: "ORG", start_offset: 0, end_offset: 6 },
      { id: 1, label: "PER", start_offset: 22, end_offset: 32 },
    ],
    relations: [{ id: 0, from_id: 0, to_id: 1, type: "foundedBy" }],
  });
  const { items, notes } = await readAs("doccano", { "all.jsonl": relations });
  expect(items).toEqual([
    { text: "Google was founded by Larry Page", spans: [span("ORG", 0, 6), span("PER", 22, 32)] },
  ]);
  expect(notes).toHaveLength(1);
});

it("spaCy: training examples in all the ways that its documentation has had", async () => {
  const expected = [{ text: "Who is Shaka Khan?", spans: [span("PERSON", 7, 17)] }];
  const files = [
    [["Who is Shaka Khan?", { entities: [[7, 17, "PERSON"]] }]],
    [{ text: "Who is Shaka Khan?", entities: [[7, 17, "PERSON"]] }],
    [{ text: "Who is Shaka Khan?", entities: [{ start: 7, end: 17, label: "PERSON" }] }],
  ];
  for (const file of files)
    expect((await readAs("spacy-entities", { "train.json": JSON.stringify(file) })).items).toEqual(expected);
  const annotator = { classes: ["PERSON"], annotations: [files[0]![0], null] };
  expect((await readAs("spacy-entities", { "train.json": JSON.stringify(annotator) })).items).toEqual(
    expected,
  );
});

it("spaCy: the JSON training format, with words that do not count", async () => {
  const token = (id: number, orth: string, ner: string) => ({
    id,
    orth,
    tag: "NN",
    head: 0,
    dep: "ROOT",
    ner,
  });
  const text = JSON.stringify([
    {
      id: 0,
      paragraphs: [
        {
          raw: "Ada Lovelace smiled. Turin",
          sentences: [
            {
              tokens: [
                token(0, "Ada", "B-PERSON"),
                token(1, "Lovelace", "L-PERSON"),
                token(2, "smiled", "-"),
              ],
              brackets: [],
            },
            { tokens: [token(0, "Turin", "U-GPE")], brackets: [] },
          ],
          cats: [],
        },
      ],
    },
  ]);
  const { items } = await readAs("spacy", { "train.json": text });
  expect(items).toEqual([
    { words: ["Ada", "Lovelace", "smiled"], tags: ["B-PERSON", "I-PERSON", "-100"], document: 0 },
    { words: ["Turin"], tags: ["B-GPE"], document: 0 },
  ]);
});

it("Prodigy: spans beside tokens of its own", async () => {
  const record = {
    text: "Apple updates its analytics service",
    tokens: [{ text: "Apple", start: 0, end: 5, id: 0 }],
    spans: [{ start: 0, end: 5, label: "ORG", token_start: 0, token_end: 0 }],
    answer: "accept",
  };
  const { items } = await readAs("spans", { "data.jsonl": JSON.stringify(record) });
  expect(items).toEqual([{ text: "Apple updates its analytics service", spans: [span("ORG", 0, 5)] }]);
});

it("Kaggle: a sentence's name at its first word alone, quotes quoted", async () => {
  const text =
    'Sentence #,Word,POS,Tag\nSentence: 1,Thousands,NNS,O\n,London,NNP,B-geo\n,"""",``,O\nSentence: 2,",",",",O\n,Iraq,NNP,B-geo\n';
  const { items } = await readAs("csv", { "ner.csv": text });
  expect(items).toEqual([
    { words: ["Thousands", "London", '"'], tags: ["O", "B-geo", "O"], document: 0 },
    { words: [",", "Iraq"], tags: ["O", "B-geo"], document: 0 },
  ]);
});

it("Kaggle: in the encoding that it is offered in, an error says how to get another", async () => {
  const text = Buffer.from("Sentence #,Word,POS,Tag\nSentence: 1,Chávez,NNP,B-per\n", "latin1");
  await expect(
    read({ "ner_dataset.csv": text }, "ner_dataset.csv").then(({ content }) => plain(content)),
  ).rejects.toMatchObject({
    code: "DATA_ENCODING_INVALID",
    remedy: expect.stringContaining("iconv -f latin1 -t utf-8"),
  });
});

it("Label Studio: spans without their text, as long ones are exported", async () => {
  const task = {
    id: 1,
    annotations: [
      {
        id: 9,
        completed_by: 1,
        result: [
          {
            value: { start: 0, end: 12, labels: ["Recipe"] },
            id: "a",
            from_name: "label",
            to_name: "text",
            type: "labels",
          },
        ],
        was_cancelled: false,
      },
    ],
    data: { text: "Take a pint. Boil it." },
  };
  expect((await readAs("label-studio", { "export.json": JSON.stringify([task]) })).items).toEqual([
    { text: "Take a pint. Boil it.", spans: [span("Recipe", 0, 12)] },
  ]);
});

it("CoNLL-U Plus: the CUPT files of PARSEME, whose own column is no tags", async () => {
  const text =
    "# global.columns = ID FORM LEMMA UPOS XPOS FEATS HEAD DEPREL DEPS MISC PARSEME:MWE\n# source_sent_id = . . 1\n" +
    "# text = Let us be\n1\tLet\tlet\tVERB\t_\t_\t0\troot\t_\t_\t1:VID\n2\tus\twe\tPRON\t_\t_\t1\tobj\t_\t_\t*\n" +
    "3\tbe\tbe\tVERB\t_\t_\t1\txcomp\t_\t_\t1\n\n";
  const { items } = await readAs("conllu-plus", { "train.cupt": text }, { tagColumn: "UPOS" });
  expect(items).toEqual([{ words: ["Let", "us", "be"], tags: ["VERB", "PRON", "VERB"], document: 0 }]);
});

it("CoNLL-U Plus: columns by their names, without multi-word tokens and empty nodes", async () => {
  const text =
    "# global.columns = ID FORM UPOS MISC PARSEME:NE\n# newdoc id = a\n# sent_id = 1\n# text = Vámonos Ada\n" +
    "1-2\tVámonos\t_\t_\t*\n1\tVamos\tVERB\t_\t*\n2\tnos\tPRON\t_\t_\n2.1\tx\t_\t_\t*\n3\tAda\tPROPN\t_\tB-PER\n\n" +
    "# newdoc id = b\n1\tTurin\tPROPN\t_\tB-LOC\n\n";
  const { items } = await readAs("conllu-plus", { "train.conllup": text });
  expect(items).toEqual([
    { words: ["Vamos", "nos", "Ada"], tags: ["O", "O", "B-PER"], document: 0 },
    { words: ["Turin"], tags: ["B-LOC"], document: 1 },
  ]);
});

it.each<[string, string, string, string, string]>([
  ["a table without words", "x.csv", "Sentence #,Word\n1,a,b\n", "DATA_COLUMN_COUNT", "x.csv:2"],
  ["a broken quote", "x.csv", 'Sentence #,Word\n1,a"b\n', "DATA_LINE_INVALID", "x.csv:2"],
  ["a table without sentences", "x.csv", "Word,Tag\na,O\n", "DATA_LINE_INVALID", "x.csv:1"],
  ["columns without names", "x.conllup", "1\tAda\n", "DATA_LINE_INVALID", "x.conllup:1"],
  [
    "a span without an end",
    "x.jsonl",
    '{"text": "a", "spans": [{"start": 0}]}',
    "DATA_JSON_SHAPE",
    "x.jsonl:1",
  ],
  ["a span without a label", "x.jsonl", '{"text": "a", "label": [[0, 1]]}', "DATA_JSON_SHAPE", "x.jsonl:1"],
  ["a task without data", "x.json", '[\n{"annotations": [], "data": 3}]', "DATA_JSON_SHAPE", "x.json:2"],
  ["Parquet that is none", "x.parquet", "PAR1 no\n", "DATA_TABLE_UNREADABLE", "x.parquet"],
])("names the place of %s", async (_, file, text, code, where) => {
  const opened = read({ [file]: Buffer.from(text) }, file).then(({ content }) => plain(content));
  await expect(opened).rejects.toMatchObject({ code, where });
});
