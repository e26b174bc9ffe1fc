/**
 * Trains a recipe with several seeds, then with other seeds and all of these models as teachers, and compares the two kinds on the
 * validation data:
 *
 *     npm run --silent bench:distil -- --model bert-base-cased --train train.txt --validation valid.txt --work DIR
 *                                      [--recipe recipes/conll2003-best.yaml] [--seeds 42,43,44] [--students 45] [--alphas 1]
 *                                      [--bf16] [--table]
 *
 * A teacher is in DIR/seed-SEED, a student in DIR/student-SEED-alpha-ALPHA. Finished runs are not repeated, interrupted ones are
 * resumed; `--table` only prints what is finished. `together` decodes the mean probabilities of the teachers: what a student
 * learns from. Differences are in points of F1, with the 95% interval of the paired bootstrap.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { predictionLines } from "../../src/data/index.js";
import type { Comparison } from "../../src/evaluate/index.js";
import { evaluateFolder } from "../../src/infer/index.js";
import { decoderFor, Teachers } from "../../src/tasks/tokenClassification/index.js";
import { teacherScores } from "../../src/train/prepare/teachers.js";
import { foundIn } from "../../src/train/seeds/seeds.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    train: { type: "string" },
    validation: { type: "string" },
    work: { type: "string" },
    recipe: { type: "string", default: "recipes/conll2003-best.yaml" },
    seeds: { type: "string", default: "42,43,44" },
    students: { type: "string", default: "45" },
    alphas: { type: "string", default: "1" },
    bf16: { type: "boolean", default: false },
    table: { type: "boolean", default: false },
  },
});
const { model, train, validation, work } = values;
if (model === undefined || train === undefined || validation === undefined || work === undefined)
  throw new Error("--model, --train, --validation and --work are needed");
const main = resolve(import.meta.dirname, "../../dist/cli/main.js");
const PREDICTIONS = "validation.conll";

/** Runs a command of Nerium. Returns what it printed. */
async function nerium(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (part) => {
    printed += part;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`nerium ${args.join(" ")} ended with ${code}`);
  return printed;
}

/** Trains a model and predicts the validation data, unless that is done. Returns whether it is done now. */
async function trained(folder: string, seed: string, ...more: readonly string[]): Promise<boolean> {
  const file = join(folder, PREDICTIONS);
  if (existsSync(file)) return true;
  if (values.table) return false;
  await nerium(
    ...["train", values.recipe, "--model", model!, "--train", train!, "--validation", validation!],
    ...["--seed", seed, "--output", folder, ...(values.bf16 ? ["--bf16"] : []), ...more],
    ...((await foundIn(folder)) === "a run" ? ["--resume"] : []),
  );
  await nerium("evaluate", folder, validation!, "--predictions", file, "--json");
  return true;
}

/** Decodes the mean probabilities of the teachers. */
async function together(folders: readonly string[]): Promise<string> {
  const path = join(work!, "together.conll");
  const { data, labels } = await evaluateFolder(folders[0]!, validation!);
  const run = { engine: "auto", device: "cpu", bf16: false, threads: undefined } as const;
  const { teachers } = await teacherScores(folders, data.sentences, labels, run);
  const mean = new Teachers(teachers, labels, { share: 1, crf: false });
  const decoder = decoderFor(labels, "viterbi");
  const predicted = data.sentences.map(({ words }, sentence) => {
    const soft = mean.soft({ sentence, word: 0, words: words.length, begins: true, ends: true });
    if (soft === undefined) throw new Error(`sentence ${sentence + 1} has words that a teacher cannot read`);
    return Array.from(decoder.labels(Float32Array.from(soft.marginals, Math.log)), (label) => labels[label]!);
  });
  writeFileSync(path, [...predictionLines(data.sentences, predicted)].join(""));
  return path;
}

const seeds = values.seeds.split(",").map((seed) => ({ seed, folder: join(work, `seed-${seed}`) }));
const teachers: string[] = [];
for (const { seed, folder } of seeds) if (await trained(folder, seed)) teachers.push(folder);
if (teachers.length === 0) throw new Error("there is no teacher yet");

const arms = new Map<string, readonly string[]>();
const predictionsOf = (folders: readonly string[]) => folders.map((folder) => join(folder, PREDICTIONS));
arms.set("teachers together", [await together(teachers)]);
for (const alpha of values.alphas.split(",")) {
  const students: string[] = [];
  for (const seed of values.students.split(",")) {
    const folder = join(work, `student-${seed}-alpha-${alpha}`);
    const taught = ["--teachers", teachers.join(","), "--distillation-alpha", alpha];
    if (await trained(folder, seed, ...taught)) students.push(folder);
  }
  if (students.length > 0) arms.set(`students, distillation_alpha ${alpha}`, predictionsOf(students));
}

const points = (value: number) => `${value < 0 ? "−" : "+"}${(100 * Math.abs(value)).toFixed(2)}`;
const f1 = (runs: readonly number[]) => runs.map((each) => each.toFixed(4)).join(", ");
for (const [name, files] of arms) {
  const printed = await nerium("compare", ...["--a", ...predictionsOf(teachers), "--b", ...files, "--json"]);
  const { runs, difference, interval } = JSON.parse(printed) as Comparison;
  if (name === "teachers together") console.log(`seeds alone: F1 ${f1(runs.a)}`);
  console.log(
    `${name}: F1 ${f1(runs.b)}; to the mean of the seeds ${points(difference)} (${interval.map(points).join(" to ")})`,
  );
}
