/** A model that was trained on documents: what config.json says decides how it is evaluated and how it reads texts. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { type Entity, evaluateFolder, load, type Ner } from "../../src/infer/index.js";
import { testIo } from "../cli/testIo.js";
import { writeTinyModel } from "./tinyModel.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-context-"));
/** Reads documents in windows of 40 pieces; it takes 64. */
let folder: string;
let ner: Ner;
let alone: Ner;
beforeAll(async () => {
  folder = await writeTinyModel(join(scratch, "documents"));
  const file = join(folder, "config.json");
  const nerium = { context: "document", context_eval_tokens: 40, context_separator: true };
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), nerium }));
  ner = await load(folder, { threads: 2 });
  alone = await load(folder, { threads: 2, context: "none" });
});
afterAll(async () => {
  await ner.dispose();
  await alone.dispose();
  rmSync(scratch, { recursive: true, force: true });
});

/** Batches of other windows round differently in the last bits of a score. */
const rounded = (entities: readonly Entity[]) =>
  entities.map(({ score, ...rest }) => ({ ...rest, score: Math.round(score * 1e5) / 1e5 }));

const texts = [
  "Anna Wolff lives in Berlin. The city is big. She lives in the city!",
  "Berlin. Anna. The city.",
  "",
  "Anna lives in the city. ".repeat(20),
];

describe("texts", () => {
  it("are read with the sentences beside each other, in windows of the trained length", async () => {
    const [first, , , long] = texts as [string, string, string, string];
    const analysis = await ner.analyze(first);
    expect(analysis.windows).toBe(1);
    expect((await alone.analyze(first)).windows).toBe(3);
    const wider = await load(folder, { threads: 2, maxLength: 64 });
    const windows = [wider, ner].map(async (each) => (await each.analyze(long)).windows);
    const [few, many] = (await Promise.all(windows)) as [number, number];
    expect(many).toBeGreaterThan(few);
    expect(few).toBeGreaterThan(1);
    await wider.dispose();
    // Other scores: the sentences saw each other.
    expect(rounded(analysis.entities)).not.toEqual(rounded(await alone(first)));
    expect(rounded(await ner("Anna lives in Berlin."))).toEqual(
      rounded(await alone("Anna lives in Berlin.")),
    );
  });

  it("give together what each gives alone, long ones too", async () => {
    const long = "Anna Wolff lives in Berlin. The city is big, they say! ".repeat(500);
    const all = [...texts, long, ...texts];
    const together = await ner(all);
    for (const [index, text] of all.entries())
      expect(rounded(together[index]!)).toEqual(rounded(await ner(text)));
  });

  it("have their entities in the order of the text, each word once", async () => {
    const text = "Wolff lives in Berlin. ".repeat(50);
    const starts = (await ner(text)).map(({ start }) => start);
    expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
    expect((await ner(text)).at(-1)!.end).toBeGreaterThan(text.length - 40);
  });

  it("refuse windows that the model does not take, and a context that is none", async () => {
    await expect(load(folder, { maxLength: 65 })).rejects.toMatchObject({
      code: "INFER_LENGTH_BEYOND_MODEL",
    });
    await expect(load(folder, { context: "book" as "none" })).rejects.toMatchObject({
      code: "INFER_OPTION_INVALID",
    });
  });
});

describe("evaluation", () => {
  const sentences = [
    "Anna B-PER\nlives O\nin O\nBerlin B-LOC\n",
    "the O\ncity O\n",
    "Wolff B-PER\nlives O\n",
  ];
  const documents = [0, 1, 2, 3, 4, 5].map((number) =>
    Array.from({ length: 3 + 4 * number }, (_, index) => sentences[(index + number) % 3]!),
  );
  const dataFile = (name: string, of: readonly (readonly string[])[], marked = true): string => {
    const file = join(scratch, name);
    const start = marked ? "-DOCSTART- O\n\n" : "";
    writeFileSync(file, of.map((document) => start + document.join("\n")).join("\n"));
    return file;
  };

  it("reads documents as config.json says, and gives sentences in the order of the file", async () => {
    const file = dataFile("documents.conll", documents);
    const result = await evaluateFolder(folder, file, { threads: 2 });
    expect(result).toMatchObject({ context: "document", documentsUnknown: false, sentences: 78 });
    expect(result.predicted.map(({ length }) => length)).toEqual(result.gold.map(({ length }) => length));
    const single = await evaluateFolder(folder, file, { threads: 2, context: "none" });
    expect(single.context).toBe("none");
    expect(single.loss).not.toBeCloseTo(result.loss, 4);
  });

  it("finds what prediction finds in the same file, and in its sentences", async () => {
    const file = dataFile("predicted.conll", documents);
    const { predicted } = await evaluateFolder(folder, file, { threads: 2 });
    const { io, stdout } = testIo();
    expect(await nerium(["predict", folder, file, "--format", "conll", "--quiet"], io)).toBe(0);
    const lines = stdout.text.split("\n").filter((line) => line !== "" && !line.startsWith("-DOCSTART-"));
    // The random model begins entities with I-, too.
    const typed = (tag: string) => tag.replace(/^[BI]-/, "");
    expect(lines.map((line) => typed(line.split(" ").at(-1)!))).toEqual(predicted.flat().map(typed));
    expect(stdout.text.match(/^-DOCSTART-/gm)).toHaveLength(documents.length);

    const ner = await load(folder, { threads: 2 });
    const words = documents.map((document) =>
      document.map((sentence) =>
        sentence
          .trimEnd()
          .split("\n")
          .map((line) => line.split(" ")[0]!),
      ),
    );
    const found = await ner(words.map((sentences) => ({ sentences })));
    const { context } = ner;
    await ner.dispose();
    expect(context).toBe("document");
    const types = found.flat().flatMap(({ type, words }) => words.map(() => type));
    expect(types).toEqual(
      predicted
        .flat()
        .filter((tag) => tag !== "O")
        .map(typed),
    );
  });

  it("gives the same whether documents come in one file or in several", async () => {
    const whole = await evaluateFolder(folder, dataFile("whole.conll", documents), { threads: 2 });
    const parts = [documents.slice(0, 2), documents.slice(2, 4), documents.slice(4)];
    const predicted: (readonly string[])[] = [];
    for (const [index, part] of parts.entries())
      predicted.push(
        ...(await evaluateFolder(folder, dataFile(`part${index}.conll`, part), { threads: 2 })).predicted,
      );
    expect(predicted).toEqual(whole.predicted);
  });

  it("reads sentences one by one where the file does not say where documents begin, and says so", async () => {
    const file = dataFile("unmarked.conll", documents, false);
    const result = await evaluateFolder(folder, file, { threads: 2 });
    expect(result).toMatchObject({ context: "none", documentsUnknown: true });
    const { loss } = await evaluateFolder(folder, file, { threads: 2, context: "none" });
    expect(result.loss).toBeCloseTo(loss, 6);
  });
});
