import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it, test } from "vitest";
import { dataFacts, dataFilesAt, labelList, readDataset } from "../../../src/data/index.js";
import { quickstartCorpus } from "../../../src/quickstart/corpus.js";
import { conllText } from "../../../src/quickstart/files.js";
import type { Sentence } from "../../../src/text/sentence.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-data-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const shared = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));
const there = existsSync(shared);

/** Sentences of several documents, as a file in the form of CoNLL-2003. */
const corpus = quickstartCorpus(3, { train: 300, validation: 20, test: 20 }).train;
const folder = mkdtempSync(join(tmpdir(), "nerium-data-"));
afterAll(() => rmSync(folder, { recursive: true }));
const generated = join(folder, "train.txt");
writeFileSync(generated, conllText(corpus));

test("a file in the form of CoNLL-2003 has the sentences, words, tags and documents that were written", async () => {
  const data = await readDataset(generated);
  expect(data.scheme).toBe("IOB2");
  const plain = ({ words, tags, document }: Sentence) => ({ words: [...words], tags: [...tags], document });
  expect(Array.from(data.sentences, plain)).toEqual(corpus.map(plain));
  expect(data.sentences.at(-1)!.document).toBeGreaterThan(0);
});

test("labels are sorted as run_ner.py sorts them", async () => {
  const labels = labelList([dataFacts(await readDataset(generated))]);
  expect(labels.join(" ")).toBe("B-EVENT B-LOC B-ORG B-PER B-PROD I-EVENT I-LOC I-ORG I-PER I-PROD O");
});

test.skipIf(!there).each([
  ["conll2003/train.txt", 14041, 203621, 946],
  ["conll2003/valid.txt", 3250, 51362, 216],
  ["wnut17/train.conll", 3394, 62730, 1],
  ["wnut17/dev.conll", 1009, 15733, 1],
])(
  "%s has %i sentences of %i words in %i documents (needs ../shared)",
  async (file, sentences, words, documents) => {
    const data = await readDataset(join(shared, file));
    expect(data.sentences).toHaveLength(sentences);
    expect(data.sentences.reduce((total, sentence) => total + sentence.words.length, 0)).toBe(words);
    expect(data.sentences.at(-1)!.document).toBe(documents - 1);
    expect(data.scheme).toBe("IOB2");
  },
);

test.skipIf(!there || process.env.NERIUM_PYTHON === undefined)(
  "Python reads the same from CoNLL-2003 (needs ../shared and NERIUM_PYTHON)",
  async () => {
    const file = join(shared, "conll2003/train.txt");
    const program = `
import hashlib, sys
sentences, words = [], []
for line in open(sys.argv[1], encoding="utf-8"):
    if line.startswith("-DOCSTART-") or line.strip() == "":
        sentences += [words] if words else []
        words = []
    else:
        words.append((line.split(" ")[0], line.split(" ")[-1].strip()))
sentences += [words] if words else []
text = "\\n".join(" ".join(token + "/" + tag for token, tag in words) for words in sentences)
print(hashlib.sha256(text.encode()).hexdigest())`;
    const expected = execFileSync(process.env.NERIUM_PYTHON!, ["-c", program, file], {
      encoding: "utf8",
    }).trim();
    const { sentences } = await readDataset(file);
    const text = sentences
      .map(({ words, tags }) => words.map((word, i) => `${word}/${tags[i]}`).join(" "))
      .join("\n");
    const { createHash } = await import("node:crypto");
    expect(createHash("sha256").update(text).digest("hex")).toBe(expected);
  },
);

test.skipIf(!there)(
  "labels of CoNLL-2003 are sorted as run_ner.py sorts them (needs ../shared)",
  async () => {
    const labels = labelList([dataFacts(await readDataset(join(shared, "conll2003/valid.txt")))]);
    expect(labels.join(" ")).toBe("B-LOC B-MISC B-ORG B-PER I-LOC I-MISC I-ORG I-PER O");
  },
);

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "nothing thrown",
    (thrown) => thrown.code,
  );

it.skipIf(process.platform === "win32")("a folder with links to its parents is read once", async () => {
  const linked = join(folder, "linked");
  mkdirSync(join(linked, "sub"), { recursive: true });
  writeFileSync(join(linked, "sub", "a.conll"), "Ada B-PER\n");
  for (const name of ["one", "two"]) symlinkSync("..", join(linked, "sub", name));
  symlinkSync("loop.conll", join(linked, "loop.conll"));
  expect((await readDataset(linked)).sentences).toHaveLength(1);
  expect(dataFilesAt(linked)).toEqual([join(linked, "sub", "a.conll")]);
});

it("says what is wrong with a path", async () => {
  expect(await code(readDataset(join(scratch, "none.conll")))).toBe("DATA_FILE_MISSING");
  expect(await code(readDataset(scratch))).toBe("DATA_FILE_IS_FOLDER");
  writeFileSync(join(scratch, "data.csv"), "Ada,B-PER\n");
  expect(await code(readDataset(join(scratch, "data.csv")))).toBe("DATA_TABLE_COLUMN_MISSING");
  expect(await code(readDataset(join(scratch, "data.csv"), { delimiter: "," }))).toBe("nothing thrown");
});

it("converts tags of the whole file to IOB2", async () => {
  const file = join(scratch, "bilou.txt");
  writeFileSync(file, "Ada U-PER\n\nRio B-LOC\nGrande L-LOC\n");
  const data = await readDataset(file);
  expect(data.scheme).toBe("IOB2");
  expect(data.sentences.flatMap(({ tags }) => tags)).toEqual(["B-PER", "B-LOC", "I-LOC"]);
});

it("leaves class labels without prefixes as they are", async () => {
  const file = join(scratch, "classes.txt");
  writeFileSync(file, "Ada PER\nsmiled O\n");
  expect(await readDataset(file)).toMatchObject({ scheme: "IO", sentences: [{ tags: ["PER", "O"] }] });
});
