import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { mulberry32, readPredictions } from "../../src/data/index.js";
import { pairedBootstrap } from "../../src/evaluate/index.js";
import type { ResultRow } from "../../src/train/seeds/seeds.js";
import { ARMS } from "./arms.js";

const DRAWS = 10_000;

/** A finished run, from its row in the results file and its folder. */
interface Run {
  readonly arm: string;
  readonly seed: number;
  readonly folder: string;
  readonly row: ResultRow;
  /** F1 of the evaluation after each epoch. */
  readonly curve: readonly number[];
}

/** Returns a Markdown table of all arms with finished runs. */
export async function table(work: string, arms: readonly string[]): Promise<string[]> {
  const runs = await finishedRuns(work);
  const lines = [
    "| arm | seed | updates | tokens | F1 after each epoch | by sentence | Viterbi | against | less it | both Viterbi |",
    "|---|---|---|---|---|---|---|---|---|---|",
  ];
  for (const arm of arms) {
    const own = runs.filter((run) => run.arm === arm).sort((a, b) => a.seed - b.seed);
    const others = ARMS[arm]!.against.filter((name) => name !== arm).map((name) =>
      runs.filter((run) => run.arm === name),
    );
    const add = async (facts: readonly (string | number)[], some: readonly Run[]) =>
      lines.push(...(await rows(facts, some, others)));
    for (const run of own) {
      const { seed, row, curve } = run;
      await add(
        [arm, seed, row.steps, row.tokens.toLocaleString("en-US"), curve.map(four).join(", ")],
        [run],
      );
    }
    if (own.length > 1) await add([arm, "mean", "", "", four(mean(own))], own);
  }
  return lines;
}

/**
 * One row with the results of these runs and the comparison with the first baseline arm, if any, then a row
 * with only a comparison for each further baseline.
 */
async function rows(
  facts: readonly (string | number)[],
  own: readonly Run[],
  others: readonly (readonly Run[])[],
): Promise<string[]> {
  const baselines = others
    .map((runs) => own.flatMap(({ seed }) => runs.filter((run) => run.seed === seed)))
    .filter((baseline) => baseline.length === own.length);
  const alone = [...facts, ...(await otherwiseScored(own))];
  const compared = await Promise.all(baselines.map((baseline) => less(own, baseline)));
  const [first = ["", "", ""], ...further] = compared;
  return [line([...alone, ...first]), ...further.map((cells) => line([...alone.map(() => ""), ...cells]))];
}

const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;

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

/** By sentence minus as trained, and Viterbi minus as trained. */
async function otherwiseScored(own: readonly Run[]): Promise<string[]> {
  const trained = files(own, "as-trained");
  return [await between(trained, files(own, "by-sentence")), await between(trained, files(own, "viterbi"))];
}

/** The name of the baseline arm, and the runs minus the baseline: as trained, and both with Viterbi. */
async function less(own: readonly Run[], baseline: readonly Run[]): Promise<string[]> {
  // A model with a conditional random field uses Viterbi decoding as trained.
  const viterbi = (runs: readonly Run[]) =>
    files(runs, ARMS[runs[0]!.arm]!.recipe.crf ? "as-trained" : "viterbi");
  return [
    baseline[0]!.arm,
    await between(files(baseline, "as-trained"), files(own, "as-trained")),
    await between(viterbi(baseline), viterbi(own)),
  ];
}

const files = (runs: readonly Run[], mode: string): string[] =>
  runs.map(({ folder }) => join(folder, `${mode}.conll`));

const between = async (a: readonly string[], b: readonly string[]): Promise<string> =>
  [...a, ...b].every((file) => existsSync(file)) ? compared(a, b) : "";

/** The difference B minus A in points, with its 95% bootstrap interval. */
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
