import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseRecipe, type RecipeInput } from "../../../src/recipe/index.js";
import { prepare } from "../../../src/train/prepare/prepare.js";
import { tinyModel } from "../tinyModel.js";

let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel();
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(tiny.folder, name);
  writeFileSync(path, text);
  return path;
}

const columns = (...sentences: string[]) =>
  sentences.map((words) => `${words.replaceAll(" ", " O\n").replace(/$/, " B-LOC\n")}\n`).join("");
const texts = (text: string, start: number) =>
  `${JSON.stringify({ text, spans: [{ start, end: text.length, label: "LOC" }] })}\n`;

async function prepared(changes: Partial<RecipeInput>) {
  const { recipe } = parseRecipe({ ...tiny.recipe(), validation: undefined, ...changes });
  const { config, messages, validation, weights, train } = await prepare(recipe);
  await weights.dispose();
  await train.close();
  return {
    nerium: config.nerium,
    words: validation?.data.sentences.map(({ words }) => words.join(" ")),
    notices: messages.filter(({ code }) => code === "WORDS_FOUND").map(({ message }) => message),
  };
}

describe("a model remembers how the words of its training data were split", () => {
  it("into single characters, and validation texts are split the same way", async () => {
    const train = file("train.txt", columns("我 在 东 京", "他 在 大 阪"));
    const validation = file("valid.jsonl", texts("東京大阪", 2));
    const found = await prepared({ train, validation });
    expect(found.nerium).toMatchObject({ context: "none", unspaced_words: "characters" });
    expect(found.nerium).not.toHaveProperty("hyphens");
    expect(found.words).toEqual(["東 京 大 阪"]);
    expect(found.notices).toHaveLength(1);
    expect(found.notices[0]).toContain("single characters");
  });

  it("at hyphens, also if the data are cached", async () => {
    const train = file("hyphens.txt", columns(...new Array(6).fill("a well - known Oslo - based one")));
    for (const datasetCache of ["never", "always"] as const) {
      const found = await prepared({
        train,
        validation: file("v.jsonl", texts("an Oslo-based", 3)),
        datasetCache,
      });
      expect(found.nerium).toMatchObject({ hyphens: "split" });
      expect(found.words).toEqual(["an Oslo - based"]);
    }
  });

  it("from texts in which entities end within Chinese words", async () => {
    const train = file(
      "texts.jsonl",
      `${JSON.stringify({ text: "张国荣耀眼", spans: [{ start: 0, end: 3, label: "LOC" }] })}\n`,
    );
    expect((await prepared({ train })).nerium).toMatchObject({ unspaced_words: "characters" });
  });

  it("unless the recipe says how, and not at all if they were split as usual", async () => {
    const train = file("train.txt", columns("我 在 东 京", "他 在 大 阪"));
    const validation = file("valid.jsonl", texts("東京大阪", 2));
    const asked = await prepared({ train, validation, unspacedWords: "words" });
    expect(asked).toMatchObject({ words: ["東京 大阪"], notices: [] });
    expect(asked.nerium).toBeUndefined();
    expect((await prepared({})).nerium).toBeUndefined();
    const set = await prepared({ hyphens: "split" });
    expect(set).toMatchObject({ nerium: { hyphens: "split" }, notices: [] });
  });
});
