import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { drawnUnits, mulberry32, shuffled, writeSentences } from "../../data/index.js";
import { attempt, readWholeText, removeFolder, writeJson } from "../../files/index.js";
import type { RawRecipe } from "../../recipe/index.js";
import type { Dataset, Sentence } from "../../text/index.js";
import { predictionsDamaged } from "../errors.js";
import { aboutData } from "../partMessages.js";
import { partRecipe } from "../partRecipe.js";
import { areTagsOf, predictedTags } from "../predictedTags.js";
import { type ImproveEdge, trained } from "../runs.js";

/** A model to train on a part of the data. */
export interface CurveRun {
  /** Share of all data. */
  readonly share: number;
  /** Decides about the sentences, and is the seed of training. */
  readonly seed: number;
  readonly sentences: readonly Sentence[];
}

/** The sentences with which each seed trains for each share. With one seed, a smaller part is in each larger one. */
export function curveRuns(
  { sentences }: Dataset,
  {
    shares,
    seeds,
    all,
  }: { readonly shares: readonly number[]; readonly seeds: readonly number[]; readonly all: number },
): CurveRun[] {
  const { members } = drawnUnits(sentences);
  const orders = seeds.map((seed) => shuffled(members, mulberry32(seed)));
  return shares.flatMap((share, index) =>
    seeds.map((seed, at) => {
      const isAll = index === shares.length - 1;
      const taken = isAll ? sentences.keys() : firstUnits(orders[at]!, Math.round(share * all));
      const kept = [...taken].sort((a, b) => a - b);
      return { share, seed, sentences: kept.map((sentence) => sentences[sentence]!) };
    }),
  );
}

/** The sentences of the first units, about as many as wanted, and those of one unit at least. */
function firstUnits(units: readonly (readonly number[])[], wanted: number): number[] {
  const taken: number[] = [];
  for (const unit of units) {
    const isNearer = taken.length + unit.length - wanted < wanted - taken.length;
    if (taken.length > 0 && !isNearer) break;
    taken.push(...unit);
  }
  return taken;
}

/** How the models of a curve are trained, and where. */
export interface CurveTraining {
  readonly recipe: RawRecipe;
  readonly labels: readonly string[];
  /** All of the data, for messages about it. */
  readonly data: Dataset;
  /** What the models are measured on. */
  readonly heldOut: readonly Sentence[];
  readonly threads: number | undefined;
  /** Folder for the predictions, and for the model while it is trained. */
  readonly folder: string;
}

/** The name of a run in the folder. */
const nameOf = ({ share, seed }: Pick<CurveRun, "share" | "seed">): string => `share-${share}-seed-${seed}`;

/** Whether a file or folder has results of a curve. */
export const isOfCurve = (name: string): boolean => /^share-[\d.]+-seed-\d+(\.json)?$/.test(name);

/**
 * Trains a model and returns the tags that it gives the sentences that were held out. They stay in the folder, the model does not:
 * if the process is killed, the next call continues.
 *
 * @throws NeriumError IMPROVE_STOPPED, IMPROVE_PREDICTIONS_DAMAGED, and the errors of training
 */
export async function curvePredictions(
  run: CurveRun,
  title: string,
  training: CurveTraining,
  edge: ImproveEdge,
): Promise<readonly (readonly string[])[]> {
  const { folder, heldOut, threads } = training;
  const output = join(folder, nameOf(run));
  const file = `${output}.json`;
  const data = `${output}.train.jsonl`;
  if (!existsSync(file)) {
    await writeSentences(data, run.sentences);
    const about = { ...training, scheme: training.data.scheme };
    const own = partRecipe(about, { train: data, output, seed: run.seed });
    const parts = [{ file: data, sentences: run.sentences }];
    await trained(title, own, edge, folder, {
      heard: (listener) => aboutData(training.data, parts, listener),
    });
    await writeJson(file, {
      predicted: await predictedTags(output, heldOut, { threads, signal: edge.signal }),
    });
  }
  // Also after a kill between these steps.
  await removeFolder(output);
  await rm(data, { force: true });
  return readPredicted(file, heldOut);
}

async function readPredicted(
  file: string,
  heldOut: readonly Sentence[],
): Promise<readonly (readonly string[])[]> {
  const text = await attempt(file, "read", () => readWholeText(file));
  try {
    const { predicted } = JSON.parse(text) as { predicted: readonly (readonly string[])[] };
    if (areTagsOf(predicted, heldOut)) return predicted;
  } catch {}
  throw predictionsDamaged(file);
}
