import { existsSync } from "node:fs";
import { dataFilesAt } from "../../data/index.js";
import type { DownloadProgress, NamedDataset } from "../../hub/index.js";
import type { Recipe } from "../../recipe/index.js";
import type { TrainEvent } from "../../run/events.js";
import { withProgress } from "../../run/withProgress.js";
import { stoppedEarly } from "../errors.js";

/** Where the model and the data of a run are on this machine. */
export interface Sources {
  /** Folders. */
  readonly model: string;
  readonly tokenizer: string;
  /** Models that the run learns from. */
  readonly teachers: readonly string[];
  /** The files of each split, in order. */
  readonly train: readonly string[];
  readonly validation: readonly string[];
  readonly test: readonly string[];
  /** The model's name for the card, if it comes from the hub. */
  readonly modelName: string | undefined;
  /** The data set, if the recipe names one. */
  readonly dataset: Pick<NamedDataset, "name" | "config" | "labels"> | undefined;
}

const one = (file: string | undefined): readonly string[] => (file === undefined ? [] : [file]);

/** The sources of a recipe that contains only local folders and files. */
export const localSources = (recipe: Recipe): Sources => ({
  model: recipe.model,
  tokenizer: recipe.tokenizer ?? recipe.model,
  teachers: recipe.teachers ?? [],
  train: one(recipe.train),
  validation: one(recipe.validation),
  test: one(recipe.test),
  modelName: undefined,
  dataset: undefined,
});

/** Returns the files on this machine that a recipe names, as far as they are there before its run begins. */
export async function namedFiles(recipe: Recipe): Promise<string[]> {
  const { datasetFilesAt, modelFilesAt } = await import("../../hub/index.js");
  const { model, tokenizer, teachers, train, validation, test } = localSources(recipe);
  const data = [...train, ...validation, ...test].filter((path) => existsSync(path)).flatMap(dataFilesAt);
  return [
    ...data,
    ...(await modelFilesAt(model)),
    ...(await modelFilesAt(tokenizer)),
    ...(await Promise.all(teachers.map(modelFilesAt))).flat(),
    ...(recipe.dataset === undefined ? [] : await datasetFilesAt(recipe.dataset)),
  ];
}

type Told = Extract<TrainEvent, { type: "download" | "notice" }>;

/**
 * Finds model and data, on the hub if the recipe names them there. Yields the progress of downloads.
 *
 * @throws NeriumError `HUB_…`, `FILES_…`, TRAIN_STOPPED_EARLY
 */
export const findSources = (recipe: Recipe, signal: AbortSignal): AsyncGenerator<Told, Sources> =>
  withProgress<Told, Sources>(
    (tell) =>
      found(recipe, signal, tell).catch((error: unknown) => {
        throw signal.aborted ? stoppedEarly() : error;
      }),
    (event) => (event.type === "download" ? event.name : event),
  );

async function found(recipe: Recipe, signal: AbortSignal, tell: (event: Told) => void): Promise<Sources> {
  const local = localSources(recipe);
  const { isOnHub, modelFolder, namedDataset, tokenizerFolder, typedName } = await import(
    "../../hub/index.js"
  );
  const options = {
    signal,
    onProgress: (progress: DownloadProgress) => tell({ type: "download", ...progress }),
    onNotice: (message: string) => tell({ type: "notice", code: "HUB_CACHE_USED", message }),
  };
  const revision = recipe.modelRevision;
  const model = await modelFolder(recipe.model, { ...options, revision });
  const tokenizer = recipe.tokenizer === undefined ? model : await tokenizerFolder(recipe.tokenizer, options);
  const teachers: string[] = [];
  for (const teacher of local.teachers) teachers.push(await modelFolder(teacher, options));
  const modelName = (await isOnHub(recipe.model)) ? typedName(recipe.model).name : undefined;
  if (recipe.dataset === undefined) return { ...local, model, tokenizer, teachers, modelName };

  const given = (["train", "validation", "test"] as const).filter((split) => recipe[split] !== undefined);
  const evaluates = recipe.loadBestModelAtEnd || recipe.saveStrategy === "best";
  const { files, ...dataset } = await namedDataset(recipe.dataset, {
    ...options,
    config: recipe.datasetConfig,
    tagColumn: typeof recipe.tagColumn === "string" ? recipe.tagColumn : undefined,
    leftOut: given,
    needed: (["train", ...(evaluates ? (["validation"] as const) : [])] as const).filter(
      (split) => !given.includes(split),
    ),
  });
  const filesOf = (split: "train" | "validation" | "test") =>
    given.includes(split) ? local[split] : files[split];
  return {
    ...{ model, tokenizer, teachers, modelName, dataset },
    train: filesOf("train"),
    validation: filesOf("validation"),
    test: filesOf("test"),
  };
}
