import { dirname, join } from "node:path";
import { counted } from "../../counted.js";
import type { NeriumWarning } from "../../errors.js";
import { appendLine, attempt, makeFolders, readWholeText, refuseInputs, sha256 } from "../../files/index.js";
import { mergeRecipes, parseRecipe, type RawRecipe, type Recipe, rawRecipe } from "../../recipe/index.js";
import type { TrainResult } from "../../run/driveRun.js";
import type { EvaluationMetrics } from "../../run/events.js";
import { versions } from "../../versions.js";
import { recipeHash } from "../checkpoint/changes.js";
import { checkpointFolders } from "../checkpoint/find.js";
import { readTrainingArgs } from "../finish/finish.js";
import { namedFiles } from "../prepare/sources.js";

/** One run of a recipe that runs with several seeds. */
export interface SeedRun {
  readonly seed: number;
  readonly input: RawRecipe;
  readonly recipe: Recipe;
  /**
   * True if the folder contains a run, finished or not, and the recipe does not overwrite it: the run is
   * resumed.
   */
  readonly resume: boolean;
}

/**
 * The runs of a recipe, one for each seed. Each run has its own folder `seed-SEED` in the recipe's output
 * folder.
 *
 * @throws NeriumError `RECIPE_…`
 */
export async function seedRuns(input: RawRecipe, seeds: readonly number[]): Promise<readonly SeedRun[]> {
  const { output } = parseRecipe(input).recipe;
  const runs: SeedRun[] = [];
  for (const seed of seeds) {
    const own = rawRecipe({ seed, output: join(output, `seed-${seed}`) }, { kind: "object" });
    const merged = mergeRecipes(input, own);
    const { recipe } = parseRecipe(merged);
    const found = recipe.overwriteOutputDir ? "nothing" : await foundIn(recipe.output);
    if (found !== "an unfinished result") {
      runs.push({ seed, input: merged, recipe, resume: found === "a run" });
      continue;
    }
    const anew = mergeRecipes(merged, rawRecipe({ overwriteOutputDir: true }, { kind: "object" }));
    runs.push({ seed, input: anew, recipe: parseRecipe(anew).recipe, resume: false });
  }
  return runs;
}

/**
 * What an earlier run left in a folder: a run to continue, or the result of a run without checkpoints that was
 * killed while it wrote it. There is nothing to continue from, so it is written again.
 */
export async function foundIn(folder: string): Promise<"a run" | "an unfinished result" | "nothing"> {
  if ((await checkpointFolders(folder)).length > 0) return "a run";
  const written = await readTrainingArgs(folder);
  if (written?.unfinished) return "an unfinished result";
  return written?.result === undefined ? "nothing" : "a run";
}

/** A finished run as one line of a results file. */
export interface ResultRow {
  /** sha256 of recipe and model, without the seed. Rows with the same recipe and data are comparable. */
  readonly recipe: string;
  /** sha256 of training, validation and test data. */
  readonly data: string;
  readonly seed: number;
  readonly f1: number | null;
  readonly validation: EvaluationMetrics | null;
  readonly test: EvaluationMetrics | null;
  readonly steps: number;
  readonly tokens: number;
  readonly seconds: number;
  readonly reason: TrainResult["reason"];
  readonly folder: string;
  readonly nerium: string;
}

/**
 * The row of a finished run. `f1` is that of the test set, or of the validation set if there is no test set.
 */
export function resultRow(recipe: Recipe, result: TrainResult): ResultRow {
  const { fingerprint, metrics, testMetrics, steps, tokens, seconds, reason, folder } = result;
  const { train, validation, test } = fingerprint;
  return {
    recipe: recipeHash(recipe, fingerprint),
    data: sha256(JSON.stringify([train, validation, test])),
    seed: recipe.seed,
    f1: (testMetrics ?? metrics)?.f1 ?? null,
    validation: metrics ?? null,
    test: testMetrics ?? null,
    ...{ steps, tokens, seconds, reason, folder },
    nerium: versions().nerium,
  };
}

/**
 * Appends a row to a results file (JSON Lines), unless the file already contains the same run. Lines written
 * by other programs, or incomplete ones after a power cut, are not changed. Returns a warning if there are any.
 *
 * @throws NeriumError `FILES_…`
 */
export async function addResult(file: string, row: ResultRow): Promise<NeriumWarning | undefined> {
  await attempt(file, "create", () => makeFolders(dirname(file)));
  const lines = await resultLines(file);
  if (!lines.some(({ run }) => isSameRun(run, row))) await appendLine(file, JSON.stringify(row));
  const broken = lines.flatMap(({ number, run }) => (run === undefined ? [number] : []));
  if (broken.length === 0) return undefined;
  const more = broken.length > 3 ? " …" : "";
  return {
    code: "RESULTS_LINES_BROKEN",
    message: `${file} has ${counted(broken.length, "line that is not JSON", "lines that are not JSON")}, perhaps parts of results: line ${broken.slice(0, 3).join(", ")}${more}. They are kept.`,
  };
}

/**
 * Checks before hours of training that rows can be added to a results file.
 *
 * @param inputs what the runs read, besides what the recipe names
 * @throws NeriumError FILES_OUTPUT_IS_INPUT; as {@link resultLines}
 */
export async function checkResults(file: string, recipe: Recipe, inputs: readonly string[]): Promise<void> {
  await resultLines(file);
  await refuseInputs([file], [...inputs, ...(await namedFiles(recipe))]);
}

/** A line of a results file, and the run in it: `null` for an empty line, `undefined` for one that is not JSON. */
interface ResultLine {
  readonly number: number;
  readonly run: Partial<ResultRow> | null | undefined;
}

/**
 * Returns the lines of a results file; none if there is no file.
 *
 * @throws NeriumError FILES_NOT_REGULAR, `FILES_…`
 */
export async function resultLines(file: string): Promise<readonly ResultLine[]> {
  const text = await attempt(file, "read", () =>
    readWholeText(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    }),
  );
  return text.split("\n").map((line, index) => ({ number: index + 1, run: runOf(line) }));
}

function runOf(line: string): ResultLine["run"] {
  if (line.trim() === "") return null;
  try {
    return JSON.parse(line) as Partial<ResultRow> | null;
  } catch {
    return undefined;
  }
}

const isSameRun = (run: ResultLine["run"], { recipe, data, seed }: ResultRow): boolean =>
  run?.recipe === recipe && run.data === data && run.seed === seed;
