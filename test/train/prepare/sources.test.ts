import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseRecipe } from "../../../src/recipe/index.js";
import type { InMemoryTraining } from "../../../src/train/examples/trainingData.js";
import { prepare } from "../../../src/train/prepare/prepare.js";
import { findSources } from "../../../src/train/prepare/sources.js";
import { tinyModel } from "../tinyModel.js";

const tiny = await tinyModel();
const folder = mkdtempSync(join(tmpdir(), "nerium-sources-"));
afterAll(() => {
  for (const each of [tiny.folder, folder]) rmSync(each, { recursive: true, force: true });
});

const line = (word: string, tag: string) => `${JSON.stringify({ tokens: [word], ner_tags: [tag] })}\n`;
writeFileSync(join(folder, "train-1.jsonl"), line("a", "B-PER") + line("b", "O"));
writeFileSync(join(folder, "train-2.jsonl"), line("c", "B-LOC"));
writeFileSync(join(folder, "dev.jsonl"), line("d", "O"));
writeFileSync(join(folder, "own.jsonl"), line("e", "O"));

async function sourcesOf(fields: Record<string, unknown>) {
  const { recipe } = parseRecipe({ model: tiny.encoder, output: join(folder, "out"), ...fields });
  const finding = findSources(recipe, new AbortController().signal);
  for (;;) {
    const { done, value } = await finding.next();
    if (done) return { recipe, sources: value };
  }
}

describe("the sources of a run", () => {
  it("are the files that the recipe names", async () => {
    const { sources } = await sourcesOf({ train: "t.txt", validation: "v.txt", tokenizer: tiny.encoder });
    expect(sources).toEqual({
      model: tiny.encoder,
      tokenizer: tiny.encoder,
      teachers: [],
      train: ["t.txt"],
      validation: ["v.txt"],
      test: [],
      modelName: undefined,
      dataset: undefined,
    });
  });

  it("are the parts of a data set, but for those that files are given for", async () => {
    const own = join(folder, "own.jsonl");
    const { recipe, sources } = await sourcesOf({ dataset: folder, validation: own });
    const train = ["train-1.jsonl", "train-2.jsonl"].map((name) => join(folder, name));
    expect(sources).toMatchObject({ train, validation: [own], test: [] });
    const { weights, ...prepared } = await prepare(recipe, sources);
    await weights.dispose();
    const { sentences } = (prepared.train as InMemoryTraining).data;
    expect(sentences.map(({ words, file, document }) => [words[0], file, document])).toEqual([
      ["a", train[0], 0],
      ["b", train[0], 0],
      ["c", train[1], 1],
    ]);
    expect(prepared.labels).toEqual(["B-LOC", "B-PER", "O"]);
  });

  it("lack a part that the run can't do without: an error before anything else", async () => {
    rmSync(join(folder, "dev.jsonl"));
    await expect(sourcesOf({ dataset: folder, load_best_model_at_end: true })).rejects.toMatchObject({
      code: "HUB_NO_SPLIT",
    });
  });
});
