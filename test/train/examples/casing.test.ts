/** Case augmentation: what is drawn, and that a run with it can be repeated, resumed and loaded. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { caseProbabilities } from "../../../src/recipe/caseProbabilities.js";
import { parseRecipe, type RecipeInput } from "../../../src/recipe/index.js";
import type { TrainEvent } from "../../../src/run/index.js";
import { drawnCasing, inCase, isInCapitals } from "../../../src/train/examples/casing.js";
import { train } from "../../../src/train/index.js";
import { prepare } from "../../../src/train/prepare/prepare.js";
import { ending } from "../outputBytes.js";
import { tinyModel } from "../tinyModel.js";

const words = (text: string) => text.split(" ");

describe("cases", () => {
  test.each([
    ["SOCCER - JAPAN GET LUCKY WIN", true],
    ["LONDON 1996-08-30", false],
    ["U.S. UN", false],
    ["Japan GET WIN", false],
    ["日本 東京 大阪", false],
    ["1 2 3", false],
  ])("%s is in capitals: %s", (text, expected) => {
    expect(isInCapitals(words(text))).toBe(expected);
  });

  test.each([
    ["SOCCER - JAPAN'S AL-AIN BEAT O'NEILL", "Soccer - Japan's Al-Ain Beat O'Neill"],
    ["IT 'S THE U.S. , 24TH WE'LL", "It 's The U.S. , 24th We'll"],
    ["ZÜRICH ÉTÉ", "Zürich Été"],
  ])("%s in Title Case is %s", (text, expected) => {
    expect(inCase(words(text), "title").join(" ")).toBe(expected);
  });

  test("are drawn with their probabilities, Title Case for capitals alone", () => {
    const probabilities = caseProbabilities(true)!;
    const of = (capitals: boolean) => {
      const drawn = Array.from({ length: 1000 }, (_, at) => drawnCasing(at / 1000, capitals, probabilities));
      return ["title", "upper", "lower", undefined].map(
        (casing) => drawn.filter((own) => own === casing).length,
      );
    };
    expect(of(true)).toEqual([300, 30, 30, 640]);
    expect(of(false)).toEqual([0, 30, 30, 940]);
    expect(caseProbabilities(false)).toBeUndefined();
    const { recipe: given } = parseRecipe(recipe({ caseAugmentation: { lower_case: 1 } }));
    const only = { title_case: 0, upper_case: 0, lower_case: 1 };
    expect(caseProbabilities(given.caseAugmentation)).toEqual(only);
  });
});

let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel();
  // Half of the training sentences become headlines.
  const text = readFileSync(tiny.files.train, "utf8");
  const sentences = text.trimEnd().split("\n\n");
  const headlines = sentences.map((sentence, index) =>
    index % 2 === 0 ? sentence : sentence.replace(/^\S+/gm, (word) => word.toUpperCase()),
  );
  writeFileSync(tiny.files.train, `${headlines.join("\n\n")}\n`);
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

let outputs = 0;
const recipe = (changes: Partial<RecipeInput> = {}): RecipeInput =>
  tiny.recipe({ output: join(tiny.folder, `output-${outputs++}`), caseAugmentation: true, ...changes });

/** The windows of some epochs, and the parts that are the same for the whole run. */
async function epochs(changes: Partial<RecipeInput>, numbers = [0, 1, 0]) {
  const prepared = await prepare(parseRecipe(recipe(changes)).recipe);
  const found = numbers.map((epoch) => {
    const windows = prepared.epochWindows(epoch);
    return Array.from({ length: windows.length }, (_, index) => windows.at(index)!);
  });
  const rowOf = prepared.weights.vocabulary!.rowOf;
  await prepared.weights.dispose();
  return { found, rowOf, messages: prepared.messages, plain: [...prepared.train.windows] };
}
const ids = (windows: readonly { inputIds: Int32Array }[]) => windows.map(({ inputIds }) => inputIds.join());

test("each epoch draws its own, the same whenever asked, and every piece has its row", async () => {
  const { found, rowOf, messages, plain } = await epochs({});
  const [first, second, again] = found;
  expect(ids(again!)).toEqual(ids(first!));
  expect(ids(second!)).not.toEqual(ids(first!));
  const changed = ids(first!).filter((own, index) => own !== ids(plain)[index]).length;
  expect(changed).toBeGreaterThan(96 * 0.08);
  expect(changed).toBeLessThan(96 * 0.4);
  for (const windows of found)
    for (const { inputIds } of windows)
      for (const id of inputIds) expect(rowOf[id]).toBeGreaterThanOrEqual(0);
  const { message } = messages.find(({ code }) => code === "CASES_DRAWN")!;
  expect(Number(/(\d+) of 96 sentences/.exec(message)![1])).toBeGreaterThanOrEqual(48);
  const other = await epochs({ seed: 7 }, [0]);
  expect(ids(other.found[0]!)).not.toEqual(ids(first!));
});

test("tags stay with their words", async () => {
  const lower = await epochs({ caseAugmentation: { lower_case: 1 } }, [0]);
  const labelsOf = (windows: readonly { labels: Int32Array }[]) =>
    windows.map(({ labels }) => labels.filter((label) => label >= 0).join());
  expect(labelsOf(lower.found[0]!)).toEqual(labelsOf(lower.plain));
  // They are the windows of the same sentences in small letters.
  const train = join(tiny.folder, "lower.conll");
  const lowered = readFileSync(tiny.files.train, "utf8").replace(/^(?!-DOCSTART-)\S+/gm, (word) =>
    word.toLowerCase(),
  );
  writeFileSync(train, lowered);
  expect(ids(lower.found[0]!)).toEqual(ids((await epochs({ train, caseAugmentation: undefined }, [])).plain));
});

test("a run that is stopped after any step goes on to the same bytes, with documents and a CRF too", async () => {
  for (const also of [{}, { context: "document", contextLengths: "16-48", crf: true } as const]) {
    const changes: Partial<RecipeInput> = {
      maxTrainSamples: 44,
      maxEvalSamples: 12,
      perDeviceTrainBatchSize: 8,
      numTrainEpochs: 3,
      evalStrategy: "steps",
      evalSteps: 4,
      saveSteps: 4,
      saveTotalLimit: 0,
      loggingSteps: 2,
      ...also,
    };
    const straight = recipe(changes);
    const { steps } = await train(straight).result();
    const last = `checkpoint-${steps - (steps % 4)}`;
    const unbroken = ending(straight.output, last);
    for (const step of [2, 7]) {
      const input = recipe(changes);
      const training = train(input);
      for await (const event of training) if (event.type === "step" && event.step === step) training.stop();
      await training.result();
      await train(input, { resume: true }).result();
      expect(ending(input.output, last), `stopped after step ${step}`).toEqual(unbroken);
    }
  }
});

test("the card says with which probabilities, and a tokenizer without capitals is warned of", async () => {
  const input = recipe({ numTrainEpochs: 1, caseAugmentation: { title_case: 0.5 } });
  await train(input).result();
  const card = readFileSync(join(input.output, "README.md"), "utf8");
  expect(card).toContain('- case_augmentation: {"title_case":0.5,"upper_case":0,"lower_case":0}\n');
  const settings = join(tiny.encoder, "tokenizer.json");
  const cased = readFileSync(settings, "utf8");
  const json = JSON.parse(cased);
  json.normalizer = { type: "Lowercase" };
  writeFileSync(settings, JSON.stringify(json));
  const events: TrainEvent[] = [];
  await train(recipe({ numTrainEpochs: 1 }), { listeners: [(event) => void events.push(event)] }).result();
  writeFileSync(settings, cased);
  expect(events.find((event) => event.type === "warning")).toMatchObject({ code: "CASES_ALIKE" });
});

test.each([
  [{ caseAugmentation: { title_case: 0.9, lower_case: 0.2 } }, /case_augmentation must be/],
  [{ caseAugmentation: { titleCase: 0.3 } }, /case_augmentation/],
  [{ datasetCache: "always" }, /needs all training data in memory/],
])("what makes no sense is refused: %o", (changes, message) => {
  expect(() => parseRecipe(recipe(changes as Partial<RecipeInput>))).toThrow(message);
});
