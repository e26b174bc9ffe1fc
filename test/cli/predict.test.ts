import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { readDataset } from "../../src/data/index.js";
import { load, type Ner } from "../../src/infer/index.js";
import { writeTinyModel } from "../infer/tinyModel.js";
import { shownBy, testIo } from "./testIo.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-predict-"));
let model: string;
let ner: Ner;
beforeAll(async () => {
  // The words o, b and i are read as outside, a name's beginning and its inside.
  const reads = { labels: ["O", "B-PER", "I-PER", "B-LOC"], reads: ["o", "b", "i", "a"] };
  model = await writeTinyModel(join(scratch, "model"), reads);
  ner = await load(model, { threads: 1 });
});
afterAll(async () => {
  await ner.dispose();
  rmSync(scratch, { recursive: true, force: true });
});

async function predicted(args: readonly string[], options: Parameters<typeof testIo>[0] = {}) {
  const { io, stdout, stderr } = testIo(options);
  const code = await nerium(["predict", model, "--threads", "1", ...args], io);
  return { code, out: stdout.text, err: stderr.text };
}

const objects = (out: string) =>
  out
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

function file(name: string, text: string | Uint8Array): string {
  const path = join(scratch, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  return path;
}

describe("where texts come from", () => {
  it("arguments are texts of their own", async () => {
    const { code, out, err } = await predicted(["o b i", "a o"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(objects(out)).toMatchObject([
      { text: "o b i", entities: [{ type: "PER", text: "b i", start: 2, end: 5, words: [1, 2] }] },
      { text: "a o", entities: [{ type: "LOC", start: 0, end: 1 }], windows: 1, truncated: false },
    ]);
    expect(objects(out)[0]).not.toHaveProperty("line");
  });

  it("data files keep their words, also as columns", async () => {
    const path = file("words.conll", "o O\nb.i PER\n\na O\n");
    const { out } = await predicted([path]);
    expect(objects(out)).toMatchObject([
      { line: 1, text: "o b.i", words: ["o", "b.i"] },
      { line: 4, text: "a", words: ["a"], entities: [{ type: "LOC", words: [0] }] },
    ]);
    const columns = await predicted([path, "--format", "conll"]);
    expect(columns.out.split("\n").map((line) => line.split(" ")[0])).toEqual([
      "-DOCSTART-",
      "",
      "o",
      "b.i",
      "",
      "a",
      "",
      "",
    ]);
  });

  it("standard input has one text a line", async () => {
    const { out } = await predicted([], { stdin: ["o b\n\n", "a\n"] });
    expect(objects(out).map(({ line, text }) => [line, text])).toEqual([
      [1, "o b"],
      [2, ""],
      [3, "a"],
    ]);
  });

  it("files and the .txt files of folders come with their names, in order", async () => {
    const one = file("texts/b.txt", "o\nb\n");
    const two = file("texts/a/c.txt", "a\n");
    file("texts/d.md", "b\n");
    const { out } = await predicted([join(scratch, "texts"), one]);
    expect(objects(out).map(({ file, line, text }) => [file, line, text])).toEqual([
      [two, 1, "a"],
      [one, 1, "o"],
      [one, 2, "b"],
      [one, 1, "o"],
      [one, 2, "b"],
    ]);
  });

  it("paragraphs and whole files are texts where that is asked for", async () => {
    const path = file("paragraphs.txt", "\no b\r\ni o\r\n \r\n\r\na\r\n");
    const paragraphs = objects((await predicted([path, "--text-per", "paragraph"])).out);
    expect(paragraphs.map(({ line, text }) => [line, text])).toEqual([
      [2, "o b\ni o"],
      [6, "a"],
    ]);
    const [whole, ...others] = objects((await predicted([path, "--text-per", "file"])).out);
    expect(others).toEqual([]);
    expect(whole.text).toBe("\no b\r\ni o\r\n \r\n\r\na\r\n");
  });

  it("are read as data files are: bad bytes are an error with their line, UTF-16 with a mark is text", async () => {
    const latin = Buffer.from("o b\nBogot\xe1\n", "latin1");
    const path = file("latin1.txt", latin);
    const refused = await predicted([path]);
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toContain("DATA_ENCODING_INVALID");
    expect(refused.err).toContain(`${path}:2`);
    const piped = await predicted(["-"], { stdin: [latin] });
    expect(piped).toMatchObject({ code: 1, out: "" });
    expect(piped.err).toContain("standard input:2");
    expect((await predicted([file("binary.txt", Buffer.from("o\0b\n"))])).err).toContain("DATA_FILE_BINARY");
    const wide = await predicted([file("utf16.txt", Buffer.from("\ufeffo b\n", "utf16le"))]);
    expect(objects(wide.out)).toMatchObject([{ text: "o b", entities: [{ text: "b" }] }]);
  });

  it("tables and JSON have a text in each record, and their other fields are kept", async () => {
    const path = file("reviews.csv", "id,text,file\n7,o b,x\n8,a,y\n");
    const { out, err } = await predicted([path]);
    expect(err).toBe("");
    expect(objects(out)).toMatchObject([
      { id: "7", file: path, line: 2, text: "o b", entities: [{ type: "PER" }], input: { file: "x" } },
      { id: "8", file: path, line: 3, text: "a", entities: [{ type: "LOC" }], input: { file: "y" } },
    ]);
    const lines = ['{"id":7,"body":"o b","entities":[1]}\n'];
    const piped = await predicted(["--text-column", "body"], { stdin: lines });
    expect(objects(piped.out)).toMatchObject([
      { id: 7, text: "o b", entities: [{ type: "PER" }], input: { entities: [1] } },
    ]);
    const guessed = await predicted([], { stdin: ['{"id":7,"body":"o b"}\n'] });
    expect(guessed.err).toContain("note: standard input: the texts are read from body");
    const missing = await predicted([path, "--text-column", "body"]);
    expect(missing).toMatchObject({ code: 1, out: "" });
    expect(missing.err).toContain("DATA_TEXT_COLUMN_MISSING");
    const raw = await predicted([path, "--from", "text"]);
    expect(objects(raw.out).map(({ text }) => text)).toEqual(["id,text,file", "7,o b,x", "8,a,y"]);
  });

  it.skipIf(process.platform === "win32")(
    "a folder with links to its parents has each text once",
    async () => {
      const path = file("linked/sub/a.txt", "o b\n");
      for (const name of ["one", "two"]) symlinkSync("..", join(scratch, "linked/sub", name));
      symlinkSync("loop", join(scratch, "linked/loop"));
      const { code, out } = await predicted([join(scratch, "linked")]);
      expect(code).toBe(0);
      expect(objects(out).map(({ file }) => file)).toEqual([path]);
    },
  );

  it("a folder without text files is refused", async () => {
    mkdirSync(join(scratch, "empty"));
    const { code, err } = await predicted([join(scratch, "empty")]);
    expect(code).toBe(1);
    expect(err).toContain("CLI_NO_TEXT_FILES");
  });
});

describe("formats", () => {
  it("json is one array, also of nothing", async () => {
    const { out } = await predicted(["--format", "json", "o b", "a"]);
    expect(JSON.parse(out)).toHaveLength(2);
    expect(JSON.parse((await predicted(["--format", "json"])).out)).toEqual([]);
  });

  it("conll can be read as data: sentences, documents, IOB2", async () => {
    const path = file("story.txt", "o b i. I o a\nb\n");
    const { out } = await predicted(["--format", "conll", path, "--labels", "PER"]);
    expect(out).toBe("-DOCSTART- O\n\no O\nb B-PER\ni I-PER\n. O\n\nI O\no O\na O\n\nb B-PER\n\n");
    const { sentences } = await readDataset(file("read.conll", out));
    expect(sentences.map(({ words }) => words.join(" "))).toEqual(["o b i .", "I o a", "b"]);
  });

  it("doccano has code points, and the other fields as they are", async () => {
    const path = file("d.jsonl", '{"id":7,"text":"😀 o b i","label":["old"]}\n{"text":"o"}\n');
    const { out } = await predicted(["--format", "doccano", path]);
    expect(objects(out)).toEqual([
      { text: "😀 o b i", label: [[4, 7, "PER"]], id: 7, input: { label: ["old"] } },
      { text: "o", label: [] },
    ]);
    const { sentences } = await readDataset(file("back.jsonl", out));
    expect(sentences.map(({ tags }) => tags)).toEqual([["O", "O", "B-PER", "I-PER"], ["O"]]);
  });

  it("label-studio has tasks with predictions, their scores and the model as their version", async () => {
    const path = file("t.jsonl", '{"id":7,"text":"😀 o b i"}\n{"text":"o"}\n');
    const { out } = await predicted(["--format", "label-studio", path]);
    const [first, second, ...others] = JSON.parse(out);
    expect(others).toEqual([]);
    const result = first.predictions[0].result[0];
    expect(first).toEqual({
      data: { text: "😀 o b i", id: 7 },
      predictions: [
        {
          model_version: "model",
          score: result.score,
          result: [
            {
              id: "entity-0",
              from_name: "label",
              to_name: "text",
              type: "labels",
              value: { start: 5, end: 8, text: "b i", labels: ["PER"] },
              score: expect.closeTo(1, 1),
            },
          ],
        },
      ],
    });
    expect(second).toEqual({ data: { text: "o" }, predictions: [{ model_version: "model", result: [] }] });
    for (const flags of [
      ["--offsets", "utf-16"],
      ["--aggregation-strategy", "none"],
    ])
      expect((await predicted(["--format", "label-studio", "o", ...flags])).err).toContain("CLI_USAGE");
    const names = ["--from-name", "ner", "--to-name", "doc", "--data-key", "body"];
    const [named] = JSON.parse((await predicted(["--format", "label-studio", "o b i", ...names])).out);
    expect(named.data).toEqual({ body: "o b i" });
    expect(named.predictions[0].result[0]).toMatchObject({ from_name: "ner", to_name: "doc" });
    expect((await predicted(["--format", "jsonl", "o", "--to-name", "doc"])).err).toContain("CLI_USAGE");
  });

  it("text is for people, bracketed where there are no colours", async () => {
    const { out } = await predicted(["--format", "text", "o b i"]);
    expect(out).toMatch(/^o \[PER b i\]\n {2}PER {2}\d\.\d{4} {2}b i {2}2-5\n$/);
    const terminal = await predicted(["o b i"], { columns: 80 });
    expect(shownBy(terminal.out)[0]).toBe("o b i");
  });

  it("html is a page that nothing in a text can break out of", async () => {
    const hostile = `b </p><script>alert(1)</script> <img src=x onerror="alert(2)"> & ' \u0000 a`;
    const { out } = await predicted(["--format", "html", hostile, file("<b>.txt", "a\n")]);
    expect(out).toMatch(/^<!doctype html>/);
    expect(out).toContain('<mark class="t0" data-type="PER" title="PER ');
    expect(out).toContain("&#60;script&#62;");
    expect(out).toContain("&#60;b&#62;.txt</h2>");
    const tags = new Set([...out.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name]) => name));
    expect([...tags].sort()).toEqual(
      [
        ...["body", "doctype", "footer", "h2", "header", "html", "input", "label", "main", "mark", "meta"],
        ...["p", "style", "title"],
      ].filter((tag) => tag !== "doctype"),
    );
    expect(out).not.toContain("\u0000");
    const shown = /<p [^>]*>(.*)<\/p>/.exec(out)![1]!.replace(/<[^>]+>/g, "");
    const text = shown.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
    expect(text).toBe(hostile.replace("\u0000", "␀"));
    expect(out).toContain("2 texts, 6 entities: PER 2, LOC 4");
  });
});

describe("options", () => {
  it("for words split texts", async () => {
    const words = async (...flags: string[]) =>
      (await predicted(["--format", "conll", "東京 a-b", ...flags])).out
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("-DOCSTART-"))
        .map((line) => line.split(" ")[0]);
    expect(await words()).toEqual(["東京", "a-b"]);
    expect(await words("--unspaced-words", "characters", "--hyphens", "split")).toEqual([
      "東",
      "京",
      "a",
      "-",
      "b",
    ]);
  });

  it("are the pipeline's", async () => {
    const text = "😀 o b i a";
    const flags = ["--aggregation-strategy", "first", "--offsets", "code-points", "--ignore-labels", "LOC"];
    const [{ entities }] = objects((await predicted([...flags, text])).out);
    expect(entities).toMatchObject([{ type: "PER", word: "b i", start: 4, end: 7 }]);
    expect(entities).toHaveLength(1);
    const none = objects(
      (await predicted(["--aggregation-strategy", "none", "--labels", "B-PER", text])).out,
    );
    expect(none[0].entities).toMatchObject([{ label: "B-PER", index: 3, text: "b" }]);
    expect(objects((await predicted(["--threshold", "0.99", text])).out)[0].entities).toEqual([]);
    const long = "o b ".repeat(100);
    expect(objects((await predicted([long])).out)[0]).toMatchObject({ truncated: false });
    expect(objects((await predicted(["--truncation", long])).out)[0]).toMatchObject({ truncated: true });
  });

  it.each([
    [["--labels", "PERS", "b"], "--labels must be a list of"],
    [["--format", "html", "--offsets", "utf-16", "b"], "--offsets cannot be combined with --format html"],
    [
      ["--format", "conll", "--aggregation-strategy", "none", "b"],
      "--aggregation-strategy none cannot be combined",
    ],
    [
      ["--aggregation-strategy", "mean", "b"],
      "--aggregation-strategy must be one of none, simple, first, average, max",
    ],
    [["--text-per", "page", "b"], "--text-per must be one of line, paragraph, file"],
  ])("%j is usage", async (args, what) => {
    const { code, out, err } = await predicted(args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(what);
  });
});

describe("progress", () => {
  it("stands on the terminal while results go elsewhere, and is gone at the end", async () => {
    const path = file("long.txt", "o b i a\n".repeat(2000));
    const { io, stdout, stderr } = testIo({ columns: 80 });
    const args = ["predict", model, "--threads", "1", path];
    await nerium(args, { ...io, stdout: { write: stdout.write } });
    expect(stderr.text).toMatch(/predicting {2}\d+% {2}[\d,]+ texts?/);
    expect(shownBy(stderr.text)).toEqual([""]);
    expect(objects(stdout.text)).toHaveLength(2000);
  });

  it("is not for a log, and not for --quiet", async () => {
    const path = file("short.txt", "o b i a\n");
    expect((await predicted([path])).err).toBe("");
    const { io, stdout, stderr } = testIo({ columns: 80 });
    await nerium(["predict", model, path, "--quiet"], { ...io, stdout: { write: stdout.write } });
    expect(stderr.text).toBe("");
  });
});
