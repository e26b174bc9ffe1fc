/**
 * Compares runs with and without `label_all_tokens` with those of HF Trainer, whose results are in
 * goldens/label_all_tokens.json.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SeqevalScores } from "../../src/evaluate/index.js";
import { evaluateFolder } from "../../src/infer/index.js";
import type { RecipeInput } from "../../src/recipe/index.js";
import type { TrainEvent } from "../../src/run/index.js";
import { train } from "../../src/train/index.js";

const here = import.meta.dirname;

interface Tagged {
  readonly words: readonly string[];
  readonly tags: readonly string[];
}
type Figures = Readonly<Record<string, number>>;
interface Run {
  readonly arguments: Readonly<Record<string, string | number | boolean>>;
  readonly evaluations: readonly Figures[];
  readonly test: Figures;
  readonly predictions: readonly string[];
}
const golden = JSON.parse(readFileSync(join(here, "goldens/label_all_tokens.json"), "utf8")) as {
  data: Record<"train" | "validation" | "test", readonly Tagged[]>;
  runs: readonly Run[];
};

const scratch = mkdtempSync(join(tmpdir(), "nerium-all-tokens-"));
const model = join(scratch, "model");
const fileOf = (split: string) => join(scratch, `${split}.jsonl`);
beforeAll(() => {
  for (const part of ["infer", "tokenize"])
    cpSync(join(here, `../${part}/goldens/bert-cased`), model, { recursive: true });
  for (const [split, sentences] of Object.entries(golden.data)) {
    const lines = sentences.map(({ words: tokens, tags }) => JSON.stringify({ tokens, tags }));
    writeFileSync(fileOf(split), `${lines.join("\n")}\n`);
  }
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function run(
  name: string,
  given: Run["arguments"],
  changes: Partial<RecipeInput> = {},
): Promise<Extract<TrainEvent, { type: "evaluation" }>[]> {
  const data = { train: fileOf("train"), validation: fileOf("validation"), test: fileOf("test") };
  const dropout = { hiddenDropoutProb: 0, attentionProbsDropoutProb: 0 };
  const output = join(scratch, name);
  const recipe = { model, ...data, ...dropout, output, saveStrategy: "no", threads: 1, ...changes };
  const evaluations: Extract<TrainEvent, { type: "evaluation" }>[] = [];
  const training = train({ ...recipe, ...given } as RecipeInput);
  for await (const event of training) if (event.type === "evaluation") evaluations.push(event);
  return evaluations;
}

const figuresOf = ({ micro: { precision, recall, f1 } }: SeqevalScores) => ({ precision, recall, f1 });

function expectFigures(
  { metrics, scores, strict }: Awaited<ReturnType<typeof run>>[number],
  figures: Figures,
) {
  const { loss, strict_precision, strict_recall, strict_f1, ...rest } = figures;
  expect(metrics.loss).toBeCloseTo(loss!, 4);
  expect({ ...figuresOf(scores), accuracy: scores.accuracy }).toEqual(rest);
  expect(figuresOf(strict)).toEqual({ precision: strict_precision, recall: strict_recall, f1: strict_f1 });
}

describe.each(golden.runs.map((each) => [JSON.stringify(each.arguments), each] as const))("%s", (_, each) => {
  test("loss, scores in both modes and predictions.txt are Trainer's", async () => {
    const name = `run-${golden.runs.indexOf(each)}`;
    const found = await run(name, each.arguments);
    expect(found.map(({ split }) => split)).toEqual([...each.evaluations.map(() => "validation"), "test"]);
    each.evaluations.forEach((figures, index) => {
      expectFigures(found[index]!, figures);
    });
    expectFigures(found.at(-1)!, each.test);
    const predictions = readFileSync(join(scratch, name, "predictions.txt"), "utf8");
    expect(predictions.trimEnd().split("\n")).toEqual(each.predictions);
  });
});

test("the finished model is scored by words", async () => {
  const [first, all] = golden.runs;
  const [, , , , ofTokens] = await run("finished", all!.arguments);
  const { scores, words, data, predicted } = await evaluateFolder(join(scratch, "finished"), fileOf("test"), {
    threads: 1,
  });
  expect(words).toBe(golden.data.test.flatMap((sentence) => sentence.words).length);
  expect(first!.predictions.join(" ").split(" ")).toHaveLength(words);
  expect(all!.predictions.join(" ").split(" ").length).toBeGreaterThan(words);
  const gold = [...data.sentences].flatMap(({ tags }) => tags);
  const right = predicted.flat().filter((tag, word) => tag === gold[word]).length;
  expect(scores.accuracy).toBe(right / words);
  expect(ofTokens!.scores.accuracy).not.toBe(right / words);
});
