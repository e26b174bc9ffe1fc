import { describe, expect, it } from "vitest";
import { type Corpus, corpus, failure } from "./corpus.js";

const words = ({ sentences }: Corpus) => sentences.map((sentence) => sentence.words.join(" "));
const tags = ({ sentences }: Corpus) => sentences.map((sentence) => sentence.tags.join(" "));

describe("a word per row", () => {
  it.each([
    ["commas", "Sentence #,Word,POS,Tag\n1,Ada,NNP,B-PER\n,lives,VBZ,O\n2,Oslo,NNP,B-LOC\n", "a.csv"],
    ["semicolons", "sentence_id;word;tag\n1;Ada;B-PER\n1;lives;O\n2;Oslo;B-LOC\n", "a.csv"],
    ["tabs", "sent_id\ttoken\tner\n1\tAda\tB-PER\n1\tlives\tO\n2\tOslo\tB-LOC\n", "a.csv"],
    ["tabs in a TSV file", "sent_id\ttoken\tner\n1\tAda\tB-PER\n1\tlives\tO\n2\tOslo\tB-LOC\n", "a.tsv"],
    ["|", "sentence|text|label\n1|Ada|B-PER\n1|lives|O\n2|Oslo|B-LOC\n", "a.csv"],
    [
      "empty rows between sentences",
      "text,pos,ner\nAda,NNP,B-PER\nlives,VBZ,O\n,,\nOslo,NNP,B-LOC\n",
      "a.csv",
    ],
    ["a column that counts sentences", "Satz;word;tag\n1;Ada;B-PER\n1;lives;O\n2;Oslo;B-LOC\n", "a.csv"],
    ["a number in the first row", "Satz;word;tag\n1;Ada;B-PER\n;lives;O\n2;Oslo;B-LOC\n;;\n", "a.csv"],
    ["Excel's line of the delimiter", "sep=;\nSatz;word;tag\n1;Ada;B-PER\n;lives;O\n2;Oslo;B-LOC\n", "a.csv"],
    ["empty lines between sentences", 'word,tag\nAda,B-PER\nlives,O\n\n"Oslo",B-LOC\n', "a.csv"],
    [
      "numbers of rows first",
      ",sentence_idx,word,tag\n0,1,Ada,B-PER\n1,1,lives,O\n2,2,Oslo,B-LOC\n",
      "a.csv",
    ],
  ])("%s", async (_, text, file) => {
    const read = await corpus(file, text);
    expect(words(read)).toEqual(["Ada lives", "Oslo"]);
    expect(tags(read)).toEqual(["B-PER O", "B-LOC"]);
    expect(read.format).toBe("csv");
  });

  it("a delimiter inside quotes is part of a word", async () => {
    expect(words(await corpus("a.csv", 'sentence_id;word;tag\n1;"a;b";O\n'))).toEqual(["a;b"]);
  });

  it.each([
    ["no sentences", "text,pos,ner\nThey,PRP,O\nlike,VBP,O\n", "DATA_LINE_INVALID", "text, pos, ner"],
    [
      "no sentences, semicolons",
      "tokens;ner_tags\nAda;B-PER\nlives;O\n",
      "DATA_LINE_INVALID",
      "tokens, ner_tags",
    ],
    ["no words", "id;value;ner\n1;Ada;B-PER\n", "DATA_TABLE_COLUMN_MISSING", "id, value, ner"],
    ["no header", "Ada,B-PER\nlives,O\n", "DATA_TABLE_COLUMN_MISSING", "Ada, B-PER"],
    [
      "class labels under another name",
      "Sentence #,Word,Annotation\n1,Ada,PER\n",
      "DATA_TABLE_COLUMN_MISSING",
      "Annotation",
    ],
  ])("%s: the error names the columns", async (_, text, code, columns) => {
    const thrown = await failure("a.csv", text);
    expect(thrown).toMatchObject({ code, where: "a.csv:1" });
    expect(thrown.message).toContain(columns);
  });

  it("NaN continues a sentence", async () => {
    const read = await corpus(
      "a.csv",
      "Sentence #,Word,Tag\nSentence: 1,Ada,B-PER\nNaN,lives,O\nSentence: 2,Oslo,B-LOC\n",
    );
    expect(words(read)).toEqual(["Ada lives", "Oslo"]);
  });

  it("texts are not words", async () => {
    const text = `text,entities\n"Ada lives","[(0, 3, 'PER')]"\n`;
    expect(await failure("a.csv", text)).toMatchObject({
      code: "DATA_LINE_INVALID",
      where: "a.csv:2",
      remedy: expect.stringContaining("JSON Lines"),
    });
  });

  it("the flag that the error names reads the file", async () => {
    const text = "Sentence #,Word,Annotation\n1,Ada,PER\n";
    expect((await failure("a.csv", text)).remedy).toContain("tagColumn");
    expect(tags(await corpus("a.csv", text, { tagColumn: "Annotation" }))).toEqual(["PER"]);
  });

  it("a cell may have line breaks where the lines end that are looked at", async () => {
    const rows = Array.from({ length: 600 }, (_, row) => `${Math.floor(row / 2)},Ada,"a\nb",B-PER\n`);
    const read = await corpus("a.csv", `Satz,word,note,tag\n${rows.join("")}`);
    expect(read.sentences).toHaveLength(300);
  });

  it("columns that hold no tags need no flag", async () => {
    expect((await corpus("a.csv", "Sentence #,Word,POS\n1,Ada,NNP\n")).sentences[0]!.tags).toEqual([]);
  });
});

describe("a sentence per row", () => {
  it.each([
    ["pandas", `tokens,ner_tags\n"['Ada', 'lives']","['B-PER', 'O']"\n['Oslo'],['B-LOC']\n`],
    ["JSON", 'tokens,ner_tags\n"[""Ada"",""lives""]","[""B-PER"",""O""]"\n"[""Oslo""]","[""B-LOC""]"\n'],
    ["NumPy", `tokens,ner_tags\n['Ada' 'lives'],['B-PER' 'O']\n['Oslo'],['B-LOC']\n`],
    ["NumPy on several lines", `words,tags\n"['Ada'\n 'lives']","['B-PER'\n 'O']"\n['Oslo'],['B-LOC']\n`],
    [
      "array()",
      `words,tags\n"array(['Ada', 'lives'], dtype=object)","array(['B-PER', 'O'], dtype=object)"\n['Oslo'],['B-LOC']\n`,
    ],
    ["tuples, semicolons", `tokens;labels\n('Ada', 'lives');('B-PER', 'O')\n('Oslo',);('B-LOC',)\n`],
    [
      "text beside a list (Kaggle's ner.csv)",
      `Sentence #,Sentence,POS,Tag\nSentence: 1,Ada lives,"['NNP', 'VBZ']","['B-PER', 'O']"\nSentence: 2,Oslo,['NNP'],['B-LOC']\n`,
    ],
    ["both separated by spaces", "text,labels\nAda lives,B-PER O\nOslo,B-LOC\n"],
    ["tabs", `tokens\tner_tags\n['Ada', 'lives']\t['B-PER', 'O']\n['Oslo']\t['B-LOC']\n`, "a.tsv"],
  ])("%s", async (_, text, file = "a.csv") => {
    const read = await corpus(file, text);
    expect(words(read)).toEqual(["Ada lives", "Oslo"]);
    expect(tags(read)).toEqual(["B-PER O", "B-LOC"]);
    expect(read.format).toBe("csv-lists");
  });

  it("quotes and escapes of Python", async () => {
    const read = await corpus("a.csv", `tokens\n"[""it's"", 'a\\\\b', 'x\\u00e9', '""', 'a, b']"\n`);
    expect(read.sentences[0]!.words).toEqual(["it's", "a\\b", "xé", '"', "a, b"]);
  });

  it("numbers of labels", async () => {
    const text = "tokens,ner_tags\n\"['Ada', 'lives']\",\"[1, 0]\"\n";
    expect(tags(await corpus("a.csv", text, { labels: ["O", "B-PER"] }))).toEqual(["B-PER O"]);
    expect(await failure("a.csv", text)).toMatchObject({
      code: "DATA_LABEL_NAMES_MISSING",
      where: "a.csv:2",
    });
  });

  it.each([
    [
      "lists of different lengths",
      `tokens,ner_tags\n"['Ada', 'lives']","['O', 'O']"\n"['Ada', 'lives']",['O']\n`,
      "DATA_LENGTHS_DIFFER",
      "a.csv:3",
    ],
    [
      "a list that NumPy has shortened",
      `tokens,ner_tags\n['Ada' ... 'lives'],['O' ... 'O']\n`,
      "DATA_LINE_INVALID",
      "a.csv:2",
    ],
  ])("%s are an error with their line", async (_, text, code, where) => {
    expect(await failure("a.csv", text)).toMatchObject({ code, where });
  });
});

it.each([
  [
    "Label Studio's CSV",
    "a.csv",
    'id,text,label,annotator\n1,Ada lives,"[{""start"":0,""end"":3,""labels"":[""PER""]}]",1\n',
    "JSON",
  ],
  [
    "Label Studio's TSV",
    "a.csv",
    'text\tid\tlabel\tannotator\tannotation_id\nAda\t1\t"[{""start"":0,""labels"":[""PER""]}]"\t1\t7\n',
    "JSON",
  ],
  [
    "UIMA CAS XMI",
    "a.xmi",
    '<?xml version="1.0"?><xmi:XMI xmlns:xmi="http://www.omg.org/XMI"/>',
    "WebAnno TSV 3",
  ],
  [
    "XML in a text file",
    "a.txt",
    "<?xml version='1.0'?>\n<collection><passage></passage></collection>\n",
    "PubTator",
  ],
  ["other XML", "a.xml", "<?xml version='1.0'?>\n<TEI/>\n", "CoNLL"],
])("%s is refused, and the error says what to export instead", async (_, file, text, instead) => {
  expect(await failure(file, text)).toMatchObject({
    code: "DATA_FORMAT_UNSUPPORTED",
    where: file,
    remedy: expect.stringContaining(instead),
  });
});
