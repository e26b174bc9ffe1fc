import { join } from "node:path";
import { foldsOf, formatOf, writeSentences } from "../../data/index.js";
import { withScratchFolder, writeJson } from "../../files/index.js";
import { type OptionKinds, requireOptions } from "../../options.js";
import { Owned } from "../../owned.js";
import { parseRecipe, type RawRecipe, type Recipe, type RecipeInput } from "../../recipe/index.js";
import { splitReadOptions } from "../../train/prepare/readSplits.js";
import { askedRules } from "../../train/prepare/runConfig.js";
import { type DryRuns, type DryRunsEdge, measuredRuns } from "../dryRuns.js";
import { OF_DATA, OF_EVALUATION, planned } from "../fields.js";
import { aboutData } from "../partMessages.js";
import { partRecipe } from "../partRecipe.js";
import { readData } from "../readData.js";
import { beforeReview } from "../review/beforeReview.js";
import { changedRecipe, edgeOf, type FollowRun, rawOf } from "../runs.js";
import { openWorkFolder } from "../workFolder.js";
import { crossValidated } from "./crossValidation.js";
import { isOfFold, SUSPECTS } from "./searchFiles.js";
import { type FoundSuspects, rankedSuspects } from "./suspects.js";

const COMMAND = "nerium data suspects";

/** Options of {@link findSuspects}. */
export interface FindSuspectsOptions {
  /** Number of folds, and of models to train. Defaults to 5. */
  readonly folds?: number;
  /** When aborted, the call ends with the error IMPROVE_STOPPED after the present step. The next call continues. */
  readonly signal?: AbortSignal;
  /** Starts each run and returns its result, for example to show progress. Defaults to running silently. */
  readonly follow?: FollowRun;
  /** Called with facts about the data. Each is a sentence. */
  readonly say?: (line: string) => void;
}

const OPTIONS: OptionKinds<FindSuspectsOptions> = {
  folds: "a whole number of 2 or more",
  signal: "an AbortSignal",
  follow: "a function",
  say: "a function",
};

/**
 * Finds likely label errors in training data: trains a model on all folds but one, in turn, and compares the tags of each
 * sentence with what a model predicts that has not seen it (confident learning). Documents and equal sentences stay in one fold.
 * The result is also written to `suspects.json` in the output folder. An interrupted call continues where it was. After a review,
 * the call returns the same result, with the decisions.
 *
 * @example
 * const recipe = { model: "bert-base-cased", train: "train.conll", output: "suspects" };
 * const { suspects } = await findSuspects(recipe, { folds: 5 });
 * for (const { file, line, score } of suspects.slice(0, 20)) console.log(`${file}:${line}`, score);
 *
 * @param input a recipe, as for `train`. Its validation and test data are not used.
 * @throws NeriumError IMPROVE_PLAN_CHANGED, IMPROVE_OUTPUT_EXISTS, IMPROVE_STOPPED, IMPROVE_REVIEW_OF_OTHER_DATA,
 *   DATA_SPLIT_TOO_SMALL, and the errors of reading and training
 */
export async function findSuspects(
  input: RecipeInput | RawRecipe,
  options: FindSuspectsOptions = {},
): Promise<FoundSuspects> {
  requireOptions("findSuspects", options, OPTIONS);
  const { folds = 5 } = options;
  const edge = edgeOf(options);
  const { used, recipe } = usedRecipe(input);
  const { train, output } = recipe;
  const { read, reviewed } = await beforeReview(await readData(recipe, "train", edge.say), recipe, output);
  const { data, labels, sha256 } = read;
  const { seed, threads } = recipe;
  return Owned.during(async (owned) => {
    const plan = {
      command: COMMAND,
      data: sha256,
      labels,
      folds,
      recipe: planned(recipe, OF_EVALUATION),
    };
    owned.own(await openWorkFolder(output, plan, isOfFold), "release");
    if (reviewed !== undefined) return reviewed;
    const validation = { data, labels, folds, seed, recipe: used, threads, folder: output };
    const found = rankedSuspects(data, labels, await crossValidated(validation, edge));
    const reading = { ...splitReadOptions(recipe, undefined), words: askedRules(recipe) };
    const files = new Set(found.suspects.map(({ file }) => file));
    const formats = Object.fromEntries([...files].map((file) => [file, formatOf(file, reading)]));
    const about = { reading, formats, renamed: recipe.labelMap !== undefined };
    const result: FoundSuspects = {
      schema_version: 1,
      train: train!,
      sha256,
      folds,
      seed,
      labels,
      ...about,
      ...found,
    };
    await writeJson(join(output, SUSPECTS), result);
    return result;
  });
}

/** The fields of a recipe that a search uses. */
function usedRecipe(input: RecipeInput | RawRecipe): { readonly used: RawRecipe; readonly recipe: Recipe } {
  const raw = rawOf(input);
  // Checks the names of all fields, also of those that are not used.
  const { train, output } = parseRecipe(raw).recipe;
  const used = changedRecipe(raw, [...OF_DATA, ...OF_EVALUATION], { train, output });
  return { used, recipe: parseRecipe(used).recipe };
}

/**
 * Measures what {@link findSuspects} would take.
 *
 * @throws NeriumError as `dryRun`, and the errors of reading
 */
export async function findSuspectsDryRun(
  input: RecipeInput | RawRecipe,
  folds: number,
  edge: DryRunsEdge,
): Promise<DryRuns> {
  const { used, recipe } = usedRecipe(input);
  const { listeners = [] } = edge;
  const say = (message: string) => {
    for (const listener of listeners) listener({ type: "warning", code: "DATA_NOTE", message });
  };
  const { data, labels } = await readData(recipe, "train", say);
  const foldOf = foldsOf(data, folds, recipe.seed);
  return withScratchFolder(recipe.output, async (folder) => {
    const [train, test] = [join(folder, "train.jsonl"), join(folder, "test.jsonl")];
    const parts = [
      { file: train, sentences: data.sentences.filter((_, at) => foldOf[at] !== 0) },
      { file: test, sentences: data.sentences.filter((_, at) => foldOf[at] === 0) },
    ];
    for (const { file, sentences } of parts) await writeSentences(file, sentences);
    const files = { train, test, output: join(folder, "model") };
    const own = partRecipe({ recipe: used, labels, scheme: data.scheme }, files);
    return measuredRuns(
      [{ title: "folds", recipe: own, runs: folds, keepsModels: false }],
      { command: COMMAND, output: recipe.output },
      { ...edge, listeners: listeners.map((listener) => aboutData(data, parts, listener)) },
    );
  });
}
