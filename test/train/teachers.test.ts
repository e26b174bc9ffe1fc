/** Learning from other models: their averaged probabilities as targets. */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseRecipe, type RecipeInput } from "../../src/recipe/index.js";
import type { TrainEvent } from "../../src/run/index.js";
import { train } from "../../src/train/index.js";
import { prepare } from "../../src/train/prepare/prepare.js";
import { StepEngine } from "../../src/train/step/stepEngine.js";
import { stopAfter } from "./stopAfter.js";
import { tinyModel } from "./tinyModel.js";

let tiny: Awaited<ReturnType<typeof tinyModel>>;
/** Two models of different seeds, and one with a conditional random field. */
let teachers: readonly string[];
let withCrf: string;
beforeAll(async () => {
  tiny = await tinyModel();
  const trained = async (name: string, changes: Partial<RecipeInput>) => {
    const output = join(tiny.folder, name);
    await train(tiny.recipe({ output, ...changes })).result();
    return output;
  };
  teachers = [await trained("teacher-1", { seed: 1 }), await trained("teacher-2", { seed: 2 })];
  withCrf = await trained("teacher-crf", { crf: true });
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

let outputs = 0;
const recipe = (changes: Partial<RecipeInput> = {}): RecipeInput =>
  tiny.recipe({ output: join(tiny.folder, `output-${outputs++}`), ...changes });

/** The loss of the first step without dropout, and the targets of its first sentence. */
async function firstLoss(changes: Partial<RecipeInput>) {
  const still = { hiddenDropoutProb: 0, attentionProbsDropoutProb: 0 };
  const { recipe: parsed } = parseRecipe(recipe({ ...still, ...changes }));
  const prepared = await prepare(parsed);
  const trainer = await StepEngine.create(parsed, prepared, 2);
  const windows = [...prepared.train.windows].slice(0, 16);
  const { loss } = await trainer.gradient(windows, 1);
  const { labels } = prepared;
  await trainer.dispose();
  return { loss, labels, soft: windows.flatMap(({ chains }) => chains!.map(({ soft }) => soft)) };
}

describe.each([false, true])("with crf %s", (crf) => {
  test("the targets are the mean of the teachers, mixed with the tags of the data", async () => {
    const [data, first, second, both, half] = await Promise.all(
      [
        {},
        { teachers: [teachers[0]!] },
        { teachers: [teachers[1]!] },
        { teachers },
        { teachers, distillationAlpha: 0.25 },
      ].map((changes) => firstLoss({ crf, ...changes })),
    );
    // The loss is linear in its targets.
    expect(both!.loss).toBeCloseTo((first!.loss + second!.loss) / 2, 5);
    expect(half!.loss).toBeCloseTo(0.25 * both!.loss + 0.75 * data!.loss, 5);
    expect(Math.abs(first!.loss - second!.loss)).toBeGreaterThan(1e-4);
    expect(Math.abs(first!.loss - data!.loss)).toBeGreaterThan(1e-4);
    expect(data!.soft.every((soft) => soft === undefined)).toBe(true);
    for (const soft of both!.soft) {
      const width = both!.labels.length;
      for (let word = 0; word < soft!.marginals.length; word += width)
        expect(soft!.marginals.subarray(word, word + width).reduce((sum, each) => sum + each, 0)).toBeCloseTo(
          1,
          6,
        );
    }
  });

  test("a teacher with its labels in another order, or with a conditional random field, teaches the same", async () => {
    const turned = join(tiny.folder, `turned-${crf}`);
    cpSync(withCrf, turned, { recursive: true });
    const config = JSON.parse(readFileSync(join(turned, "config.json"), "utf8"));
    const labels: string[] = Object.values(config.id2label);
    const asked = await firstLoss({ crf, teachers: [withCrf], labels });
    const reversed = await firstLoss({ crf, teachers: [withCrf], labels: labels.toReversed() });
    const width = labels.length;
    asked.soft.forEach((soft, chain) => {
      soft!.marginals.forEach((probability, at) => {
        const mirrored = at - (at % width) + (width - 1 - (at % width));
        expect(reversed.soft[chain]!.marginals[mirrored]).toBeCloseTo(probability, 6);
      });
    });
  });

  test("after an interruption, the model has the same bytes", async () => {
    const input = recipe({
      crf,
      teachers,
      saveStrategy: "steps",
      saveSteps: 2,
      evalStrategy: "no",
      validation: undefined,
    });
    const whole = recipe({ ...input, output: join(tiny.folder, `whole-${crf}`) });
    await train(whole).result();
    await stopAfter(input, 5);
    await train(input, { resume: true }).result();
    const bytes = ({ output }: RecipeInput) => readFileSync(join(output, "model.safetensors"));
    expect(bytes(input).equals(bytes(whole))).toBe(true);
  });
});

test("warnings about the model and its teachers are those of the run, not of the process", async () => {
  /** A model whose config.json has one layer less than its weights. */
  const shortened = (name: string, from: string) => {
    const folder = join(tiny.folder, name);
    cpSync(from, folder, { recursive: true });
    const config = join(folder, "config.json");
    writeFileSync(config, readFileSync(config, "utf8").replace(/("num_hidden_layers": ?)2/, "$11"));
    return folder;
  };
  const model = shortened("short-encoder", tiny.encoder);
  const teacher = shortened("short-teacher", teachers[0]!);
  const told: string[] = [];
  const ofProcess: string[] = [];
  const note = (warning: Error) => void ofProcess.push(warning.message);
  process.on("warning", note);
  const listener = (event: TrainEvent) => {
    if (event.type === "warning" && event.code === "LAYERS_UNUSED") told.push(event.message.split(":")[0]!);
  };
  await train(recipe({ model, teachers: [teacher], maxSteps: 1 }), { listeners: [listener] }).result();
  await new Promise((wake) => setImmediate(wake));
  process.off("warning", note);
  expect(told.sort()).toEqual([model, teacher].map((folder) => join(folder, "model.safetensors")).sort());
  expect(ofProcess).toEqual([]);
});

test("a run cannot go on with other teachers", async () => {
  const input = recipe({
    teachers,
    saveStrategy: "steps",
    saveSteps: 2,
    evalStrategy: "no",
    validation: undefined,
  });
  await stopAfter(input, 5);
  const other = { ...input, teachers: [teachers[0]!, withCrf] };
  await expect(train(other, { resume: true }).result()).rejects.toThrow(/model/);
});

test("a student learns what its teachers do, and the card says how many there were", async () => {
  const events: TrainEvent[] = [];
  const input = recipe({ teachers, distillationAlpha: 0.5 });
  await train(input, { listeners: [(event) => void events.push(event)] }).result();
  expect(events).toContainEqual({
    type: "notice",
    code: "TEACHERS",
    message:
      "The targets are the mean probabilities of 2 teachers, with a share of 0.5; the tags of the data have the rest.",
  });
  const card = readFileSync(join(input.output, "README.md"), "utf8");
  expect(card).toContain("- teachers: 2\n- distillation_alpha: 0.5\n");
});

test("a teacher with other labels is refused by name", async () => {
  const file = join(tiny.folder, "other.conll");
  writeFileSync(file, readFileSync(tiny.files.train, "utf8").replaceAll("-PER", "-HUMAN"));
  const input = recipe({ teachers, train: file, validation: undefined });
  await expect(train(input).result()).rejects.toMatchObject({ code: "TRAIN_TEACHER_LABELS" });
});
