import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { mulberry32, readPredictions } from "../../src/data/index.js";
import { pairedBootstrap } from "../../src/evaluate/index.js";
import type { ResultRow } from "../../src/train/seeds.js";
import { ARMS } from "./arms.js";

const DRAWS = 10_000;

/** What a row of the results file and the folder of its run tell. */
interface Run {
  readonly arm: string;
  readonly seed: number;
  readonly folder: string;
  readonly row: ResultRow;
  /** F1 of the evaluations, which came after each epoch. */
  readonly curve: readonly number[];
}

/** A Markdown table of the arms that have finished runs. */
export async function table(work: string, arms: readonly string[]): Promise<string[]> {
  const runs = await finishedRuns(work);
  const lines = [
    "| arm | seed | updates | sub-tokens | F1 after each epoch | by sentence | Viterbi | against | less it | both Viterbi |",
    "|---|---|---|---|---|---|---|---|---|---|",
  ];
  for (const arm of arms) {
    const own = runs.filter((run) => run.arm === arm).sort((a, b) => a.seed - b.seed);
    const against = runs.filter((run) => run.arm === ARMS[arm]!.against && run.arm !== arm);
    for (const run of own) {
      const { seed, row, curve } = run;
      const facts = [arm, seed, row.steps, row.tokens.toLocaleString("en-US"), curve.map(four).join(", ")];
      lines.push(line(facts, await differences([run], against)));
    }
    if (own.length > 1)
      lines.push(line([arm, "mean", "", "", four(mean(own))], await differences(own, against)));
  }
  return lines;
}

const line = (facts: readonly (string | number)[], differences: readonly string[]): string =>
  `| ${[...facts, ...differences].join(" | ")} |`;

async function finishedRuns(work: string): Promise<readonly Run[]> {
  const file = join(work, "results.jsonl");
  if (!existsSync(file)) return [];
  const rows = (await readFile(file, "utf8")).split("\n").filter((text) => text !== "");
  return Promise.all(
    rows.map(async (text): Promise<Run> => {
      const row = JSON.parse(text) as ResultRow;
      const arm = basename(dirname(row.folder));
      const folder = join(work, arm, basename(row.folder));
      const state = JSON.parse(await readFile(join(folder, "trainer_state.json"), "utf8"));
      const log = state.log_history as { readonly eval_f1?: number }[];
      const curve = log.flatMap(({ eval_f1: f1 }) => (f1 === undefined ? [] : [f1]));
      return { arm, seed: row.seed, folder, row, curve };
    }),
  );
}

/** How runs of an arm do otherwise scored, and less the arm that it is compared with, where that has the same seeds. */
async function differences(own: readonly Run[], against: readonly Run[]): Promise<string[]> {
  const baseline = own.flatMap(({ seed }) => against.filter((run) => run.seed === seed));
  const files = (runs: readonly Run[], mode: string) =>
    runs.map(({ folder }) => join(folder, `${mode}.conll`));
  const between = async (a: readonly string[], b: readonly string[]) =>
    a.length === b.length && [...a, ...b].every((file) => existsSync(file)) ? compared(a, b) : "";
  const trained = files(own, "as-trained");
  // A conditional random field decodes so by itself.
  const viterbi = ARMS[own[0]!.arm]!.recipe.crf ? trained : files(own, "viterbi");
  return [
    await between(trained, files(own, "by-sentence")),
    await between(trained, files(own, "viterbi")),
    baseline.length === own.length ? baseline[0]!.arm : "",
    await between(files(baseline, "as-trained"), trained),
    await between(files(baseline, "viterbi"), viterbi),
  ];
}

/** In points: how much more B has than A, and the middle 95% of the draws. */
async function compared(a: readonly string[], b: readonly string[]): Promise<string> {
  const { units } = await readPredictions(a, b);
  const random = mulberry32(42);
  const { difference, interval } = pairedBootstrap(units, { draws: DRAWS, random, mode: "default" });
  const points = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(100 * value).toFixed(2)}`;
  return `${points(difference)} (${interval.map(points).join(" to ")})`;
}

const four = (f1: number): string => f1.toFixed(4);

const mean = (runs: readonly Run[]): number =>
  runs.reduce((total, { curve }) => total + curve.at(-1)!, 0) / runs.length;
