import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type ConvertOptions, convert } from "../../../src/data/index.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-losses-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Converts a file, and returns what the output has lost. Strict conversion must fail exactly if that is something. */
async function lostOf(name: string, content: string | object[], options: ConvertOptions = {}) {
  const [input, output] = [join(scratch, name), join(scratch, `${name}.out`)];
  writeFileSync(
    input,
    typeof content === "string" ? content : content.map((each) => JSON.stringify(each)).join("\n"),
  );
  const asked = { to: "jsonl", force: true, ...options };
  const { lost } = await convert(input, output, asked);
  const strict = await convert(input, output, { ...asked, strict: true }).then(
    () => "written",
    ({ code }) => code,
  );
  expect(strict).toBe(lost.length === 0 ? "written" : "DATA_CONVERSION_LOSES");
  return Object.fromEntries(lost.map(({ what, count }) => [what, count]));
}

const SENTENCE = "Ada B-PER\nmet O\nTom B-PER\n\n";

it("bad tags are lost as tags, or with their sentences", async () => {
  const stray = `${SENTENCE}Eve PER\nslept o\n\n${SENTENCE}`;
  expect(await lostOf("stray.conll", stray)).toEqual({ "bad tags": 2 });
  expect(await lostOf("stray.conll", stray, { badTags: "drop" })).toEqual({ "sentence with a bad tag": 1 });
});

it("entities that a policy leaves out are lost", async () => {
  const nested = [
    {
      text: "Bank of Rome",
      spans: [
        { start: 0, end: 12, label: "ORG" },
        { start: 8, end: 12, label: "LOC" },
      ],
    },
  ];
  expect(await lostOf("nested.jsonl", nested, { policy: "drop" })).toEqual({ "entity that does not fit": 1 });
  expect(await lostOf("nested.jsonl", nested, { to: "doccano" })).toEqual({});
});

it("CoNLL-U: rows of several words, empty nodes, comments, names and other keys of MISC are lost", async () => {
  const row = (id: string, form: string, misc: string) => `${id}\t${form}${"\t_".repeat(7)}\t${misc}\n`;
  const file = `# newdoc id = a1\n# sent_id = 1\n# text = Vámonos\n${row("1-2", "Vámonos", "_")}${row("1", "Vamos", "NE=B-X|SpaceAfter=No")}${row("2", "nos", "Gloss=us")}${row("2.1", "x", "_")}\n`;
  const lost = {
    "name of a document": 1,
    "comment lines": 2,
    "line of a multi-word token (1-2)": 1,
    "line of an empty node (1.1)": 1,
    "value of SpaceAfter in MISC": 1,
    "value of Gloss in MISC": 1,
  };
  expect(await lostOf("ud.conllu", file)).toEqual(lost);
});

it("columns: comments, names of documents and nested brackets are lost; plain boundaries are kept", async () => {
  expect(await lostOf("plain.conll", `-DOCSTART- -X- O O\n\n${SENTENCE}-DOCSTART- O\n\n${SENTENCE}`)).toEqual(
    {},
  );
  const named = `# newdoc id = first\n# note: by hand\n${SENTENCE}###MEDLINE:95369245\n${SENTENCE}`;
  expect(await lostOf("named.conll", named)).toEqual({ "names of documents": 2, "comment line": 1 });
  const nested = "Bank\t(ORG*\nof\t*\nRome\t(LOC))\nslept\t*\n\nAda\t(PER)\nmet\t*\nTom\t(PER)\n\n";
  expect(await lostOf("brackets.conll", nested)).toEqual({ "nested entity": 1 });
});

it("what stands between words and tags that are joined is lost", async () => {
  expect(await lostOf("joined.txt", "Ada|NNP|B-PER met|VBD|O\nTom|NNP|B-PER slept|VBD|O\n")).toEqual({
    "annotations between words and tags": 4,
  });
  expect(await lostOf("joined.txt", "Ada|B-PER met|O\nTom|B-PER slept|O\n")).toEqual({});
});

it("names of sentences and documents in tables are lost, numbers are not", async () => {
  const table = (first: string, second: string) =>
    `Document,Sentence #,Word,Tag\n${first},Ada,B-PER\n,,met,O\n${second},Tom,B-PER\n`;
  expect(await lostOf("numbers.csv", table("0,Sentence: 1", "1,Sentence: 2"))).toEqual({});
  expect(await lostOf("names.csv", table("a.txt,s-a", "b.txt,s-b"))).toEqual({
    "names of documents": 2,
    "names of sentences": 2,
  });
});

it("fields of records that no reader knows are lost; empty ones are not", async () => {
  const record = {
    id: 7,
    text: "Ada",
    label: [[0, 3, "PER"]],
    Comments: ["sure?"],
    meta: {},
    note: "x",
    _hash: 1,
  };
  expect(await lostOf("fields.jsonl", [record], { to: "doccano" })).toEqual({
    "value of Comments": 1,
    "value of note": 1,
  });
  expect(await lostOf("fields.jsonl", [record], { to: "vertex" })).toEqual({
    "value of Comments": 1,
    "value of note": 1,
    "value of id": 1,
  });
  const prodigy = {
    text: "Ada slept",
    spans: [{ start: 0, end: 3, label: "PER" }],
    tokens: [
      { text: "Ada", start: 0, end: 3, id: 0 },
      { text: "slept", start: 4, end: 9, id: 1 },
    ],
    answer: "accept",
  };
  expect(await lostOf("prodigy.jsonl", [prodigy])).toEqual({});
  expect(await lostOf("prodigy.jsonl", [prodigy], { to: "doccano" })).toEqual({ "value of tokens": 1 });
});

it("words that do not count are lost where a format cannot mark them", async () => {
  const partly = "Ada B-PER\nmet -100\nTom -100\n\n";
  expect(await lostOf("partly.conll", partly, { to: "spacy" })).toEqual({});
  for (const to of ["gliner", "doccano"])
    expect(await lostOf("partly.conll", partly, { to })).toEqual({ "words that do not count": 2 });
});

it("spaCy: annotations of tokens are lost", async () => {
  const tokens = [
    { id: 0, orth: "Ada", ner: "U-PER", tag: "NNP" },
    { id: 1, orth: "met", ner: "O", tag: "VBD" },
  ];
  const file = JSON.stringify([{ id: 0, paragraphs: [{ raw: "Ada met", sentences: [{ tokens }] }] }]);
  expect(await lostOf("spacy.json", file)).toEqual({ "value of raw": 1, "values of tag": 2 });
});
