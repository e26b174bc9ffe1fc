import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateFolder, type LoadOptions, load } from "../../src/infer/index.js";
import { writeTinyModel } from "./tinyModel.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-words-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A model that takes 京 for a person's name and 大 for a place, with settings in its config.json. */
async function modelWith(nerium: object | undefined, name: string): Promise<string> {
  const folder = await writeTinyModel(join(scratch, name), {
    labels: ["O", "B-PER", "I-LOC", "B-LOC"],
    reads: ["東", "京", "-", "大"],
  });
  const path = join(folder, "config.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), nerium }));
  return folder;
}

let plain: string;
let characters: string;
beforeAll(async () => {
  plain = await modelWith(undefined, "plain");
  characters = await modelWith({ unspaced_words: "characters", hyphens: "split" }, "characters");
});

async function found(folder: string, text: string, options: LoadOptions = {}) {
  const ner = await load(folder, { threads: 1, ...options });
  try {
    const words = ner.splitWords(text).map((word) => word.text);
    const entities = await ner(text);
    for (const { start, end, words: own } of entities)
      expect(own.map((word) => words[word]).join("")).toBe(text.slice(start, end));
    return { words, entities: entities.map(({ type, text: own }) => `${type} ${own}`) };
  } finally {
    await ner.dispose();
  }
}

describe("the words of raw text", () => {
  it("are those of a dictionary for a model that says nothing", async () => {
    expect(await found(plain, "東京大阪")).toEqual({ words: ["東京", "大阪"], entities: ["LOC 大阪"] });
  });

  it("are single characters for a model that was trained on them", async () => {
    expect(await found(characters, "東京大阪")).toEqual({
      words: ["東", "京", "大", "阪"],
      entities: ["PER 京", "LOC 大"],
    });
    expect((await found(characters, "in-the")).words).toEqual(["in", "-", "the"]);
  });

  it("are what the options ask for", async () => {
    const asked = await found(plain, "東京-in-the", { unspacedWords: "characters", hyphens: "split" });
    expect(asked.words).toEqual(["東", "京", "-", "in", "-", "the"]);
    const back = await found(characters, "東京 in-the", { unspacedWords: "words", hyphens: "join" });
    expect(back.words).toEqual(["東京", "in-the"]);
    await expect(load(plain, { hyphens: "cut" as never })).rejects.toMatchObject({
      code: "INFER_OPTION_INVALID",
      where: "hyphens",
    });
  });

  it("are the same when texts are evaluated", async () => {
    const file = join(scratch, "gold.jsonl");
    const spans = [{ start: 0, end: 2, label: "LOC" }];
    writeFileSync(file, `${JSON.stringify({ text: "大阪東京", spans })}\n`);
    const wordsOf = async (folder: string) => (await evaluateFolder(folder, file)).data.sentences[0]!.words;
    expect(await wordsOf(plain)).toEqual(["大阪", "東京"]);
    expect(await wordsOf(characters)).toEqual(["大", "阪", "東", "京"]);
  });
});
