/**
 * Training with document context: windows drawn anew in every epoch, batches by tokens, resuming, records.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contextLengths } from "../../../src/recipe/contextLengths.js";
import { cardRecipe } from "../../../src/recipe/fromCard.js";
import { parseRecipe, type RecipeInput } from "../../../src/recipe/index.js";
import type { TrainEvent } from "../../../src/run/index.js";
import type { EncodedSentence, Window } from "../../../src/tasks/tokenClassification/index.js";
import { batched, StepSequence } from "../../../src/train/examples/batches.js";
import { drawnWindows } from "../../../src/train/examples/epochWindows.js";
import { type TrainOptions, train } from "../../../src/train/index.js";
import { sampled } from "../../breadth.js";
import { bytesOf } from "../outputBytes.js";
import { tinyModel } from "../tinyModel.js";

/**
 * Sentences with these numbers of words. Each word has one or two tokens, and all token ids are different.
 */
function encodedSentences(lengths: readonly number[]): EncodedSentence[] {
  let id = 10;
  return lengths.map((words) => {
    const wordOf = Int32Array.from(
      Array.from({ length: words }, (_, word) => (word % 3 === 0 ? [word, word] : [word])).flat(),
    );
    const isFirst = (token: number) => token === 0 || wordOf[token] !== wordOf[token - 1];
    return {
      ids: wordOf.map(() => id++),
      wordOf,
      labels: wordOf.map((_, token) => (isFirst(token) ? 1 : -100)),
      wordsWithoutTokens: [],
      truncatedWords: 0,
    };
  });
}

const specialIds = { cls: 1, sep: 2, pad: 0, unk: 3 };

describe("the windows of an epoch", () => {
  const lengths = fc.constantFrom(
    "document",
    "8",
    "5-30",
    { "5-12": 0.5, document: 0.3, sentence: 0.2 },
    { sentence: 3, "20": 1 },
  );
  const documents = fc.array(fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 20 }), {
    minLength: 1,
    maxLength: 6,
  });

  test("train every word once, within its document, and are the same whenever they are asked for", () => {
    fc.assert(
      fc.property(documents, lengths, fc.boolean(), fc.nat(5), (words, spelled, separator, epoch) => {
        const encoded = encodedSentences(words.flat());
        let start = 0;
        const stretches = words.map((own) => {
          const stretch = { start, end: start + own.length };
          start = stretch.end;
          return stretch;
        });
        const shape = { maxLength: 24, overlap: 6, separator };
        const windowsOf = drawnWindows(() => encoded, stretches, {
          lengths: contextLengths(spelled)!,
          seed: 42,
          shape,
          specialIds,
        });
        const windows = windowsOf(epoch);
        expect(windowsOf(epoch)).toEqual(windows);
        const all = words
          .flat()
          .flatMap((count, sentence) => Array.from({ length: count }, (_, word) => ({ sentence, word })));
        expect(windows.flatMap(({ ownedWords }) => ownedWords)).toEqual(all);
        const labels = windows.flatMap((window) => [...(window.labels ?? [])]);
        expect(labels.filter((label) => label >= 0)).toHaveLength(all.length);
        const documentOf = (id: number) => {
          const sentence = encoded.findIndex(({ ids }) => ids.includes(id));
          return stretches.findIndex(({ end }) => sentence < end);
        };
        for (const { inputIds } of windows) {
          expect(inputIds.length).toBeLessThanOrEqual(24);
          const ids = [...inputIds].filter((id) => id >= 10);
          expect(new Set(ids.map(documentOf)).size).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 150 },
    );
  });

  const draw = (spelled: string | Record<string, number>, epoch = 0) =>
    drawnWindows(
      () => encodedSentences(new Array(200).fill(6)),
      [0, 50, 100, 150].map((start) => ({ start, end: start + 50 })),
      {
        lengths: contextLengths(spelled)!,
        seed: 7,
        shape: { maxLength: 512, overlap: 128, separator: true },
        specialIds,
      },
    )(epoch);
  /**
   * The number of sentences in each window: a sentence has 8 tokens and a separator, a window one more token
   * at its beginning.
   */
  const sentencesOf = (windows: readonly Window[]) =>
    windows.map(({ inputIds }) => (inputIds.length - 1) / 9);

  test("have the lengths that the recipe names", () => {
    expect(sentencesOf(draw("document"))).toEqual([50, 50, 50, 50]);
    expect(new Set(sentencesOf(draw("100")).slice(0, 4))).toEqual(new Set([11]));
    const ranged = sentencesOf(draw("32-160"));
    expect(Math.min(...ranged.slice(0, -1))).toBeLessThan(6);
    expect(Math.max(...ranged)).toBeGreaterThan(12);
    expect(Math.max(...ranged)).toBeLessThanOrEqual(17);
    const mixed = new Set(
      [0, 1, 2, 3, 4].flatMap((epoch) => sentencesOf(draw({ document: 1, sentence: 1 }, epoch))),
    );
    expect(mixed).toEqual(new Set([1, 50]));
  });

  test("are others in the next epoch", () => {
    expect(sentencesOf(draw("32-160", 1))).not.toEqual(sentencesOf(draw("32-160", 0)));
  });
});

describe("batches by tokens", () => {
  const windowsOf = (lengths: readonly number[]): Window[] =>
    lengths.map((length) => ({
      inputIds: new Int32Array(length),
      ownedTokens: new Int32Array(0),
      ownedWords: [],
    }));
  const tokensOf = ({ inputIds }: Window) => inputIds.length;
  const lengthsOf = (batches: Iterable<readonly Window[]>) =>
    [...batches].map((batch) => batch.map(({ inputIds }) => inputIds.length));

  test("come as near to their number as whole windows do", () => {
    const windows = windowsOf([40, 40, 40, 90, 200, 5, 100, 10]);
    expect(lengthsOf(batched(windows, { tokens: 100 }, tokensOf))).toEqual([
      [40, 40, 40],
      [90],
      [200],
      [5, 100],
      [10],
    ]);
    expect(lengthsOf(batched(windows, { windows: 3 }, tokensOf))).toEqual([
      [40, 40, 40],
      [90, 200, 5],
      [100, 10],
    ]);
  });

  test("make epochs of different numbers of steps, which the plan knows beforehand", () => {
    const { recipe } = parseRecipe({
      model: "m",
      train: "t",
      output: "o",
      numTrainEpochs: 2.5,
      gradientAccumulationSteps: 2,
    });
    const epochs = [6, 4, 8].map((count) => windowsOf(new Array(count).fill(10)));
    const course = new StepSequence((epoch) => epochs[epoch]!, recipe, { tokens: 10 });
    expect(course.plan).toEqual({ totalSteps: 3 + 2 + 2, epochs: 3, stepsPerEpoch: 3 });
    expect([...course.steps()].map(({ step, epoch, endsEpoch }) => [step, epoch, endsEpoch])).toEqual([
      [1, 2 / 6, false],
      [2, 4 / 6, false],
      [3, 1, true],
      [4, 1.5, false],
      [5, 2, true],
      [6, 2.25, false],
      [7, 2.5, true],
    ]);
    const { recipe: limited } = parseRecipe({ model: "m", train: "t", output: "o", maxSteps: 7 });
    expect(new StepSequence((epoch) => epochs[epoch % 3]!, limited, { tokens: 10 }).plan).toMatchObject({
      totalSteps: 7,
      epochs: 2,
    });
  });
});

describe("a run with documents", () => {
  let tiny: Awaited<ReturnType<typeof tinyModel>>;
  beforeAll(async () => {
    tiny = await tinyModel();
    for (const split of ["train", "validation"] as const) {
      const sentences = readFileSync(tiny.files[split], "utf8")
        .replace(/-DOCSTART-.*\n\n/g, "")
        .trim()
        .split("\n\n");
      writeFileSync(tiny.files[split], `${sentences.join("\n\n")}\n`);
      const text = sentences.map((own, index) => (index % 6 === 0 ? `-DOCSTART- O\n\n${own}` : own));
      writeFileSync(tiny.files[split].replace(".conll", "-documents.conll"), `${text.join("\n\n")}\n`);
    }
  });
  afterAll(() => rmSync(tiny.folder, { recursive: true }));

  let outputs = 0;
  const recipe = (changes: Partial<RecipeInput> = {}): RecipeInput =>
    tiny.recipe({
      train: tiny.files.train.replace(".conll", "-documents.conll"),
      validation: tiny.files.validation.replace(".conll", "-documents.conll"),
      output: join(tiny.folder, `context-${outputs++}`),
      context: "document",
      maxTrainSamples: 44,
      ...changes,
    });
  const of = <T extends TrainEvent["type"]>(events: readonly TrainEvent[], type: T) =>
    events.filter((event): event is Extract<TrainEvent, { type: T }> => event.type === type);
  async function run(input: RecipeInput, options: TrainOptions = {}) {
    const events: TrainEvent[] = [];
    const listener = (event: TrainEvent) => void events.push(event);
    const training = train(input, { ...options, listeners: [listener, ...(options.listeners ?? [])] });
    return { events, result: await training.result() };
  }
  const configOf = ({ output }: RecipeInput) => JSON.parse(readFileSync(join(output, "config.json"), "utf8"));

  test("says in config.json how it reads documents, and scores all sentences in their windows", async () => {
    const input = recipe();
    const { events } = await run(input);
    expect(configOf(input).nerium).toEqual({
      context: "document",
      context_eval_tokens: 128,
      context_separator: true,
    });
    const [start] = of(events, "start");
    expect(start!.batchSize).toHaveProperty("tokens");
    expect(of(events, "evaluation").map(({ sentences }) => sentences)).toEqual([40, 40]);
    expect(of(events, "step")).toHaveLength(start!.totalSteps);
    expect(of(events, "warning")).toEqual([]);
    const card = readFileSync(join(input.output, "README.md"), "utf8");
    expect(card).toContain(
      "windows of at most 128 tokens with whole sentences, each followed by a separator.",
    );
    const lengths = { "32-160": 0.8, sentence: 0.2 };
    expect(cardRecipe(card, "README.md")).toMatchObject({
      notes: [],
      fields: {
        context: "document",
        context_lengths: lengths,
        context_eval_tokens: 128,
        context_separator: true,
        train_batch_tokens: (start!.batchSize as { tokens: number }).tokens,
      },
    });
    expect(JSON.parse(readFileSync(join(input.output, "training_args.json"), "utf8"))).toMatchObject({
      context: "document",
      contextLengths: lengths,
    });
  });

  test("that is stopped after any step goes on to the same bytes", async () => {
    const changes: Partial<RecipeInput> = {
      contextLengths: { "16-40": 0.6, document: 0.2, sentence: 0.2 },
      trainBatchTokens: 150,
      gradientAccumulationSteps: 2,
      saveStrategy: "steps",
      saveSteps: 2,
      evalStrategy: "steps",
      evalSteps: 2,
      loggingSteps: 2,
    };
    const straight = recipe(changes);
    const { events } = await run(straight);
    const { totalSteps } = of(events, "start")[0]!;
    expect(totalSteps).toBeGreaterThan(5);
    const unbroken = bytesOf(straight.output, "");
    for (const k of sampled(
      Array.from({ length: totalSteps + 1 }, (_, k) => k),
      3,
    )) {
      const input = recipe(changes);
      const stopping = new AbortController();
      const stop = (event: TrainEvent) => {
        if ((event.type === "start" && k === 0) || (event.type === "step" && event.step === k))
          stopping.abort();
      };
      await run(input, { listeners: [stop], signal: stopping.signal });
      const { result } = await run(input, { resume: true });
      expect(result).toMatchObject({ reason: "finished", steps: totalSteps });
      expect(bytesOf(input.output, ""), `stopped after step ${k}`).toEqual(unbroken);
    }
  });

  test("that do not say where they begin is one of sentences, with a warning", async () => {
    const changes = { train: tiny.files.train, validation: tiny.files.validation };
    const plain = recipe({ ...changes, context: "none" });
    const fallen = recipe(changes);
    const { events } = await run(fallen);
    await run(plain);
    expect(of(events, "warning").map(({ code }) => code)).toEqual(["CONTEXT_NO_DOCUMENTS"]);
    expect(configOf(fallen)).not.toHaveProperty("nerium");
    const weights = ({ output }: RecipeInput) => bytesOf(output, "")["model.safetensors"];
    expect(weights(fallen)).toBe(weights(plain));
  });

  test("lets a later run without them forget how the model read documents", async () => {
    const first = recipe({ numTrainEpochs: 1 });
    await run(first);
    const second = recipe({ model: first.output, context: "none", numTrainEpochs: 1 });
    await run(second);
    expect(configOf(second)).not.toHaveProperty("nerium");
  });
});

describe("a recipe's lengths", () => {
  const lengthsOf = (given: unknown) =>
    parseRecipe({ model: "m", train: "t", output: "o", context: "document", context_lengths: given }).recipe
      .contextLengths;

  test("are one, or shares by length", () => {
    expect(lengthsOf(undefined)).toEqual({ "32-160": 0.8, sentence: 0.2 });
    for (const given of ["document", 128, "32-160", { sentence: 1, "64": 2 }])
      expect(lengthsOf(given)).toEqual(given);
  });

  test("are refused where they are none", () => {
    for (const given of ["sentence", "2", "160-32", "words", { document: 0 }, {}, { sentence: 1 }, 2])
      expect(() => lengthsOf(given), JSON.stringify(given)).toThrow(
        expect.objectContaining({ code: "RECIPE_FIELD_INVALID" }),
      );
  });

  test("have no effect without documents, and that is said", () => {
    const { warnings, recipe } = parseRecipe({
      model: "m",
      train: "t",
      output: "o",
      context_lengths: "document",
    });
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("context_lengths has no effect"),
    ]);
    expect(recipe.contextLengths).toBeUndefined();
  });
});
