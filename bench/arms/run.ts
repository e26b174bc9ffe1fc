/**
 * Trains several recipes and compares them on the validation data of CoNLL-2003 or WNUT-17:
 *
 *     npm run --silent bench:arms -- --model bert-base-cased --data DATA --work DIR [--arms A,B] [--seeds 42] [--threads 2]
 *     npm run --silent bench:arms -- --work DIR --table [--arms A,B]
 *
 * DATA must contain `conll2003/train.txt`, `conll2003/valid.txt`, `wnut17/train.conll` and
 * `wnut17/dev.conll`. Each arm of `arms.ts` is trained with each seed in DIR/ARM/seed-SEED. It is scored as
 * trained (by document or by sentence), by sentence, and with Viterbi decoding. Finished runs are not
 * repeated, interrupted runs are resumed. Every finished run adds a row to DIR/results.jsonl.
 *
 * `--table` only prints the results so far: F1 after each epoch, the mean over seeds, and differences in
 * points with the 95% interval of the paired bootstrap over documents. The differences are: by sentence minus
 * as trained, Viterbi minus as trained, and the arm minus each arm that it is compared with.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { predictionLines } from "../../src/data/index.js";
import { writeFileAtomically } from "../../src/files/index.js";
import { type EvaluateFolderOptions, evaluateFolder } from "../../src/infer/index.js";
import { rawRecipe } from "../../src/recipe/index.js";
import { train } from "../../src/train/index.js";
import { addResult, resultRow, seedRuns } from "../../src/train/seeds/seeds.js";
import { ARMS, type Arm, COMMON } from "./arms.js";
import { table } from "./table.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    data: { type: "string" },
    work: { type: "string" },
    arms: { type: "string" },
    seeds: { type: "string", default: "42" },
    threads: { type: "string", default: "2" },
    table: { type: "boolean", default: false },
  },
});
const { data, work, model } = values;
if (work === undefined || ((model === undefined || data === undefined) && !values.table))
  throw new Error("usage: npm run --silent bench:arms -- --model FOLDER --data FOLDER --work DIR");
const threads = Number(values.threads);
const chosen = values.arms?.split(",") ?? Object.keys(ARMS);
for (const name of chosen)
  if (ARMS[name] === undefined) throw new Error(`the arms are ${Object.keys(ARMS).join(", ")}`);

/** Writes every fourth document, starting with the first one, to a file. */
async function quarterOf(file: string): Promise<string> {
  const quarter = join(work!, "quarter.txt");
  const documents = (await readFile(file, "utf8")).split(/^(?=-DOCSTART-)/m).filter((text) => text !== "");
  await mkdir(work!, { recursive: true });
  await writeFile(quarter, documents.filter((_, index) => index % 4 === 0).join(""));
  return quarter;
}

async function filesOf(part: Arm["data"]): Promise<{ readonly train: string; readonly validation: string }> {
  if (part === "wnut17")
    return { train: join(data!, part, "train.conll"), validation: join(data!, part, "dev.conll") };
  const whole = join(data!, "conll2003", "train.txt");
  const validation = join(data!, "conll2003", "valid.txt");
  return { train: part === "whole" ? whole : await quarterOf(whole), validation };
}

async function runArm(name: string, { recipe, data: part }: Arm): Promise<void> {
  const files = await filesOf(part);
  const input = rawRecipe(
    { ...COMMON, ...recipe, ...files, model: model!, output: join(work!, name) },
    { kind: "object" },
  );
  for (const { seed, input: own, recipe, resume } of await seedRuns(
    input,
    values.seeds.split(",").map(Number),
  )) {
    console.log(`${new Date().toTimeString().slice(0, 8)} ${name}, seed ${seed}`);
    const run = train(own, { resume });
    for await (const event of run) {
      if (event.type === "evaluation")
        console.log(`  epoch ${event.epoch}: F1 ${event.metrics.f1.toFixed(4)}`);
      if (event.type === "warning") console.log(`  ${event.message}`);
    }
    const result = await run.result();
    await addResult(join(work!, "results.jsonl"), resultRow(recipe, result));
    const predict = (mode: string, options: EvaluateFolderOptions = {}) =>
      predictions(join(result.folder, `${mode}.conll`), result.folder, files.validation, options);
    await predict("as-trained");
    if (recipe.context === "document") await predict("by-sentence", { context: "none" });
    if (!recipe.crf) await predict("viterbi", { decoding: "viterbi" });
  }
}

async function predictions(
  file: string,
  folder: string,
  validation: string,
  options: EvaluateFolderOptions,
): Promise<void> {
  if (existsSync(file)) return;
  const { data, predicted } = await evaluateFolder(folder, validation, { ...options, threads });
  await writeFileAtomically(file, [...predictionLines(data.sentences, predicted)].join(""));
}

if (!values.table) for (const name of chosen) await runArm(name, ARMS[name]!);
console.log((await table(work, chosen)).join("\n"));
