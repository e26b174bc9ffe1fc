/** Column files of corpora as their authors distribute them: small files of their shape, made up here. */
import { describe, expect, it } from "vitest";
import type { FormatOptions } from "../../../src/data/formats/format.js";
import { type Corpus, corpus, failure } from "./corpus.js";

/** The notes without the name of the file. */
const words = ({ sentences }: Corpus) => sentences.map((sentence) => sentence.words.join(" "));
const tags = ({ sentences }: Corpus) => sentences.map((sentence) => sentence.tags.join(" "));
const documents = ({ sentences }: Corpus) => sentences.map(({ document }) => document);

describe("comments that have as many cells as the data", () => {
  it("MultiCoNER: # id with a domain", async () => {
    const read = await corpus(
      "train.conll",
      "# id 1d1a3b0c-0001\tdomain=train\nnapoleon _ _ B-PER\nfled _ _ O\n\n# id 1d1a3b0c-0002\tdomain=train\nparis _ _ B-LOC\n",
    );
    expect(words(read)).toEqual(["napoleon fled", "paris"]);
    expect(tags(read)).toEqual(["B-PER O", "B-LOC"]);
    expect(read.notes).toEqual([]);
  });

  it("GermEval 2014: # with a source and a date", async () => {
    const text =
      "#\tn-tv.de 26.02.2005 [2005-02-26]\n1\tTroia\tB-OTH\tB-LOC\n2\tlag\tO\tO\n\n#\tn-tv.de vom 3.1.2006 [2006-01-03]\n1\tHier\tO\tO\n";
    for (const options of [{}, { tokenColumn: 1, tagColumn: 2 }]) {
      const read = await corpus("train.tsv", text, options);
      expect(words(read)).toEqual(["Troia lag", "Hier"]);
      expect(tags(read)).toEqual(["B-OTH O", "O"]);
    }
  });

  it("class labels: a line whose last cell is no tag of other lines is a comment, and a note says so", async () => {
    const read = await corpus(
      "a.conll",
      "# source web\nAda x PERSON\nsmiled x O\n\n# source web\nOslo x PLACE\n",
    );
    expect(words(read)).toEqual(["Ada smiled", "Oslo"]);
    expect(read.notes).toEqual([
      "2 lines are read as comments: their last cells are not a tag of other lines (first at line 1).",
    ]);
  });

  it("class labels and prefixes that the first lines lack are tags too", async () => {
    for (const tag of ["B-EVT", "EVENT"])
      expect(words(await corpus("a.conll", `${"a O\n\n".repeat(5000)}# ${tag}\n`)).at(-1)).toBe("#");
  });

  it("tweets: # with a tag is a word at the beginning of a sentence too", async () => {
    expect(words(await corpus("a.conll", "# O\nsale B-EVT\n\nbuy O\n# O\n"))).toEqual(["# sale", "buy #"]);
  });
});

describe("columns before the words", () => {
  const NUMBERS = "column 0 numbers the words; words are read from column 1 (option tokenColumn).";

  it("NeuroNLP2: numbers from 1 in each sentence", async () => {
    const read = await corpus(
      "a.conll",
      "1 EU NNP I-NP I-ORG\n2 rejects VBZ I-VP O\n\n1 Peter NNP I-NP I-PER\n\n1 -DOCSTART- -X- -X- O\n\n1 Oslo NNP I-NP I-LOC\n",
    );
    expect(words(read)).toEqual(["EU rejects", "Peter", "Oslo"]);
    expect(tags(read)).toEqual(["B-ORG O", "B-PER", "B-LOC"]);
    expect(documents(read)).toEqual([0, 0, 1]);
    expect(read.notes).toEqual([NUMBERS]);
  });

  it("numbers on through the file, and lines of several words or none", async () => {
    const read = await corpus(
      "a.tsv",
      "0\tVamos\tO\n1-2\tdel\tO\n1\tde\tO\n2\tel\tO\n2.1\tx\tO\n\n3\tOslo\tB-LOC\n",
    );
    expect(words(read)).toEqual(["Vamos de el", "Oslo"]);
    expect(read.notes).toEqual([
      NUMBERS,
      "2 lines are skipped that have the number of several words (1-2) or of none (1.1) (first at line 2).",
    ]);
  });

  it("names of documents before the numbers", async () => {
    const read = await corpus(
      "a.tsv",
      "d1\t1\tAda\tB-PER\nd1\t2\tlives\tO\nd1\t3\there\tO\n\nd2\t1\tOslo\tB-LOC\nd2\t2\tis\tO\n",
    );
    expect(words(read)).toEqual(["Ada lives here", "Oslo is"]);
  });

  it("names of documents alone", async () => {
    const read = await corpus(
      "a.tsv",
      "d1\tAda\tB-PER\nd1\tlives\tO\nd1\there\tO\n\nd2\tOslo\tB-LOC\nd2\tis\tO\nd2\tbig\tO\n",
    );
    expect(words(read)).toEqual(["Ada lives here", "Oslo is big"]);
    expect(read.notes).toEqual([
      "column 0 names the sentence or document; words are read from column 1 (option tokenColumn).",
    ]);
  });

  it("numbers with the sentence, as WebAnno TSV 1 has them", async () => {
    expect(words(await corpus("a.tsv", "1-1\tAda\tB-PER\n1-2\tlives\tO\n\n2-1\tOslo\tB-LOC\n"))).toEqual([
      "Ada lives",
      "Oslo",
    ]);
  });

  it("words that are numbers in some sentences are words", async () => {
    expect(words(await corpus("a.conll", "1 CD O\n2 CD O\n\nAda NNP B-PER\n"))).toEqual(["1 2", "Ada"]);
  });

  it("a number in the wrong order is an error with its line", async () => {
    const rows = Array.from(
      { length: 9000 },
      (_, at) => `${(at % 9) + 1}\tw\tO\n${at % 9 === 8 ? "\n" : ""}`,
    ).join("");
    expect(await failure("a.tsv", `${rows}x\tAda\tB-PER\n`)).toMatchObject({
      code: "DATA_LINE_INVALID",
      where: "a.tsv:10001",
    });
  });

  it("other numbers are refused with the flag", async () => {
    const text = Array.from({ length: 8 }, (_, at) => `${at * 7} w${at} O\n`).join("");
    expect(await failure("a.conll", text)).toMatchObject({
      code: "DATA_TOKEN_COLUMN_MISSING",
      where: "a.conll:1",
      remedy: expect.stringContaining("tokenColumn 1"),
    });
  });
});

describe("a line that names the columns", () => {
  it.each([
    [
      "word pos ner\nAda NNP B-PER\nsmiled VBD O\n",
      "line 1 names the columns: words are in word, tags in ner.",
    ],
    ["Token\tTag\nAda\tB-PER\nsmiled\tO\n", "line 1 names the columns: words are in Token, tags in Tag."],
    [
      "# a comment\nner token\nB-PER Ada\nO smiled\n",
      "line 2 names the columns: words are in token, tags in ner.",
    ],
    [
      "id form label lemma\n1 Ada B-PER ada\n2 smiled O smile\n",
      "line 1 names the columns: words are in form, tags in label.",
    ],
  ])("%j", async (text, note) => {
    const read = await corpus("a.txt", text);
    expect(words(read)).toEqual(["Ada smiled"]);
    expect(tags(read)).toEqual(["B-PER O"]);
    expect(read.notes).toContain(note);
  });

  it("gives names to the options", async () => {
    const text = "token pos fine ner\nAda NNP B-actor B-PER\n";
    expect(tags(await corpus("a.txt", text, { tagColumn: "Fine" }))).toEqual(["B-actor"]);
    expect(tags(await corpus("a.txt", text))).toEqual(["B-PER"]);
    expect(await failure("a.txt", text, { tagColumn: "coarse" })).toMatchObject({ code: "DATA_COLUMN_KIND" });
  });

  it("is data if its names are words of a sentence", async () => {
    expect(words(await corpus("a.txt", "Word O\nof O\n"))).toEqual(["Word of"]);
  });
});

describe("document lines of other formats", () => {
  it.each([
    "-DOCSTART- -X- -X- O\n\n",
    "-DOCSTART-\t-X-\t-X-\tO\n\n",
    "-DOCSTART-\n",
    "-DOCSTART- (2)\n\n",
    "--DOCSTART--\n",
    "#begin document (nw/a); part 000\n",
    "#end document\n#begin document (nw/a)\n",
    "# newdoc id = b\n",
    "###MEDLINE:95369245\n\n",
    "###\n",
    "=====\n",
    "=== b ===\n",
    "<doc id=b>\n",
  ])("%j", async (line) => {
    const read = await corpus("a.conll", `Ada NNP x B-PER\n\n${line}Oslo NNP x B-LOC\n`);
    expect(words(read)).toEqual(["Ada", "Oslo"]);
    expect(documents(read)).toEqual([0, 1]);
  });

  it.each(["\u00a0\n", "\u200b\n", "\t\t\n", "\u3000 \n", "\u2028\n", "<s>\n", "</s>\n", "EOS\n", "\f\n"])(
    "%j ends a sentence",
    async (line) => {
      const read = await corpus("a.conll", `Ada NNP B-PER\n${line}Oslo NNP B-LOC\n`);
      expect(words(read)).toEqual(["Ada", "Oslo"]);
      expect(documents(read)).toEqual([0, 0]);
    },
  );

  it.each(["#text: x\n", "### doc\n", "=== 12\n", "#begin document\n", "# id-7\n"])(
    "%j has as many cells as the words, but no tag",
    async (line) => {
      const read = await corpus("a.conll", `Ada B-PER\nis O\n\n${line}Oslo B-LOC\n`);
      expect(words(read)).toEqual(["Ada is", "Oslo"]);
    },
  );

  it("are words where they have as many cells as other words, and a tag", async () => {
    expect(words(await corpus("a.conll", "=== O\nEOS O\n<s> O\n"))).toEqual(["=== EOS <s>"]);
  });
});

describe("lines with other numbers of columns", () => {
  it.each([
    ["the first line", "title\nAda NNP B-PER\nsmiled VBD O\n", "a.conll:1", "line 2"],
    [
      "a later line",
      "Ada NNP B-PER\nsmiled VBD O\nNew York NNP B-LOC\n\nOslo NNP B-LOC\n",
      "a.conll:3",
      "line 1",
    ],
    ["a line without a tag", "Ada B-PER\nsmiled\nhere O\n", "a.conll:2", "line 1"],
  ])("%s is named, and a line like most", async (_, text, where, like) => {
    const thrown = await failure("a.conll", text);
    expect(thrown).toMatchObject({ code: "DATA_COLUMN_COUNT", where });
    expect(thrown.message).toContain(like);
  });

  it("are split at tabs if most lines then have as many cells", async () => {
    expect(await failure("a.tsv", "New York\tB-LOC\nis big\tO\nvery big\tO\nand old\n")).toMatchObject({
      code: "DATA_COLUMN_COUNT",
      where: "a.tsv:4",
    });
  });
});

describe("tags in other columns than the last", () => {
  it.each<[string, string, string, string, string]>([
    [
      "annotators behind the tags (UNER)",
      "1\tAda\tB-PER\t-\tanna\n2\tsmiled\tO\t-\tanna\n",
      "Ada smiled",
      "B-PER O",
      "tags are read from column 2, because the last column has no tags of entities (option tagColumn).",
    ],
    [
      "tags before words (MIT Restaurant)",
      "B-Rating\tfive\nI-Rating\tstar\nO\tplaces\n",
      "five star places",
      "B-Rating I-Rating O",
      "column 0 has the tags; words are read from column 1 (option tokenColumn, option tagColumn).",
    ],
    [
      "tags, offsets, words (brat's anntoconll)",
      "B-PER\t0\t3\tAda\nO\t4\t10\tsmiled\n",
      "Ada smiled",
      "B-PER O",
      "column 0 has the tags; words are read from column 3 (option tokenColumn, option tagColumn).",
    ],
    [
      "layers of nested entities, numbered words (GermEval)",
      "1\tUni\tB-ORG\tO\n2\tKöln\tI-ORG\tB-LOC\n",
      "Uni Köln",
      "B-ORG I-ORG",
      "tags are read from column 2; column 3 also has tags of entities and is not read (option tagColumn).",
    ],
    [
      "layers of nested entities, of which the last is empty (layered BiLSTM)",
      "Mary B-PER B-PER O\n's O I-PER O\n",
      "Mary 's",
      "B-PER O",
      "tags are read from column 1; column 2 also has tags of entities and is not read (option tagColumn).",
    ],
    [
      "gold and predicted tags (conlleval)",
      "Ada B-PER B-LOC\nsmiled O O\n",
      "Ada smiled",
      "B-LOC O",
      "tags are read from column 2; column 1 also has tags of entities and is not read (option tagColumn).",
    ],
  ])("%s", async (_, text, expectedWords, expectedTags, note) => {
    const read = await corpus("a.tsv", text);
    expect(words(read)).toEqual([expectedWords]);
    expect(tags(read)).toEqual([expectedTags]);
    expect(read.notes).toContain(note);
  });

  it("chunks are not entities (CoNLL-2003)", async () => {
    const read = await corpus("a.txt", "EU NNP I-NP I-ORG\nrejects VBZ I-VP O\n");
    expect(tags(read)).toEqual(["B-ORG O"]);
    expect(read.notes).toEqual([]);
  });

  it("columns that options name are taken without a note", async () => {
    const read = await corpus("a.txt", "1 EU I-ORG x\n2 rejects O y\n", { tokenColumn: 1, tagColumn: 2 });
    expect(tags(read)).toEqual(["B-ORG O"]);
    expect(read.notes).toEqual([]);
  });
});

describe("entities in brackets", () => {
  const row = (at: number, word: string, entity: string, more = "") =>
    `bc/cctv/00/cctv_0000 0 ${at} ${word} NN (NP* - - - Speaker#1 ${entity} ${more}-\n`;

  it("CoNLL-2012: word, entity, and as many columns as the sentence has predicates", async () => {
    const read = await corpus(
      "a.v4_gold_conll",
      `#begin document (bc/cctv/00/cctv_0000); part 000\n${row(0, "In", "*", "(ARG0* ")}${row(1, "New", "(GPE*", "*) ")}${row(2, "York", "*)", "* ")}\n${row(0, "Friday", "(DATE)")}${row(1, ".", "*")}\n#end document\n#begin document (bc/cctv/00/cctv_0001); part 000\n${row(0, "#", "*")}${row(1, "Ada", "(PERSON)")}#end document\n`,
    );
    expect(words(read)).toEqual(["In New York", "Friday .", "# Ada"]);
    expect(tags(read)).toEqual(["O B-GPE I-GPE", "B-DATE O", "O B-PERSON"]);
    expect(documents(read)).toEqual([0, 0, 1]);
    expect(read.notes).toEqual([]);
  });

  it("in the last column; the outermost of nested ones is read, and a note counts the others", async () => {
    const read = await corpus(
      "a.conll",
      "the * \nUni (ORG*\nof *\nOslo (LOC)*)\n\nAda (PER(NAME*))\n"
        .replace("(LOC)*)", "(LOC))")
        .replace("(PER(NAME*))", "(PER(NAME))"),
    );
    expect(tags(read)).toEqual(["O B-ORG I-ORG I-ORG", "B-PER"]);
    expect(read.notes).toEqual(["2 entities are inside of others and not read (first at line 1)."]);
  });

  it.each([
    ["the * \nUni (ORG*\nof *\n\nx *\n", "a.conll:2", "not closed"],
    ["the *\nUni (ORG)\nof *)\n", "a.conll:3", "not opened"],
  ])("that do not match are an error: %j", async (text, where, message) => {
    const thrown = await failure("a.conll", text);
    expect(thrown).toMatchObject({ code: "DATA_LINE_INVALID", where });
    expect(thrown.message).toContain(message);
  });

  it("of coreference are no tags", async () => {
    expect(
      await failure("a.conll", "#begin document (a)\na 0 0 Ada (3)\na 0 1 saw -\na 0 2 her (3|(4\n"),
    ).toMatchObject({
      code: "DATA_TAG_COLUMN_MISSING",
    });
  });
});

it("WikiANN: the language before each word is left out, and a note says so", async () => {
  const read = await corpus("train", "en:Anna\tB-PER\nen::\tO\n\nen:Oslo\tB-LOC\n");
  expect(words(read)).toEqual(["Anna :", "Oslo"]);
  expect(read.notes).toEqual(["every word begins with en:, which is left out."]);
});

describe("tags that are joined to words", () => {
  it.each<[string, string, string]>([
    ["spaCy: a sentence per line", "Ada|PROPN|B-PER lives|VERB|O\nOslo|PROPN|B-LOC\n", "| , one sentence"],
    ["WikiNER", "Ada|NNP|I-PER lives|VBZ|O\n\nOslo|NNP|I-LOC\n", "|"],
    ["a word per line", "Ada/B-PER\nlives/O\n\nOslo/B-LOC\n", "/"],
    ["with parts of speech", "Ada/NNP/B-PER lives/VBZ/O\nOslo/NNP/B-LOC\n", "/"],
    ["with commas", "word,pos,tag\nAda,NNP,B-PER\nlives,VBZ,O\n\nOslo,NNP,B-LOC\n", ","],
    ["with documents", "-DOCSTART-\n\nAda_B-PER lives_O\nOslo_B-LOC\n", "_"],
  ])("%s", async (_, text) => {
    const read = await corpus("a.txt", text);
    expect(words(read)).toEqual(["Ada lives", "Oslo"]);
    expect(tags(read)).toEqual(["B-PER O", "B-LOC"]);
    expect(read.format).toBe("joined-tags");
  });

  it("class labels, as Stanford's tools write them", async () => {
    const read = await corpus("a.txt", "Ada/PERSON lives/O in/O\nOslo/LOCATION ./O\n");
    expect(tags(read)).toEqual(["PERSON O O", "LOCATION O"]);
  });

  it("class labels in lower case, if words outside of entities have o", async () => {
    const read = await corpus("a.txt", "Ada/nr lives/o in/o\nOslo/ns ./o\n");
    expect(tags(read)).toEqual(["nr O O", "ns O"]);
  });

  it("parts of speech are no tags", async () => {
    expect(await failure("a.txt", "Ada/NNP lives/VBZ in/IN\nOslo/NNP ./.\n")).toMatchObject({
      code: "DATA_COLUMN_COUNT",
    });
  });

  it("words may contain the character", async () => {
    expect(words(await corpus("a.iob", "||PUNCT|O Ada|PROPN|B-PER\n1/2|NUM|O\n"))).toEqual(["| Ada", "1/2"]);
  });

  it("a word without a tag is an error with its line", async () => {
    const text = `${"Ada|B-PER lives|O\n".repeat(20)}Oslo is|O\n`;
    expect(await failure("a.iob", text)).toMatchObject({ code: "DATA_LINE_INVALID", where: "a.iob:21" });
  });
});

describe("CoNLL-U", () => {
  const row = (id: string, word: string, misc: string) => `${id}\t${word}\t_\tX\t_\t_\t0\troot\t_\t${misc}\n`;

  it.each<[string, string, string[]]>([
    ["NE=", "NE", ["SpaceAfter=No|NE=B-LOC", "NE=O", "_"]],
    ["name=", "name", ["name=B-LOC", "SpaceAfter=No|name=O", "name=O"]],
    ["Tag=", "Tag", ["Tag=B-LOC", "Tag=O", "_"]],
    ["ner=", "ner", ["ner=B-LOC", "_", "_"]],
    ["class labels", "NE", ["NE=LOC", "_", "_"]],
    ["bare", "", ["B-LOC", "O", "O"]],
  ])("reads tags from MISC: %s", async (_, key, misc) => {
    const read = await corpus(
      "a.conllu",
      `# newdoc\n# sent_id = 1\n# text = Oslo\n${row("1-2", "OsloX", "_")}${row("1", "Oslo", misc[0]!)}${row("1.1", "x", "_")}${row("2", "is", misc[1]!)}\n${row("1", "Here", misc[2]!)}`,
    );
    expect(words(read)).toEqual(["Oslo is", "Here"]);
    expect(tags(read).map((own) => own.replace(/\bLOC/, "B-LOC").replace("B-B-", "B-"))).toEqual([
      "B-LOC O",
      "O",
    ]);
    expect(read.notes).toEqual([
      `tags are read from MISC${key === "" ? "" : `, where they follow ${key}=`}.`,
    ]);
    expect(read.format).toBe("conllu");
  });

  it("is recognised without its extension, and without entities it has no tags", async () => {
    const read = await corpus("a.txt", `# text = Oslo\n${row("1", "Oslo", "SpaceAfter=No|Gloss=x")}`);
    expect(read.sentences).toEqual([{ words: ["Oslo"], tags: [], document: 0, line: 2 }]);
    expect(read.notes).toEqual([
      "MISC has no tags of entities, so sentences have no tags. Its keys are: SpaceAfter, Gloss (option tagColumn).",
    ]);
    expect(tags(await corpus("a.txt", row("1", "Oslo", "Gloss=x"), { tagColumn: "Gloss" }))).toEqual(["x"]);
    expect(tags(await corpus("a.txt", row("1", "Oslo", "_"), { tagColumn: "UPOS" }))).toEqual(["X"]);
  });

  it("names the keys if the requested one is missing", async () => {
    expect(await failure("a.conllu", row("1", "Oslo", "Gloss=x"), { tagColumn: "NE" })).toMatchObject({
      code: "DATA_TABLE_COLUMN_MISSING",
    });
  });
});

it("a sentence of more than 1,000 words is named: what ends sentences may be missing", async () => {
  expect((await corpus("a.conll", "x O\n".repeat(1001))).notes).toEqual([
    "1 sentence has more than 1,000 words; an empty line must end each sentence (first at line 1).",
  ]);
});

it("lines that end with carriage returns alone are an error", async () => {
  expect(await failure("a.conll", "Ada B-PER\rlives O\r")).toMatchObject({
    code: "DATA_LINE_INVALID",
    where: "a.conll:1",
  });
});

describe("what is usual", () => {
  it.each<[string, string, FormatOptions, string[], string[]]>([
    ["CoNLL-2002", "Sao NC B-LOC\nPaulo VMI I-LOC\n( Fpa O\n\n", {}, ["Sao Paulo ("], ["B-LOC I-LOC O"]],
    [
      "CoNLL-2003 in German",
      "Ada ada NE I-NC I-PER\nlebt leben VVFIN I-VC O\n",
      {},
      ["Ada lebt"],
      ["B-PER O"],
    ],
    ["WNUT 2017", "@ada\tO\nEmpire\tB-location\n#nyc\tO\n\n", {}, ["@ada Empire #nyc"], ["O B-location O"]],
    ["JNLPBA", "###MEDLINE:95369245\n\nIL-2\tB-DNA\ngene\tI-DNA\n\n", {}, ["IL-2 gene"], ["B-DNA I-DNA"]],
    [
      "BC5CDR and NCBI without types",
      "-DOCSTART-\tO\n\nNaloxone\tB\nreverses\tO\n",
      {},
      ["Naloxone reverses"],
      ["B O"],
    ],
    [
      "i2b2 in columns",
      "Chest\tB-problem\npain\tI-problem\n.\tO\n",
      {},
      ["Chest pain ."],
      ["B-problem I-problem O"],
    ],
    ["Flair", "Ada B-PER\nsmiled O\n\n", {}, ["Ada smiled"], ["B-PER O"]],
  ])("%s", async (_, text, options, expectedWords, expectedTags) => {
    const read = await corpus("train.txt", text, options);
    expect(words(read)).toEqual(expectedWords);
    expect(tags(read)).toEqual(expectedTags);
    expect(read.notes).toEqual([]);
  });
});

describe("a file without empty lines", () => {
  const RAGGED = "4\tAda\tB-PER\n4\tsmiled\tO\n5\tOslo\tB-LOC\n5\tis\tO\n5\tcold\tO\n6\tHm\tO\n";

  it.each([
    ["numbers", RAGGED, {}, " Words are read from column 1 (option tokenColumn)."],
    [
      "names that end with numbers",
      RAGGED.replace(/^/gm, "s").slice(0, -1),
      {},
      " Words are read from column 1 (option tokenColumn).",
    ],
    ["numbers, and the column of the words is given", RAGGED, { tokenColumn: 1 }, ""],
  ])("whose first column counts the sentences: %s", async (_, text, options, also) => {
    const read = await corpus("a.tsv", text, options);
    expect(words(read)).toEqual(["Ada smiled", "Oslo is cold", "Hm"]);
    expect(tags(read)).toEqual(["B-PER O", "B-LOC O O", "O"]);
    expect(read.notes).toEqual([
      `there are no empty lines, and column 0 counts the sentences: one ends where its number changes.${also}`,
    ]);
  });

  it("whose columns count the sentences and their words", async () => {
    const read = await corpus("a.tsv", "1\t1\tAda\tB-PER\n1\t2\tsmiled\tO\n2\t1\tOslo\tB-LOC\n2\t2\t.\tO\n");
    expect(words(read)).toEqual(["Ada smiled", "Oslo ."]);
  });

  it("whose header names the column of the sentences", async () => {
    const read = await corpus("a.conll", `sent_id\ttoken\tner\n${RAGGED}`);
    expect(words(read)).toEqual(["Ada smiled", "Oslo is cold", "Hm"]);
  });

  it("is one sentence if nothing counts them, and a note says so", async () => {
    const read = await corpus("a.conll", "Ada B-PER\nsmiled O\n. O\n".repeat(4));
    expect(read.sentences).toHaveLength(1);
    expect(read.notes).toEqual([
      "no empty line ends a sentence, so 12 words are read as one; an empty line must end each sentence (first at line 1).",
    ]);
  });

  it("is as usual if it has a single sentence", async () => {
    expect((await corpus("a.conll", "The x O\nU.S. x B-LOC\n... x O\nhm x O\n. x O\n")).notes).toEqual([]);
  });
});

describe("a line of names of columns that are not usual", () => {
  const text = "Wort\tMarke\nAda\tB-PER\nsmiled\tO\n";

  it("is read if the names are given", async () => {
    const read = await corpus("a.tsv", text, { tokenColumn: "Wort", tagColumn: "marke" });
    expect(words(read)).toEqual(["Ada smiled"]);
  });

  it("needs both names", async () => {
    const thrown = await failure("a.tsv", text, { tokenColumn: "Wort" });
    expect(thrown).toMatchObject({ code: "DATA_COLUMN_KIND" });
  });
});
