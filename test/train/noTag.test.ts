/** Words that do not count: a run on data with such words, by its loss, its scores and its labels. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluateFolder } from "../../src/infer/index.js";
import type { RecipeInput } from "../../src/recipe/index.js";
import type { TrainEvent } from "../../src/run/index.js";
import { train } from "../../src/train/index.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-no-tag-"));
const model = join(scratch, "model");
beforeAll(() => {
  for (const part of ["infer", "tokenize"])
    cpSync(join(import.meta.dirname, `../${part}/goldens/bert-cased`), model, { recursive: true });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const WORDS = ["Anna", "Berger", "lives", "in", "Rome", "today"];
const TAGS = ["B-PER", "I-PER", "O", "O", "B-LOC", "O"];

function data(name: string, tags: readonly string[]): string {
  const file = join(scratch, `${name}.conll`);
  const sentence = WORDS.map((word, index) => `${word} ${tags[index]}\n`).join("");
  writeFileSync(file, `${sentence}\n`.repeat(4));
  return file;
}

async function trained(name: string, train_: string, changes: Partial<RecipeInput> = {}) {
  const output = join(scratch, name);
  const recipe: RecipeInput = {
    model,
    train: train_,
    validation: train_,
    output,
    hiddenDropoutProb: 0,
    attentionProbsDropoutProb: 0,
    saveStrategy: "no",
    loggingSteps: 1,
    maxSteps: 2,
    perDeviceTrainBatchSize: 4,
    learningRate: 1e-9,
    threads: 1,
    ...changes,
  };
  const events: TrainEvent[] = [];
  for await (const event of train(recipe)) events.push(event);
  const losses = events.flatMap((event) => (event.type === "log" ? [event.loss] : []));
  const evaluations = events.flatMap((event) => (event.type === "evaluation" ? [event.metrics] : []));
  const warnings = events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
  return { output, losses, evaluations, warnings };
}

test("the loss is the mean over the words that count, in training and in evaluation", async () => {
  const halves = [
    TAGS.map((tag, word) => (word < 3 ? tag : "-100")),
    TAGS.map((tag, word) => (word < 3 ? "-100" : tag)),
  ];
  const labels = ["B-LOC", "B-PER", "I-PER", "O"];
  const whole = await trained("whole", data("whole", TAGS), { labels });
  const [first, second] = await Promise.all(
    halves.map((tags, part) => trained(`part-${part}`, data(`part-${part}`, tags), { labels })),
  );
  expect((first!.losses[0]! + second!.losses[0]!) / 2).toBeCloseTo(whole.losses[0]!, 5);
  expect((first!.evaluations[0]!.loss + second!.evaluations[0]!.loss) / 2).toBeCloseTo(
    whole.evaluations[0]!.loss,
    5,
  );
  expect(first!.warnings.join("\n")).toContain("12 words have tags that do not count");
});

test("no label is made of them, with a CRF, all tokens or a cache either", async () => {
  const holes = data("holes", ["B-PER", "I-PER", "-100", "O", "?", "O"]);
  for (const [name, changes] of Object.entries({
    plain: {},
    crf: { crf: true },
    all: { labelAllTokens: true },
    cached: { datasetCache: "always" },
  } satisfies Record<string, Partial<RecipeInput>>)) {
    const { output } = await trained(name, holes, { ignoreTags: ["?"], ...changes });
    const evaluation = await evaluateFolder(output, holes, { ignoreTags: ["?"] });
    expect([name, ...evaluation.labels]).toEqual(expect.not.arrayContaining(["-100", "?"]));
    expect(evaluation.scores.micro.support).toBe(4);
    expect(evaluation.strict.micro.support).toBe(4);
    expect(evaluation.gold[0]).toEqual(["B-PER", "I-PER", "-100", "O", "-100", "O"]);
  }
});
