/** The moving average of the weights: its values, when it is kept, and that a resumed run has it too. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluateFolder } from "../../../src/infer/index.js";
import { parseRecipe, type RecipeInput } from "../../../src/recipe/index.js";
import type { TrainEvent } from "../../../src/run/index.js";
import { openSafetensors } from "../../../src/safetensors/index.js";
import { train } from "../../../src/train/index.js";
import { WeightAverage } from "../../../src/train/optimizers/weightAverage.js";
import { prepare } from "../../../src/train/prepare/prepare.js";
import { sampled } from "../../breadth.js";
import { ending } from "../outputBytes.js";
import { stopAfter } from "../stopAfter.js";
import { tinyModel } from "../tinyModel.js";

let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel();
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

let outputs = 0;
const recipe = (changes: Partial<RecipeInput> = {}): RecipeInput =>
  tiny.recipe({
    output: join(tiny.folder, `output-${outputs++}`),
    emaDecay: 0.9,
    loggingSteps: 3,
    ...changes,
  });

async function run(input: RecipeInput) {
  const events: TrainEvent[] = [];
  const training = train(input, { listeners: [(event) => void events.push(event)] });
  return { events, result: await training.result(), output: input.output };
}
const evaluations = (events: readonly TrainEvent[]) => events.filter((event) => event.type === "evaluation");

test("every 8th update, and when asked, the average moves by 1 − dᵏ towards the weights", async () => {
  const prepared = await prepare(parseRecipe(recipe()).recipe);
  const { weights } = prepared;
  const average = await WeightAverage.create(weights, { decay: 0.8, threads: 2 });
  const begin = weights.layout.offset("classifier.weight");
  const now = weights.values("classifier.weight").slice();
  let expected = Array.from(now);
  let leftOut = 1;
  let since = 0;
  const released: [number, number][] = [];
  for (let update = 1; update <= 30; update++) {
    now.forEach((_, at) => {
      now[at] = Math.sin(update * (at + 1));
    });
    weights.set("classifier.weight", now);
    weights.unusedRowDecay *= 0.99;
    since++;
    await average.follow(update, {
      now: update === 20,
      mayChange: async (from, to) => void released.push([from, to]),
    });
    if (since === 8 || update === 20) {
      const kept = Math.min((1 + update) / (10 + update), 0.8) ** since;
      expected = expected.map((value, at) => kept * value + (1 - kept) * now[at]!);
      leftOut = kept * leftOut + (1 - kept) * weights.unusedRowDecay;
      since = 0;
    }
    const found = Array.from(average.block.read(begin * 4, now.length));
    found.forEach((value, at) => {
      expect(value).toBeCloseTo(expected[at]!, 6);
    });
    expect(average.unusedRowDecay).toBeCloseTo(leftOut, 12);
    expect(average.state.updates).toBe(update - since);
  }
  // The average follows after updates 8, 16, 20 and 28 of the run.
  expect(released.filter(([from]) => from === 0)).toHaveLength(4);
  expect(released.at(-1)![1]).toBe(weights.layout.length);
  await average.dispose();
  await weights.dispose();
});

/** The classifier weights in a run's last checkpoint and in its output. */
async function classifiers(output: string, checkpoint: string) {
  const read = async (file: string) => {
    const opened = await openSafetensors(join(output, file));
    const values = new Float32Array(
      opened.tensors.get("classifier.weight")!.shape.reduce((a, b) => a * b, 1),
    );
    await opened.readInto("classifier.weight", values);
    await opened.close();
    return values;
  };
  return {
    saved: await read("model.safetensors"),
    last: await read(`${checkpoint}/model.safetensors`),
    average: await read(`${checkpoint}/average.safetensors`),
  };
}

test.each([
  ["the average, where training jumps about", "average", { learningRate: 0.05, lrSchedulerType: "constant" }],
  ["the last weights, where the average is far behind", "last", { emaDecay: 0.9999, learningRate: 1e-3 }],
] as const)("the better of the two is saved: %s", async (_, better, changes) => {
  const { events, result, output } = await run(
    recipe({ numTrainEpochs: 4, test: tiny.files.test, metricForBestModel: "loss", ...changes }),
  );
  const all = evaluations(events);
  const last = all.findLast(({ split }) => split === "validation")!;
  expect(last.compared!.better).toBe(better);
  expect(last.metrics).toEqual(last.compared![better]);
  expect(result.metrics).toEqual(last.metrics);
  const weights = await classifiers(output, "checkpoint-24");
  expect(weights.saved).toEqual(weights[better]);
  expect(weights.last).not.toEqual(weights.average);
  // The written model is the one that was evaluated, including rows that the run left out.
  const again = await evaluateFolder(output, tiny.files.test, { threads: 2 });
  const tested = all.find(({ split }) => split === "test")!;
  expect(again.loss).toBeCloseTo(tested.metrics.loss, 5);
  expect(again.scores.micro).toEqual(tested.scores.micro);

  const card = readFileSync(join(output, "README.md"), "utf8");
  expect(card).toContain(`- ema_decay: ${"emaDecay" in changes ? changes.emaDecay : 0.9}\n`);
  expect(card).toMatch(
    better === "average" ? /The saved weights are an exponential moving/ : /was not better/,
  );
  expect(card).toMatch(/\| F1, last weights \| F1, average +\|/);
  const state = JSON.parse(readFileSync(join(output, "trainer_state.json"), "utf8"));
  const entry = state.log_history.findLast((each: object) => "eval_average_f1" in each);
  expect(entry).toMatchObject({
    eval_loss: last.metrics.loss,
    eval_last_loss: last.compared!.last.loss,
    eval_average_loss: last.compared!.average.loss,
  });
});

test("training itself is the same with an average and without", async () => {
  const [without, with_] = [recipe({ emaDecay: undefined }), recipe()];
  await run(without);
  await run(with_);
  const bytes = (output: string) => ending(output, "checkpoint-12").checkpoint["optimizer.safetensors"];
  expect(bytes(with_.output)).toBe(bytes(without.output));
});

test("the best model at the end may be an average of a step before", async () => {
  const input = recipe({
    numTrainEpochs: 6,
    learningRate: 0.01,
    lrSchedulerType: "constant",
    loadBestModelAtEnd: true,
    saveTotalLimit: 0,
  });
  const { events, result, output } = await run(input);
  const all = evaluations(events);
  const best = all.reduce((a, b) => (b.metrics.loss < a.metrics.loss ? b : a));
  expect(best.compared!.better).toBe("average");
  expect(result.metrics).toEqual(best.metrics);
  const weights = await classifiers(output, `checkpoint-${best.step}`);
  expect(weights.saved).toEqual(weights.average);
});

test("a run that is stopped after any step goes on to the same bytes, average included", async () => {
  const changes: Partial<RecipeInput> = {
    maxTrainSamples: 44,
    maxEvalSamples: 12,
    perDeviceTrainBatchSize: 4,
    numTrainEpochs: 2,
    weightDecay: 0.01,
    evalStrategy: "steps",
    evalSteps: 5,
    saveSteps: 5,
    saveTotalLimit: 0,
    loadBestModelAtEnd: true,
  };
  const straight = recipe(changes);
  await run(straight);
  const unbroken = ending(straight.output, "checkpoint-20");
  expect(unbroken.checkpoint).toHaveProperty("average.safetensors");
  for (const step of sampled([0, 3, 5, 8, 9, 16, 21], 3)) {
    const input = recipe(changes);
    await stopAfter(input, step);
    await train(input, { resume: true }).result();
    expect(ending(input.output, "checkpoint-20"), `stopped after step ${step}`).toEqual(unbroken);
  }
});

test("with force an average begins where the run goes on", async () => {
  const input = recipe({ emaDecay: undefined });
  await stopAfter(input, 4);
  const { result } = await run({ ...input, emaDecay: 0.9 }).catch(() => ({ result: undefined }));
  expect(result).toBeUndefined();
  const forced = train({ ...input, emaDecay: 0.9, force: true }, { resume: true });
  expect(await forced.result()).toMatchObject({ reason: "finished", steps: 12 });
});

test("without validation data nothing could say which weights to keep: refused", () => {
  expect(() => parseRecipe(recipe({ validation: undefined }))).toThrow(/ema_decay needs validation data/);
});
