/** Formats that are only read: made-up files in the shape that tools and corpora give them. */
import { describe, expect, it } from "vitest";
import { openContent } from "../../../src/data/read/open.js";
import { bytesSource } from "../../../src/data/read/source.js";
import { fittedSpans } from "../../../src/data/spans/fittedSpans.js";
import { sliceOf } from "../../../src/data/spans/slices.js";
import { growth, LINEAR } from "../../growth.js";
import { type Corpus, corpus, failure } from "./corpus.js";

/** The texts of a file, with the types and texts of their entities. */
async function texts(files: Readonly<Record<string, string>>, file: string, format?: string) {
  const notes = new Set<string>();
  const bytes = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
  const opened = await openContent(bytesSource(bytes, file), {
    onNote: (note) => notes.add(note),
    ...(format === undefined ? {} : { format }),
  });
  if (opened.content.shape !== "texts") throw new Error("words");
  const documents = [...opened.content.documents];
  return {
    format: opened.format.name,
    documents,
    entities: documents.map(({ text, spans }) => spans.map((span) => `${span.type} ${sliceOf(text, span)}`)),
    notes: [...notes],
  };
}

const fails = (files: Readonly<Record<string, string>>, file: string, format?: string) =>
  texts(files, file, format).then(
    () => ({}),
    (error: unknown) => error,
  );

describe("WebAnno TSV 3", () => {
  const HEADER =
    "#FORMAT=WebAnno TSV 3.3\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value\n\n\n";
  const tags = ({ sentences }: Corpus) => sentences.map((sentence) => sentence.tags.join(" "));

  it("reads tokens, entities of one token and of several, and escapes", async () => {
    const read = await corpus(
      "a.tsv",
      `${HEADER}#Text=Ada Maria lebt in K\\[ö\\]ln .\n1-1\t0-3\tAda\t*[1]\tPER[1]\t\n1-2\t4-9\tMaria\t*[1]\tPER[1]\t\n1-3\t10-14\tlebt\t_\t_\t\n1-4\t15-17\tin\t_\t_\t\n1-5\t18-24\tK\\[ö\\]ln\thttp://x\tLOC\\_city\t\n1-6\t25-26\t.\t_\t_\t\n\n#Text=Oslo 😀\n#Text=zweite Zeile\n2-1\t27-31\tOslo\t*\tLOC\n2-2\t32-34\t😀\t_\t_\n`,
    );
    expect(read.format).toBe("webanno-tsv");
    expect(read.sentences.map(({ words, line }) => [words.join(" "), line])).toEqual([
      ["Ada Maria lebt in K[ö]ln .", 6],
      ["Oslo 😀", 15],
    ]);
    expect(tags(read)).toEqual(["B-PER I-PER O O B-LOC_city O", "B-LOC O"]);
    expect(read.notes).toEqual([]);
  });

  it("reads entities inside each other in time that grows with their number", async () => {
    const time = await growth(async (count) => {
      const rows = Array.from({ length: count }, (_, token) => {
        const ids = [0, 1].map((nest) => `PER[${1 + Math.min(token, count - 1 - token) + nest}]`);
        return `1-${token + 1}\t${2 * token}-${2 * token + 1}\ta\t*\t${ids.join("|")}`;
      });
      await corpus("a.tsv", `${HEADER}${rows.join("\n")}\n`);
    }, 20_000);
    expect(time).toBeLessThan(LINEAR);
  });

  it("reads neighbours of one type as two entities if they have two numbers", async () => {
    expect(
      tags(
        await corpus(
          "a.tsv",
          `${HEADER}1-1\t0-1\ta\t*[1]\tPER[1]\n1-2\t2-3\tb\t*[2]\tPER[2]\n1-3\t4-5\tc\t*\tPER\n`,
        ),
      ),
    ).toEqual(["B-PER B-PER B-PER"]);
  });

  it("counts what it does not read as it is", async () => {
    const read = await corpus(
      "a.tsv",
      `${HEADER}1-1\t0-3\tUni\t*[1]\tORG[1]\n1-2\t4-8\tOslo\t*[1]|*\tORG[1]|LOC\n1-3\t9-10\tx\t*\t*\n1-4\t11-22\tOslofjord\t*[3]\tLOC[3]\n1-4.1\t11-15\tOslo\t*[3]\tLOC[3]\n1-5\t23-24\ty\t*[4]\tPER[4]\n\n2-1\t25-26\tz\t*[4]\tPER[4]\n`,
    );
    expect(tags(read)).toEqual(["B-ORG I-ORG O B-LOC B-PER", "B-PER"]);
    expect(read.notes).toEqual([
      "1 entity not read, because a longer one overlaps.",
      "1 entity not read, because the value is missing.",
      "1 entity widened to whole tokens.",
      "1 entity cut at the end of a sentence.",
    ]);
  });

  it("finds the layer among others", async () => {
    const layers =
      "#FORMAT=WebAnno TSV 3.2\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue|coarseValue\n#T_SP=webanno.custom.Person|id|role\n#T_RL=webanno.custom.Knows|kind|BT_webanno.custom.Person\n#T_SP=webanno.custom.Mark|\n";
    const row = "1-1\t0-3\tAda\tNE\tPROPN\t*\tdoctor\t_\t_\t*\n";
    expect(await failure("a.tsv", layers + row)).toMatchObject({
      code: "DATA_TAG_COLUMN_MISSING",
      where: "a.tsv:6",
    });
    expect(tags(await corpus("a.tsv", layers + row, { tagColumn: "Person" }))).toEqual(["B-doctor"]);
    expect(tags(await corpus("a.tsv", layers + row, { tagColumn: "Mark" }))).toEqual(["B-Mark"]);
    expect(tags(await corpus("a.tsv", layers + row, { tagColumn: "POS.coarseValue" }))).toEqual(["B-PROPN"]);
    const one = await corpus("a.tsv", layers.replace(/#T_SP=webanno.custom.Mark.*\n/, "") + row);
    expect(tags(one)).toEqual(["B-doctor"]);
  });

  it.each([
    ["another version", "#FORMAT=WebAnno TSV 2\n1-1\t0-1\ta\tb\n", "DATA_LINE_INVALID", "a.tsv:1"],
    ["too few cells", `${HEADER}1-1\t0-1\ta\n`, "DATA_COLUMN_COUNT", "a.tsv:5"],
    ["other lines", `${HEADER}Ada\tPER\n`, "DATA_LINE_INVALID", "a.tsv:5"],
  ])("%s is an error with its line", async (_, text, code, where) => {
    expect(await failure("a.tsv", text)).toMatchObject({ code, where });
  });
});

describe("PubTator", () => {
  const TEXT =
    "12|t|Naloxone in rats\n12|a|Fever 😀 and coma.\n12\t0\t8\tNaloxone\tChemical\tD009270\n12\t17\t22\tFever\tDisease\tD005334\n12\t29\t33\tcoma\tDisease\t-1\n12\tCID\tD009270\tD005334\n\n13|t|Ebola\n13|a|\n13\t0\t5\tEbola\tSpecificDisease\tD019142\tEbola\n";

  it("title and abstract are one text, in code points; relations are counted", async () => {
    const read = await texts({ "a.txt": TEXT }, "a.txt");
    expect(read.format).toBe("pubtator");
    expect(read.documents.map(({ text, id }) => [id, text])).toEqual([
      ["12", "Naloxone in rats\nFever 😀 and coma."],
      ["13", "Ebola"],
    ]);
    expect(read.entities).toEqual([
      ["Chemical Naloxone", "Disease Fever", "Disease coma"],
      ["SpecificDisease Ebola"],
    ]);
    expect(read.notes).toEqual(["a.txt: ignored 1 relation"]);
  });

  it("nested entities follow the policy", async () => {
    const [document] = (
      await texts(
        { "a.pubtator": "1|t|breast cancer\n1\t0\t13\tbreast cancer\tX\n1\t7\t13\tcancer\tX\n" },
        "a.pubtator",
      )
    ).documents;
    const { problems } = fittedSpans(document!, "a", { overlaps: false, gaps: false }, "error");
    expect(problems.map(({ kind, line }) => [kind, line])).toEqual([["overlap", 1]]);
  });

  it.each([
    ["an entity of another text", "1|t|a\n2\t0\t1\ta\tX\n", "a.txt:2"],
    ["an entity without a type", "1|t|a\n1|a|\n1\t0\t1\ta\n", "a.txt:3"],
    ["another line", "1|t|a\nb\n", "a.txt:2"],
  ])("%s is an error with its line", async (_, text, where) => {
    expect(await fails({ "a.txt": text }, "a.txt")).toMatchObject({ code: "DATA_LINE_INVALID", where });
  });
});

describe("i2b2 concepts", () => {
  const files = {
    "r.txt": "Admission Date :\nHe had  severe Chest pain .\n",
    "r.con": 'c="severe chest pain" 2:2 2:4||t="problem"\nc="he" 2:0 2:0||t="other"\n',
  };

  it.each(["r.txt", "r.con"])("are found by lines and words, from %s", async (file) => {
    const read = await texts(files, file);
    expect(read.format).toBe("i2b2");
    expect(read.entities).toEqual([["problem severe Chest pain", "other He"]]);
    expect(read.documents[0]!.spans.some(({ claimed }) => claimed !== undefined)).toBe(false);
  });

  it("say so if the text differs", async () => {
    const read = await texts({ ...files, "r.con": 'c="ache" 2:3 2:4||t="problem"\n' }, "r.con");
    expect(read.documents[0]!.spans[0]!.claimed).toBe("ache");
  });

  it.each([
    [
      "a word that is not there",
      'c="x" 2:9 2:9||t="problem"\n',
      { code: "DATA_LINE_INVALID", where: "r.con:1" },
    ],
    ["another line", "\nT1 problem\n", { code: "DATA_LINE_INVALID", where: "r.con:2" }],
  ])("%s is an error with its line", async (_, concepts, expected) => {
    expect(await fails({ ...files, "r.con": concepts }, "r.con")).toMatchObject(expected);
  });

  it("without a text are an error", async () => {
    expect(await fails({ "r.con": "" }, "r.con")).toMatchObject({ code: "DATA_COMPANION_MISSING" });
  });
});

describe("words and their entities by number", () => {
  it("the last word belongs to the entity if one begins and ends with the same number", async () => {
    const read = await texts(
      {
        "a.data":
          "IL-2 gene and  CD28\n0,1 G#DNA|0,0 G#protein|3,3 G#protein\n\nNothing here\n\n\nOslo\n0,0 LOC\n",
      },
      "a.data",
    );
    expect(read.format).toBe("word-spans");
    expect(read.entities).toEqual([
      ["G#DNA IL-2 gene", "G#protein IL-2", "G#protein CD28"],
      [],
      ["LOC Oslo"],
    ]);
    expect(read.documents.map(({ line }) => line)).toEqual([1, 4, 7]);
    expect(read.notes).toEqual([]);
  });

  it("otherwise it does not; parts of speech are passed over, heads too", async () => {
    const read = await texts({ "a.txt": "the Uni Oslo\nDT NN NNP\n0,3,1,2 ORG|2,3,2,3 GPE\n\n" }, "a.txt");
    expect(read.entities).toEqual([["ORG the Uni Oslo", "GPE Oslo"]]);
    expect(read.notes).toEqual([]);
  });

  it("a note says so if the file does not show it", async () => {
    const read = await texts({ "a.txt": "the Uni Oslo is\n0,3 ORG\n\n" }, "a.txt");
    expect(read.notes).toEqual([expect.stringContaining("no entity shows whether")]);
  });

  it("columns with numbers are columns", async () => {
    expect((await corpus("a.txt", "In O\n0,1 O\n\nAda B-PER\n")).format).toBe("conll");
    expect((await corpus("a.txt", "In X\n0,1 CARD\nup X\nto X\n\nAda PER\n")).format).toBe("conll");
  });

  it.each([
    ["an entity outside of the sentence", "Ada is\n0,1 PER\n\nAda is\n1,9 PER\n", "a.txt:5"],
    [
      "another line",
      "Ada is\n0,1 PER\n\nAda is\n\nAda is\nx\n\na b\n0,1 PER\n\nc\n0,1 X\n\nd\n0,1 X\n",
      "a.txt:7",
    ],
  ])("%s is an error with its line", async (_, text, where) => {
    expect(await fails({ "a.txt": text }, "a.txt", "word-spans")).toMatchObject({
      code: "DATA_LINE_INVALID",
      where,
    });
  });
});

describe("brat", () => {
  it("reads an entity of any number of parts", async () => {
    const parts = Array.from({ length: 200_000 }, (_, part) => `${2 * part} ${2 * part + 1}`).join(";");
    const read = await texts({ "a.txt": "a ".repeat(200_000), "a.ann": `T1\tP ${parts}\n` }, "a.ann", "brat");
    const [span] = read.documents[0]!.spans;
    expect(span).toMatchObject({ start: 0, end: 399_999 });
    expect(span!.gaps).toHaveLength(199_999);
  });
});
