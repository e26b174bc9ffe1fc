import { join } from "node:path";
import { writeJson } from "../../files/index.js";
import { Owned } from "../../owned.js";
import { parseRecipe, type RawRecipe, type Recipe } from "../../recipe/index.js";
import { OF_DATA, OF_EVALUATION, OF_READING } from "../fields.js";
import { changedRecipe, type ImproveEdge } from "../runs.js";
import { readTraining } from "../trainingData.js";
import { openWorkFolder } from "../workFolder.js";
import { crossValidated } from "./crossValidation.js";
import { rankedSuspects, type SuspectsFound } from "./suspects.js";

/** The file of the result in the output folder. */
export const SUSPECTS = "suspects.json";

/** What to look through, and how. */
export interface FindSuspectsOptions {
  readonly train: string;
  /** How to train the models of the folds, and how to read the data. */
  readonly recipe: RawRecipe;
  readonly folds: number;
  readonly output: string;
}

/** Likely label errors in a file, and how they were found. */
export interface FoundSuspects extends SuspectsFound {
  readonly schema_version: 1;
  /** The file or folder that was looked through. */
  readonly train: string;
  /** sha256 of its words, tags and documents. */
  readonly sha256: string;
  readonly folds: number;
  readonly seed: number;
  readonly labels: readonly string[];
}

/**
 * Finds likely label errors in training data: trains a model on all folds but one, in turn, and compares the tags of each
 * sentence with what a model predicts that has not seen it. The result is also written to `suspects.json` in the output folder.
 * An interrupted call continues where it was.
 *
 * @throws NeriumError IMPROVE_PLAN_CHANGED, IMPROVE_OUTPUT_EXISTS, IMPROVE_STOPPED, and the errors of reading and training
 */
export async function findSuspects(
  { train, recipe: raw, folds, output }: FindSuspectsOptions,
  edge: ImproveEdge,
): Promise<FoundSuspects> {
  const input = changedRecipe(raw, [...OF_DATA, ...OF_EVALUATION], { train, output });
  const { recipe } = parseRecipe(input);
  const { data, labels, sha256 } = await readTraining(recipe, edge.say);
  const { seed } = recipe;
  return Owned.during(async (owned) => {
    const plan = { command: "nerium data suspects", data: sha256, labels, folds, recipe: planned(recipe) };
    owned.own(await openWorkFolder(output, plan), "release");
    const { threads } = recipe;
    const validation = { data, labels, folds, seed, recipe: input, threads, folder: output };
    const found = rankedSuspects(data, labels, await crossValidated(validation, edge));
    const result: FoundSuspects = { schema_version: 1, train, sha256, folds, seed, labels, ...found };
    await writeJson(join(output, SUSPECTS), result);
    return result;
  });
}

/** The fields that decide about a model, with their values. */
function planned(recipe: Recipe): Readonly<Record<string, unknown>> {
  const left = new Set<string>([
    ...OF_DATA,
    ...OF_READING,
    ...OF_EVALUATION,
    "threads",
    "loggingSteps",
    "force",
  ]);
  return Object.fromEntries(Object.entries(recipe).filter(([key]) => !left.has(key)));
}
