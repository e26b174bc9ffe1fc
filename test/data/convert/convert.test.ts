import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { convert, readDataset, type SpanProblem } from "../../../src/data/index.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-convert-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const at = (name: string) => join(scratch, name);

const TEXTS = [
  {
    id: "a",
    text: "😀 Ada Lovelace lives",
    label: [
      [2, 5, "PER"],
      [2, 14, "PER"],
      [17, 19, "X"],
    ],
  },
  { id: "b", text: "Turin", label: [[0, 5, "LOC"]] },
];
writeFileSync(at("texts.jsonl"), TEXTS.map((text) => JSON.stringify(text)).join("\n"));

it("spans that do not fit are all told, once, and nothing is written", async () => {
  const problems: SpanProblem[] = [];
  const converting = convert(at("texts.jsonl"), at("none.conll"), {
    onProblem: (problem) => problems.push(problem),
  });
  await expect(converting).rejects.toMatchObject({ code: "DATA_SPANS_UNFIT" });
  expect(problems.map(({ kind, line, id, start }) => [kind, line, id, start])).toEqual([
    ["within-word", 1, "a", 18],
    ["overlap", 1, "a", 3],
  ]);
  expect(readdirSync(scratch).filter((name) => name.includes("none"))).toEqual([]);
});

it("a policy writes what fits, and counts the rest", async () => {
  const conversion = await convert(at("texts.jsonl"), at("widened.conll"), { policy: "widen" });
  expect(conversion).toEqual({
    from: "doccano",
    to: "conll",
    files: 1,
    written: 2,
    unit: "sentences",
    entities: 3,
    split: 0,
    widened: 1,
    dropped: 1,
    lost: [
      { what: "values of id", count: 2 },
      { what: "entity that does not fit", count: 1 },
    ],
    offsets: { unit: "code-points", why: "word boundaries" },
  });
  expect(readFileSync(at("widened.conll"), "utf8")).toBe(
    "-DOCSTART- O\n\n😀 O\nAda B-PER\nLovelace I-PER\nlives B-X\n\n-DOCSTART- O\n\nTurin B-LOC\n\n",
  );
});

it("between formats of texts only what the new one cannot hold is changed", async () => {
  const nested = await convert(at("texts.jsonl"), at("nested.json"), { to: "label-studio" });
  expect(nested).toMatchObject({ unit: "texts", entities: 4, widened: 0, dropped: 0 });
  const flat = await convert(at("nested.json"), at("flat.json"), { to: "spacy-entities", policy: "drop" });
  expect(flat).toMatchObject({ from: "label-studio", entities: 3, dropped: 1 });
});

it("a folder is written whole, and read as one data set", async () => {
  await convert(at("texts.jsonl"), at("standoff"), { to: "brat" });
  expect(readdirSync(at("standoff")).sort()).toEqual([
    ".nerium-convert.json",
    "a.ann",
    "a.txt",
    "b.ann",
    "b.txt",
  ]);
  expect(readFileSync(join(at("standoff"), "a.ann"), "utf8")).toBe(
    "T1\tPER 2 5\tAda\nT2\tPER 2 14\tAda Lovelace\nT3\tX 17 19\tve\n",
  );
  const data = await readDataset(at("standoff"), { policy: "widen" });
  expect(
    data.sentences.map(({ words, document, file, line }) => [words.length, document, file, line]),
  ).toEqual([
    [4, 0, join(at("standoff"), "a.txt"), 1],
    [1, 1, join(at("standoff"), "b.txt"), 1],
  ]);
});

it("folders of columns are one data set with documents numbered on; other shapes among them are an error", async () => {
  mkdirSync(at("columns"));
  writeFileSync(join(at("columns"), "1.conll"), "Ada B-PER\n\n-DOCSTART- O\n\nrains O\n");
  writeFileSync(join(at("columns"), "2.conll"), "Turin B-LOC\n");
  const { sentences } = await readDataset(at("columns"));
  expect(sentences.map(({ document }) => document)).toEqual([0, 1, 2]);
  writeFileSync(join(at("columns"), "3.jsonl"), JSON.stringify(TEXTS[1]));
  await expect(readDataset(at("columns"))).rejects.toMatchObject({ code: "DATA_SHAPES_MIXED" });
});

it("words become a text for each document where there are several, or as asked", async () => {
  writeFileSync(
    at("several.conll"),
    "-DOCSTART- O\n\nAda B-PER\nsmiled O\n\nTurin I-LOC\n\n-DOCSTART- O\n\nx O\n",
  );
  await convert(at("several.conll"), at("documents.jsonl"), { to: "spans" });
  expect(
    readFileSync(at("documents.jsonl"), "utf8")
      .split("\n")
      .map((line) => line && JSON.parse(line)),
  ).toEqual([
    {
      text: "Ada smiled\nTurin",
      spans: [
        { start: 0, end: 3, label: "PER", text: "Ada" },
        { start: 11, end: 16, label: "LOC", text: "Turin" },
      ],
    },
    { text: "x", spans: [] },
    "",
  ]);
  expect(
    await convert(at("several.conll"), at("sentences.jsonl"), { to: "spans", texts: "sentence" }),
  ).toMatchObject({
    written: 3,
    entities: 2,
  });
});

it("the name of the output says the format, or somebody must", async () => {
  expect((await convert(at("several.conll"), at("out.csv"))).to).toBe("csv");
  expect((await convert(at("several.conll"), at("out.jsonl"))).to).toBe("jsonl");
  await expect(convert(at("several.conll"), at("out.json"))).rejects.toMatchObject({
    code: "DATA_FORMAT_UNCLEAR",
  });
  await expect(convert(at("several.conll"), at("out.x"), { to: "x" })).rejects.toMatchObject({
    code: "DATA_FORMAT_UNKNOWN",
  });
  await expect(convert(at("several.conll"), at("out.csv"))).rejects.toMatchObject({
    code: "DATA_OUTPUT_EXISTS",
  });
  await convert(at("several.conll"), at("out.csv"), { force: true });
});

it.skipIf(process.platform === "win32")("a pipe is no output, with force or without", async () => {
  execFileSync("mkfifo", [at("pipe.csv")]);
  writeFileSync(at("one.conll"), "Ada B-PER\n");
  for (const force of [false, true])
    await expect(convert(at("one.conll"), at("pipe.csv"), { force })).rejects.toMatchObject({
      code: "FILES_NOT_A_REGULAR_FILE",
    });
});

it("the path of a folder is no output file, and a link that leads nowhere is replaced with force only", async () => {
  writeFileSync(at("one.conll"), "Ada B-PER\n");
  await expect(convert(at("one.conll"), `${at("new.jsonl")}/`)).rejects.toMatchObject({
    code: "FILES_IS_A_FOLDER",
  });
  expect(existsSync(at("new.jsonl"))).toBe(false);
  symlinkSync("missing", at("nowhere.jsonl"));
  await expect(convert(at("one.conll"), at("nowhere.jsonl"))).rejects.toMatchObject({
    code: "DATA_OUTPUT_EXISTS",
  });
  await convert(at("one.conll"), at("nowhere.jsonl"), { force: true });
  expect(existsSync(at("missing"))).toBe(false);
});

it("what a format cannot hold is an error that names it", async () => {
  writeFileSync(at("spaces.jsonl"), JSON.stringify({ tokens: ["New York"], ner_tags: ["B-LOC"] }));
  const asked = convert(at("spaces.jsonl"), at("spaces.conll"), { toDelimiter: " " });
  await expect(asked).rejects.toMatchObject({
    code: "DATA_CANNOT_HOLD",
    where: "line 1",
  });
  expect(existsSync(at("spaces.conll"))).toBe(false);
  await convert(at("spaces.jsonl"), at("spaces.conll"));
  expect((await readDataset(at("spaces.conll"))).sentences[0]!.words).toEqual(["New York"]);
});

it("counts what the output has lost, and writes nothing with strict", async () => {
  const records = [
    {
      id: 1,
      text: "Ada met Bob",
      entities: [{ id: 1, label: "PER", start_offset: 0, end_offset: 3 }],
      relations: [{ id: 1, from_id: 1, to_id: 1, type: "knows" }],
      meta: { source: "a" },
    },
    { id: 2, text: "Turin" },
  ];
  writeFileSync(at("relations.jsonl"), records.map((record) => JSON.stringify(record)).join("\n"));
  const { lost } = await convert(at("relations.jsonl"), at("relations.conll"));
  expect(lost).toEqual([
    { what: "record without annotation", count: 1 },
    { what: "relation", count: 1 },
    { what: "value of meta", count: 1 },
    { what: "value of id", count: 1 },
  ]);
  const strict = convert(at("relations.jsonl"), at("strict.conll"), { strict: true });
  await expect(strict).rejects.toMatchObject({
    code: "DATA_CONVERSION_LOSES",
    message: "The output would lose 1 record without annotation, 1 relation, 1 value of meta, 1 value of id",
  });
  expect(existsSync(at("strict.conll"))).toBe(false);
  expect((await convert(at("widened.conll"), at("kept.jsonl"), { strict: true })).lost).toEqual([]);
});

it("says which columns, boundaries and missing tags are lost", async () => {
  const words = [
    { tokens: ["Ada"], ner_tags: ["B-PER"], pos_tags: ["NNP"], document: "a" },
    { tokens: ["Turin"], ner_tags: ["B-LOC"], pos_tags: ["NNP"], document: "b" },
  ];
  writeFileSync(at("words.jsonl"), words.map((record) => JSON.stringify(record)).join("\n"));
  const lossesOf = async (output: string, options = {}) =>
    (await convert(at("words.jsonl"), at(output), { to: "doccano", force: true, ...options })).lost;
  const read = [
    { what: "names of documents", count: 2 },
    { what: "values of pos_tags", count: 2 },
  ];
  expect(await lossesOf("words.doccano")).toEqual(read);
  expect(await lossesOf("words.doccano", { texts: "sentence" })).toEqual([
    ...read,
    { what: "boundary between documents", count: 1 },
  ]);
  writeFileSync(at("untagged.jsonl"), '{"tokens": ["Ada"]}\n');
  expect((await convert(at("untagged.jsonl"), at("untagged.doccano"), { to: "doccano" })).lost).toEqual([
    { what: "sentence without tags (as a text without entities)", count: 1 },
  ]);
});

it.each<[string, string, Record<string, string>, { what: string; count: number }[]]>([
  [
    "CoNLL columns",
    "lost.conll",
    { "lost.conll": "EU NNP B-NP B-ORG\nrose VBD B-VP O\n\n" },
    [
      { what: "values of column 1", count: 2 },
      { what: "values of column 2", count: 2 },
    ],
  ],
  ["numbers of words are none", "one.conll", { "one.conll": "1\tEU\tB-ORG\n2\trose\tO\n" }, []],
  [
    "CSV",
    "lost.csv",
    { "lost.csv": "Sentence #,Word,POS,Tag\n1,Ada,NNP,B-PER\n,met,,O\n" },
    [{ what: "value of POS", count: 1 }],
  ],
  [
    "CSV with lists",
    "lists.csv",
    { "lists.csv": `id,tokens,ner_tags\n7,"['Ada', 'met']","['B-PER', 'O']"\n` },
    [{ what: "value of id", count: 1 }],
  ],
  [
    "CoNLL-U",
    "lost.conllu",
    { "lost.conllu": "1\tAda\tAda\t_\tNNP\t_\t0\troot\t_\tNE=B-PER\n2\tmet\tmeet\t_\t_\t_\t1\tx\t_\t_\n" },
    [
      { what: "values of LEMMA", count: 2 },
      { what: "value of XPOS", count: 1 },
      { what: "values of HEAD", count: 2 },
      { what: "values of DEPREL", count: 2 },
    ],
  ],
  [
    "PubTator",
    "lost.pubtator",
    { "lost.pubtator": "1|t|Ada met Eve\n1\t0\t3\tAda\tPER\tQ7259\n1\tCID\tQ1\tQ2\n" },
    [
      { what: "relation", count: 1 },
      { what: "value of concept", count: 1 },
      { what: "value of id", count: 1 },
    ],
  ],
  [
    "WebAnno TSV",
    "lost.tsv",
    {
      "lost.tsv":
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=x.NamedEntity|value\n#T_SP=x.POS|PosValue\n\n\n#Text=Ada met\n1-1\t0-3\tAda\tPER\tNNP\t\n1-2\t4-7\tmet\t_\t_\t\n",
    },
    [{ what: "value of POS.PosValue", count: 1 }],
  ],
])("counts the values of columns that are lost: %s", async (_, input, files, lost) => {
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content);
  expect((await convert(at(input), at(`${input}.jsonl`))).lost).toEqual(lost);
});

it("a folder of brat files: texts without annotations are left out, and all files make one line", async () => {
  mkdirSync(at("brat"));
  for (const name of ["a", "b"]) {
    writeFileSync(at(`brat/${name}.txt`), "Ada slept");
    writeFileSync(at(`brat/${name}.ann`), "T1\tPER 0 3\tAda\nR1\tX Arg1:T1 Arg2:T1\n");
  }
  writeFileSync(at("brat/c.txt"), "Bob slept");
  const notes = new Set<string>();
  const { written } = await convert(at("brat"), at("brat.jsonl"), { onNote: (note) => notes.add(note) });
  expect(written).toBe(2);
  expect([...notes]).toEqual([
    `${at("brat")}: left out 1 of 3 records: 1 without an .ann file`,
    `${at("brat")}: ignored 2 relations`,
  ]);
  await expect(convert(at("brat"), at("brat2.jsonl"), { strict: true })).rejects.toMatchObject({
    code: "DATA_CONVERSION_LOSES",
  });
});
