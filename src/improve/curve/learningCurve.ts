import { join } from "node:path";
import { drawnUnits, withoutShare, writeSentences } from "../../data/index.js";
import { withScratchFolder, writeFileAtomically, writeJson } from "../../files/index.js";
import { type OptionKinds, requireOptions } from "../../options.js";
import { Owned } from "../../owned.js";
import { parseRecipe, type RawRecipe, type RecipeInput } from "../../recipe/index.js";
import { unitCounts } from "../../report/modelReport.js";
import { type DryRuns, type DryRunsEdge, measuredRuns, type PlannedRuns } from "../dryRuns.js";
import { OF_DATA, OF_EVALUATION, planned } from "../fields.js";
import { aboutData, type PartFile } from "../partMessages.js";
import { partRecipe } from "../partRecipe.js";
import { percent } from "../percent.js";
import { type ReadData, readData } from "../readData.js";
import { changedRecipe, edgeOf, type FollowRun, rawOf } from "../runs.js";
import { scoredTags } from "../scoredTags.js";
import { openWorkFolder } from "../workFolder.js";
import { curvePredictions, curveRuns, isOfCurve } from "./curveRuns.js";
import { curvePicture } from "./picture.js";
import { type CurveNext, type CurvePoint, curvePoints } from "./points.js";

const COMMAND = "nerium data curve";

/** The file of the result in the output folder. */
export const CURVE = "curve.json";

/** Options of {@link learningCurve}. */
export interface LearningCurveOptions {
  /**
   * Shares of the data to train on, each below 1. Models are measured on what the largest share leaves. Defaults to 0.1, 0.2, 0.4
   * and 0.8.
   */
  readonly shares?: readonly number[];
  /** Trains once per seed for each share, with other sentences. Defaults to the seed of the recipe and the two after it. */
  readonly seeds?: readonly number[];
  /** When aborted, the call ends with the error IMPROVE_STOPPED after the present step. The next call continues. */
  readonly signal?: AbortSignal;
  /** Starts each run and returns its result, for example to show progress. Defaults to running silently. */
  readonly follow?: FollowRun;
  /** Called with facts about the data. Each is a sentence. */
  readonly say?: (line: string) => void;
}

const OPTIONS: OptionKinds<LearningCurveOptions> = {
  shares: "a list of rising shares below 1",
  seeds: "a list of different seeds",
  signal: "an AbortSignal",
  follow: "a function",
  say: "a function",
};

/** F1 by the amount of training data. */
export interface LearningCurve {
  readonly schema_version: 1;
  /** The file or folder with the data. */
  readonly train: string;
  /** sha256 of its words, tags and documents. */
  readonly sha256: string;
  readonly sentences: number;
  readonly seeds: readonly number[];
  /** What the models are measured on. It was not trained on. */
  readonly heldOut: {
    readonly sentences: number;
    readonly entities: number;
    /** What the bootstrap draws. */
    readonly unit: "documents" | "sentences";
  };
  /** One for each share, the smallest first. */
  readonly points: readonly CurvePoint[];
  /** What 100 more sentences than the data has would bring. */
  readonly next: CurveNext;
  /** The same for each type. */
  readonly types: Readonly<Record<string, CurveNext>>;
  /** The curve as a picture. */
  readonly picture: string;
}

/** The data of a curve, and how to train with it. */
export interface CurvePlan extends ReadData {
  readonly input: RawRecipe;
  readonly train: string;
  readonly output: string;
  readonly threads: number | undefined;
  readonly shares: readonly number[];
  readonly seeds: readonly number[];
  /** The parts to train on are taken from it. */
  readonly rest: ReadData["data"];
  readonly heldOut: ReadData["data"];
  readonly planned: Readonly<Record<string, unknown>>;
}

/** Reads the data of a curve and holds a part out. */
export async function curvePlan(
  input: RecipeInput | RawRecipe,
  { shares = [0.1, 0.2, 0.4, 0.8], seeds: asked }: Pick<LearningCurveOptions, "shares" | "seeds">,
  say: (line: string) => void,
): Promise<CurvePlan> {
  const raw = rawOf(input);
  // Checks the names of all fields, also of those that are not used.
  const { train, output } = parseRecipe(raw).recipe;
  const used = changedRecipe(raw, [...OF_DATA, ...OF_EVALUATION], { train, output });
  const { recipe } = parseRecipe(used);
  const read = await readData(recipe, "train", say);
  const { seed, threads } = recipe;
  const { rest, taken } = withoutShare(read.data, 1 - shares.at(-1)!, seed, "Make the largest share smaller");
  return {
    ...{ ...read, input: used, train: train!, output, threads, shares, rest, heldOut: taken },
    seeds: asked ?? [seed, seed + 1, seed + 2],
    planned: planned(recipe, OF_EVALUATION),
  };
}

/**
 * Measures F1 with parts of the training data, and estimates what more data would bring: holds a part out, trains models on 10, 20,
 * 40 and 80% of the data, and scores each on the part that was held out. Documents stay whole. The result is also written to
 * `curve.json` and `curve.svg` in the output folder. An interrupted call continues where it was.
 *
 * @example
 * const recipe = { model: "bert-base-cased", train: "train.conll", output: "curve" };
 * const { points, next } = await learningCurve(recipe);
 * for (const { sentences, f1, interval } of points) console.log(sentences, f1, interval);
 * if ("gain" in next) console.log("100 more sentences:", next.gain, next.interval);
 *
 * @param input a recipe, as for `train`. Its validation and test data are not used.
 * @throws NeriumError IMPROVE_PLAN_CHANGED, IMPROVE_OUTPUT_EXISTS, IMPROVE_STOPPED, DATA_SPLIT_TOO_SMALL, and the errors of reading
 *   and training
 */
export async function learningCurve(
  input: RecipeInput | RawRecipe,
  options: LearningCurveOptions = {},
): Promise<LearningCurve> {
  requireOptions("learningCurve", options, OPTIONS);
  const edge = edgeOf(options);
  const plan = await curvePlan(input, options, edge.say);
  const { data, labels, sha256, train, output, threads, shares, seeds, rest, heldOut } = plan;
  return Owned.during(async (owned) => {
    const noted = { command: COMMAND, data: sha256, labels, shares, seeds, recipe: plan.planned };
    owned.own(await openWorkFolder(output, noted, isOfCurve), "release");
    const runs = curveRuns(rest, { shares, seeds, all: data.sentences.length });
    const training = {
      ...{ recipe: plan.input, labels, data, threads, folder: output },
      heldOut: heldOut.sentences,
    };
    const { unit, members } = drawnUnits(heldOut.sentences);
    const scored = scoredTags(labels);
    const gold = heldOut.sentences.map(({ tags }) => scored(tags));
    const counts: Awaited<ReturnType<typeof unitCounts>>[] = [];
    for (const [index, run] of runs.entries()) {
      const title = `run ${index + 1} of ${runs.length}, ${percent(run.share)} of the data`;
      const predicted = await curvePredictions(run, title, training, edge);
      counts.push(unitCounts({ gold, predicted: predicted.map(scored) }, members));
    }
    const byShare = shares.map((share) => {
      const own = [...runs.keys()].filter((index) => runs[index]!.share === share);
      return {
        share,
        sentences: own.map((index) => runs[index]!.sentences.length),
        counts: own.map((index) => counts[index]!),
      };
    });
    const { points, next, types } = curvePoints(byShare, data.sentences.length);
    const picture = join(output, "curve.svg");
    await writeFileAtomically(picture, curvePicture(points));
    const entities = counts[0]!.flatMap((own) => [...own.values()]).reduce((sum, each) => sum + each.gold, 0);
    const result: LearningCurve = {
      ...{ schema_version: 1 as const, train, sha256, sentences: data.sentences.length, seeds },
      heldOut: { sentences: heldOut.sentences.length, entities, unit },
      ...{ points, next, types, picture },
    };
    await writeJson(join(output, CURVE), result);
    return result;
  });
}

/**
 * Measures what {@link learningCurve} would take.
 *
 * @throws NeriumError as `dryRun`, and the errors of reading
 */
export async function learningCurveDryRun(
  input: RecipeInput | RawRecipe,
  options: Pick<LearningCurveOptions, "shares" | "seeds">,
  edge: DryRunsEdge,
): Promise<DryRuns> {
  const { listeners = [] } = edge;
  const plan = await curvePlan(input, options, (message) => {
    for (const listener of listeners) listener({ type: "warning", code: "DATA_NOTE", message });
  });
  const { data, labels, output, shares, seeds, rest, heldOut } = plan;
  const runs = curveRuns(rest, { shares, seeds, all: data.sentences.length });
  return withScratchFolder(output, async (folder) => {
    const test = join(folder, "test.jsonl");
    await writeSentences(test, heldOut.sentences);
    const parts: PartFile[] = [{ file: test, sentences: heldOut.sentences }];
    const planned = shares.map(async (share, index): Promise<PlannedRuns> => {
      const train = join(folder, `${index}.jsonl`);
      const { sentences } = runs.find((run) => run.share === share)!;
      parts.push({ file: train, sentences });
      await writeSentences(train, sentences);
      const about = { recipe: plan.input, labels, scheme: data.scheme };
      const recipe = partRecipe(about, { train, test, output: join(folder, "model") });
      return { title: `${percent(share)} of the data`, recipe, runs: seeds.length, keepsModels: false };
    });
    return measuredRuns(
      await Promise.all(planned),
      { command: COMMAND, output },
      { ...edge, listeners: listeners.map((listener) => aboutData(data, parts, listener)) },
    );
  });
}
