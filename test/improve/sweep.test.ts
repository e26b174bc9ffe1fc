/** Search over recipe values: the best one is found, and an interrupted search ends with the same result. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { readDataset } from "../../src/data/index.js";
import { pairedBootstrap, seqevalScores } from "../../src/evaluate/index.js";
import { type CommandRun, type Sweep, type SweepOptions, sweep } from "../../src/improve/index.js";
import { settingsOf } from "../../src/improve/sweep/space.js";
import { recipeFromYaml } from "../../src/recipe/index.js";
import { train } from "../../src/train/index.js";
import { testIo } from "../cli/testIo.js";
import { tinyModel } from "../train/tinyModel.js";

/** The first learning rate learns nothing. */
const SPACE = { learningRate: [1e-7, 1e-2], warmupSteps: [0, 4] };

let tiny: Awaited<ReturnType<typeof tinyModel>>;
let found: Sweep;
const at = (...names: string[]) => join(tiny.folder, ...names);
const searched = (output: string, options: SweepOptions = {}) =>
  sweep(tiny.recipe({ output: at(output), numTrainEpochs: 4 }), { space: SPACE, ...options });
const result = (folder: string) =>
  readFileSync(at(folder, "sweep.json"), "utf8").replaceAll(at(folder), "FOLDER");

beforeAll(async () => {
  tiny = await tinyModel({ num_hidden_layers: 1 });
  found = await searched("grid", { seeds: [1, 2] });
});
afterAll(() => rmSync(tiny.folder, { recursive: true, force: true }));

describe("a search of all combinations", () => {
  it("ranks the settings by their mean F1 on the validation data", () => {
    expect(found.settings.map(({ setting }) => setting).sort()).toEqual([1, 2, 3, 4]);
    const { learningRate } = found.settings[0]!.values;
    expect(learningRate).not.toBe(1e-7);
    const scores = found.settings.map(({ f1 }) => f1);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(scores[0]).toBeGreaterThan(scores.at(-1)!);
    for (const { f1, runs, standardDeviation, trained } of found.settings) {
      expect(runs).toHaveLength(2);
      expect(f1).toBeCloseTo((runs[0]! + runs[1]!) / 2, 12);
      expect(standardDeviation).toBeCloseTo(Math.abs(runs[0]! - runs[1]!) / Math.SQRT2, 12);
      expect(trained).toBe(1);
    }
  });

  it("says what the best setting is ahead by with the paired bootstrap", async () => {
    const { sentences } = await readDataset(tiny.files.validation);
    const recordsOf = ({ setting }: { readonly setting: number }) =>
      [1, 2].map(
        (seed) =>
          JSON.parse(readFileSync(at("grid", `setting-${setting}`, `seed-${seed}.json`), "utf8")).final,
      );
    const [best, ...others] = found.settings;
    const gold = sentences.map(({ tags }) => tags);
    expect(best!.behind).toBeUndefined();
    for (const other of others) {
      const { a, b, difference } = pairedBootstrap(
        [
          {
            gold,
            a: recordsOf(other).map((run) => run.predicted),
            b: recordsOf(best!).map((run) => run.predicted),
          },
        ],
        { draws: 1, random: () => 0, mode: "default" },
      );
      expect(a).toBeCloseTo(other.f1, 12);
      expect(b).toBeCloseTo(best!.f1, 12);
      const { behind } = other;
      expect(behind!.difference).toBeCloseTo(difference, 12);
      expect(behind!.interval[0]).toBeLessThanOrEqual(behind!.difference);
      expect(behind!.interval[1]).toBeGreaterThanOrEqual(behind!.difference);
    }
    // The recorded tags are those that training scored.
    const [run] = recordsOf(best!);
    expect(seqevalScores(gold, run.predicted).micro.f1).toBeCloseTo(run.f1, 12);
  });

  it("says which field matters", () => {
    expect(found.effects.map(({ field }) => field)).toEqual(["learningRate", "warmupSteps"]);
    const [rate] = found.effects;
    const own = rate!.values.find(({ value }) => value === 1e-2)!;
    const scores = found.settings.filter(({ values }) => values.learningRate === 1e-2).map(({ f1 }) => f1);
    expect(own).toMatchObject({ settings: 2, range: [Math.min(...scores), Math.max(...scores)] });
    expect(own.f1).toBeCloseTo((scores[0]! + scores[1]!) / 2, 12);
    expect(readFileSync(at("grid", "effects.svg"), "utf8")).toContain("1e-7 learning_rate");
  });

  it("writes a recipe that train takes, and that gives the best model", async () => {
    const { setting } = found.settings[0]!;
    const recipe = recipeFromYaml(readFileSync(found.best, "utf8"), found.best);
    expect(recipe.fields.has("output")).toBe(false);
    const { io } = testIo();
    expect(await nerium(["train", found.best, "--output", at("best"), "--quiet"], io)).toBe(0);
    expect(readFileSync(at("best", "model.safetensors"))).toEqual(
      readFileSync(at("grid", `setting-${setting}`, "seed-1", "model.safetensors")),
    );
  });

  it("keeps the models without their checkpoints", () => {
    expect(readdirSync(at("grid", "setting-1")).sort()).toEqual([
      "seed-1",
      "seed-1.json",
      "seed-2",
      "seed-2.json",
    ]);
    expect(
      readdirSync(at("grid", "setting-1", "seed-1")).filter((name) => name.startsWith("checkpoint")),
    ).toEqual([]);
  });
});

describe("halving", () => {
  it("stops the worse half twice, and goes on from checkpoints with the others", async () => {
    const steps = new Map<string, number[]>();
    const halved = await sweep(tiny.recipe({ output: at("halved"), numTrainEpochs: 4 }), {
      space: SPACE,
      halving: true,
      follow: ({ title, start }) =>
        start({
          listeners: [
            (event) => {
              if (event.type === "step") steps.set(title, [...(steps.get(title) ?? []), event.step]);
            },
          ],
        }).result(),
    });
    expect(halved.settings.map(({ trained }) => trained)).toEqual([1, 0.5, 0.25, 0.25]);
    // All settings have an F1 after a quarter, and are compared there.
    expect(halved.effectsShare).toBe(0.25);
    const picture = readFileSync(at("halved", "effects.svg"), "utf8");
    expect(picture).toContain("after 25% of the steps");
    // 24 steps in 4 epochs. No step is trained twice.
    expect([...steps.values()].map((own) => own.length).sort((a, b) => a - b)).toEqual([6, 6, 12, 24]);
    for (const own of steps.values()) expect(own).toEqual(own.map((_, index) => index + 1));
    // A setting that was not stopped has the model of an uninterrupted run.
    const { setting, values } = halved.settings[0]!;
    await train(
      tiny.recipe({ output: at("whole"), numTrainEpochs: 4, saveTotalLimit: 1, ...values }),
    ).result();
    expect(readFileSync(at("halved", `setting-${setting}`, "seed-42", "model.safetensors"))).toEqual(
      readFileSync(at("whole", "model.safetensors")),
    );
  });
});

it("halving stops twice at one evaluation if there is no other before the end", async () => {
  const { settings, effectsShare } = await sweep(
    tiny.recipe({ output: at("two-epochs"), numTrainEpochs: 2 }),
    { space: SPACE, halving: true },
  );
  expect(settings.map(({ trained }) => trained)).toEqual([1, 0.5, 0.5, 0.5]);
  expect(effectsShare).toBe(0.5);
});

it("says that halving stops nothing, and that there are fewer settings than trials", async () => {
  const lines: string[] = [];
  const { effectsShare } = await sweep(tiny.recipe({ output: at("one-epoch"), numTrainEpochs: 1 }), {
    ...{ space: { learningRate: [1e-3, 2e-3] }, trials: 3, halving: true },
    say: (line) => lines.push(line),
  });
  expect(effectsShare).toBe(1);
  expect(lines).toEqual([
    "2 settings instead of 3: the search space has no more",
    "halving stopped no setting, because none was evaluated before its end: set eval_steps",
  ]);
});

describe("an interrupted sweep", () => {
  it.each([[false], [true]])("ends with the same result (halving: %s)", async (halving) => {
    const space = { learningRate: [1e-7, 1e-2, 5e-3] };
    const reference = `reference-${halving}`;
    await searched(reference, { space, halving });
    const output = `stopped-${halving}`;
    let stops = 0;
    for (let done = false; !done; ) {
      const stop = new AbortController();
      let steps = 0;
      const follow = ({ start }: CommandRun) =>
        start({
          listeners: [
            (event) => {
              // In the middle of an epoch, at an evaluation, and after a checkpoint.
              if (event.type === "step" && ++steps === 9 + stops) stop.abort();
            },
          ],
        }).result();
      done = await searched(output, { space, halving, follow, signal: stop.signal }).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ code: "IMPROVE_STOPPED" });
          return false;
        },
      );
      if (!done) stops++;
    }
    expect(stops).toBeGreaterThan(2);
    expect(result(output)).toBe(result(reference));
    for (const name of ["best.yaml", "effects.svg"])
      expect(readFileSync(at(output, name), "utf8")).toBe(readFileSync(at(reference, name), "utf8"));
  });

  it("trains nothing once it is finished", async () => {
    const before = result("grid");
    await searched("grid", { seeds: [1, 2], follow: () => Promise.reject(new Error("trained")) });
    expect(result("grid")).toBe(before);
  });
});

it("a damaged record is an error that names the file, and the run is repeated without it", async () => {
  const options = { space: { learningRate: [1e-7, 1e-2] } };
  await searched("damaged", options);
  const before = result("damaged");
  const file = at("damaged", "setting-2", "seed-42.json");
  const { final } = JSON.parse(readFileSync(file, "utf8"));
  const inFinal = (changes: object) => JSON.stringify({ paused: {}, final: { ...final, ...changes } });
  for (const damage of [
    ...["{", "null", '{"paused": null}', '{"paused": {}, "final": null}', '{"paused": {"0.3": 0.1}}'],
    ...[{ f1: "x" }, { predicted: final.predicted.slice(1) }].map(inFinal),
    inFinal({ predicted: [...final.predicted, ["O"]] }),
    inFinal({ predicted: [["O"], ...final.predicted.slice(1)] }),
  ]) {
    writeFileSync(file, damage);
    await expect(searched("damaged", options)).rejects.toMatchObject({
      code: "IMPROVE_RECORD_DAMAGED",
      where: file,
    });
  }
  rmSync(file);
  rmSync(at("damaged", "setting-2", "seed-42"), { recursive: true });
  await searched("damaged", options);
  expect(result("damaged")).toBe(before);
});

const many = (count: number) => Array.from({ length: count }, (_, at) => (at + 1) / 1000);

describe("the search space", () => {
  const of = (space: unknown, trials?: number, seed = 1) => settingsOf(space as never, { trials, seed });

  it("has all combinations, the last field first", () => {
    expect(of({ learning_rate: [1, 2], "num-train-epochs": [3, 4] })).toEqual([
      { learningRate: 1, numTrainEpochs: 3 },
      { learningRate: 1, numTrainEpochs: 4 },
      { learningRate: 2, numTrainEpochs: 3 },
      { learningRate: 2, numTrainEpochs: 4 },
    ]);
  });

  it("takes warmup_ratio, which is a share of the steps", () => {
    expect(of({ warmup_ratio: [0.1, 0.2] })).toEqual([{ warmupSteps: 0.1 }, { warmupSteps: 0.2 }]);
    const [{ warmupSteps }] = of({ warmup_ratio: { from: 0.01, to: 0.2 } }, 1) as [{ warmupSteps: number }];
    expect(warmupSteps).toBeGreaterThanOrEqual(0.01);
    expect(warmupSteps).toBeLessThanOrEqual(0.2);
  });

  it("gives different combinations by chance, the same for the same seed", () => {
    const space = { learningRate: [1, 2, 3], weightDecay: [0, 0.1] };
    const four = of(space, 4);
    expect(new Set(four.map((each) => JSON.stringify(each))).size).toBe(4);
    expect(of(space, 4)).toEqual(four);
    expect(of(space, 4, 2)).not.toEqual(four);
    expect(of(space, 100)).toHaveLength(6);
  });

  it("draws from ranges, evenly over powers of ten, and whole numbers for whole fields", () => {
    const drawn = of(
      { learningRate: { from: 1e-6, to: 1e-2 }, numTrainEpochs: [2], warmupSteps: { from: 0, to: 3 } },
      200,
    );
    const rates = drawn.map(({ learningRate }) => learningRate as number);
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-6);
    expect(Math.max(...rates)).toBeLessThanOrEqual(1e-2);
    const low = rates.filter((rate) => rate < 1e-4).length;
    expect(low).toBeGreaterThan(70);
    expect(low).toBeLessThan(130);
    const steps = of({ maxSteps: { from: 1, to: 3 } }, 50).map(({ maxSteps }) => maxSteps);
    expect(steps.sort()).toEqual([1, 2, 3]);
    const warmUps = of({ warmupSteps: { from: 0, to: 20 } }, 10).map(({ warmupSteps }) => warmupSteps);
    expect(warmUps.every(Number.isInteger)).toBe(true);
    expect(new Set(warmUps).size).toBe(10);
  });

  it("draws from spaces with more combinations than can be listed", () => {
    const five = [1, 2, 3, 4, 5];
    const names = [
      ...["learningRate", "weightDecay", "numTrainEpochs", "perDeviceTrainBatchSize", "maxGradNorm"],
      ...["adamEpsilon", "gradientAccumulationSteps", "warmupSteps", "headLearningRate", "crfLearningRate"],
    ];
    const drawn = of(Object.fromEntries(names.map((name) => [name, five])), 12);
    expect(new Set(drawn.map((each) => JSON.stringify(each))).size).toBe(12);
    expect(Object.keys(drawn[0]!)).toEqual(names);
    const values = drawn.flatMap((each) => Object.values(each));
    expect([...new Set(values)].sort()).toEqual(five);
  });

  it.each([
    [{}, undefined, "IMPROVE_SPACE_INVALID"],
    [{ learningRate: [] }, undefined, "IMPROVE_SPACE_INVALID"],
    [{ learningRate: [1, 1] }, undefined, "IMPROVE_SPACE_INVALID"],
    [{ learningRate: [1], learning_rate: [2] }, undefined, "IMPROVE_SPACE_INVALID"],
    [{ learningRate: 3 }, undefined, "IMPROVE_SPACE_INVALID"],
    [{ learningRate: [1, null] }, undefined, "IMPROVE_SPACE_INVALID"],
    [{ warmup_ratio: [0.1, 2] }, undefined, "RECIPE_FIELD_INVALID"],
    [{ learningRate: { from: 1, to: 2 } }, undefined, "IMPROVE_SPACE_INVALID"],
    [{ learningRate: { from: 2, to: 1 } }, 3, "IMPROVE_SPACE_INVALID"],
    [{ warmupSteps: { from: 0.5, to: 20 } }, 3, "IMPROVE_SPACE_INVALID"],
    [{ learningRate: { from: 1, to: 2 } }, 1e11, "IMPROVE_SPACE_INVALID"],
    [
      { learningRate: many(200), weightDecay: many(200), adamBeta1: [0.1] },
      undefined,
      "IMPROVE_SPACE_INVALID",
    ],
    [{ output: ["a", "b"] }, undefined, "IMPROVE_FIELD_NOT_SWEPT"],
    [{ seed: [1, 2] }, undefined, "IMPROVE_FIELD_NOT_SWEPT"],
    [{ learningRat: [1, 2] }, undefined, "RECIPE_UNKNOWN_FIELD"],
  ])("%j is refused", (space, trials, code) => {
    expect(() => of(space, trials)).toThrow(expect.objectContaining({ code }));
  });

  it("is checked before the first run, and so is the rest", async () => {
    await expect(searched("no", { space: { learningRate: [2e-3, -1] } })).rejects.toMatchObject({
      code: "RECIPE_FIELD_INVALID",
    });
    const { validation, ...recipe } = tiny.recipe({ output: at("no") });
    await expect(sweep(recipe, { space: SPACE })).rejects.toMatchObject({
      code: "IMPROVE_VALIDATION_MISSING",
    });
    expect(existsSync(at("no"))).toBe(false);
    mkdirSync(at("theirs"));
    writeFileSync(at("theirs", "notes.txt"), "the user's");
    await expect(searched("theirs")).rejects.toMatchObject({ code: "IMPROVE_OUTPUT_EXISTS" });
    await expect(searched("grid", { seeds: [1] })).rejects.toMatchObject({ code: "IMPROVE_PLAN_CHANGED" });
  });
});

describe("nerium sweep", () => {
  async function ran(...more: string[]) {
    const { io, stdout, stderr } = testIo({ env: { NO_COLOR: "1" } });
    const file = at("recipe.yaml");
    const { model, train: data, validation } = tiny.recipe();
    writeFileSync(
      file,
      JSON.stringify({
        ...{
          model,
          train: data,
          validation,
          num_train_epochs: 4,
          per_device_train_batch_size: 16,
          threads: 2,
        },
        sweep: { learning_rate: [1e-7, 1e-2], warmup_steps: [0, 4] },
      }),
    );
    const code = await nerium(["sweep", file, ...more], io);
    return { code, out: stdout.text.replaceAll(tiny.folder, "DIR"), err: stderr.text };
  }

  it("takes the space of the recipe file, and prints the settings and which value matters", async () => {
    const { code, out } = await ran("--output", at("grid"), "--seeds", "1,2");
    expect(code).toBe(0);
    const [best, second] = found.settings;
    expect(out).toMatch(
      /^setting +learning_rate +warmup_steps +mean F1 +deviation +points behind the best, 95%$/m,
    );
    expect(out).toMatch(
      new RegExp(
        `^${best!.setting} +0.01 +\\d +${best!.f1.toFixed(4)} +${best!.standardDeviation!.toFixed(4)}$`,
        "m",
      ),
    );
    expect(out).toMatch(
      new RegExp(
        `^${second!.setting} .* ${(100 * second!.behind!.difference).toFixed(2)} \\(-?\\d+\\.\\d+ to -?\\d+\\.\\d+\\)$`,
        "m",
      ),
    );
    expect(out).toMatch(/^learning_rate +1e-7 +0\.\d{4} +0\.\d{4} +0\.\d{4}$/m);
    expect(out).toContain("recipe   DIR/grid/best.yaml");
  });

  it("prints one object with --json", async () => {
    const { code, out, err } = await ran("--output", at("grid"), "--seeds", "1,2", "--json", "--quiet");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toEqual(JSON.parse(result("grid").replaceAll("FOLDER", "DIR/grid")));
  });

  it("reads values and ranges from --space instead", async () => {
    const { code, out } = await ran(
      ...["--output", at("flags"), "--trials", "2", "--json", "--quiet", "--max-steps", "2", "--halving"],
      ...[
        "--space",
        "learning_rate=1e-4..1e-2",
        "--space",
        "crf=false",
        "--space",
        "class-weights=none,balanced",
      ],
    );
    expect(code).toBe(0);
    const { search, settings } = JSON.parse(out);
    expect(search).toBe("random");
    for (const { values } of settings)
      expect(values).toEqual({
        learningRate: expect.any(Number),
        crf: false,
        classWeights: expect.stringMatching(/^(none|balanced)$/),
      });
  });

  it.each([
    [["--space", "learning_rate"], "a field and values"],
    [["--space", "learning_rate=1", "--space", "learning_rate=2"], "given once per field"],
    [["--test", "test.conll"], "--test cannot be used here"],
    [["--seeds", "1,1"], "different whole numbers"],
  ])("refuses %j", async (more, message) => {
    const { code, err } = await ran("--output", at("refused"), ...more);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(existsSync(at("refused"))).toBe(false);
  });

  it("is the only command that reads the search space of a recipe: train says so", async () => {
    const { io, stdout, stderr } = testIo();
    await ran();
    expect(await nerium(["train", at("recipe.yaml"), "--output", at("trained"), "--dry-run"], io)).toBe(0);
    expect((stdout.text + stderr.text).replaceAll(/\s+/g, " ")).toContain(
      "sweep has no effect: only nerium sweep reads a search space",
    );
  });
});
