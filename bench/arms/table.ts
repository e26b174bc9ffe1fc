import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { mulberry32, readPredictionPair } from "../../src/data/index.js";
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
    for (const run of own) lines.push(await line(run, runs));
    if (own.length > 1) lines.push(`| ${arm} | mean | | | ${four(mean(own))} | | | | | |`);
  }
  return lines;
}

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

async function line({ arm, seed, folder, row, curve }: Run, runs: readonly Run[]): Promise<string> {
  const own = join(folder, "as-trained.conll");
  const baseline = runs.find((run) => run.arm === ARMS[arm]!.against && run.seed === seed && run.arm !== arm);
  const between = async (a: string, b: string) =>
    existsSync(a) && existsSync(b) ? difference(await compared(a, b)) : "";
  const less = (name: string) =>
    baseline === undefined ? "" : between(join(baseline.folder, name), join(folder, name));
  const cells = [
    ...[arm, seed, row.steps, row.tokens.toLocaleString("en-US"), curve.map(four).join(", ")],
    ...[
      await between(own, join(folder, "by-sentence.conll")),
      await between(own, join(folder, "viterbi.conll")),
    ],
    ...[baseline?.arm ?? "", await less("as-trained.conll"), await less("viterbi.conll")],
  ];
  return `| ${cells.join(" | ")} |`;
}

async function compared(a: string, b: string) {
  const { units } = await readPredictionPair(a, b);
  return pairedBootstrap(units, { draws: DRAWS, random: mulberry32(42), mode: "default" });
}

/** In points: the difference, and the middle 95% of the draws. */
function difference({ difference, interval }: Awaited<ReturnType<typeof compared>>): string {
  const points = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(100 * value).toFixed(2)}`;
  return `${points(difference)} (${interval.map(points).join(" to ")})`;
}

const four = (f1: number): string => f1.toFixed(4);

const mean = (runs: readonly Run[]): number =>
  runs.reduce((total, { curve }) => total + curve.at(-1)!, 0) / runs.length;
