import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { isNeriumError } from "../errors.js";
import {
  EVALUATE_OPTIONS,
  type EvaluateFolderOptions,
  evaluateFolder,
  type FolderEvaluation,
} from "../infer/evaluateFolder.js";
import { taggedTraining } from "../infer/taggedTraining.js";
import { DRAWS } from "../optionKinds.js";
import { type OptionKinds, requireArgument, requireOptions } from "../options.js";
import { recordedFields } from "../recipe/recorded.js";
import type { EvaluationReport } from "./facts.js";
import type { EvaluatedModel } from "./modelReport.js";
import { evaluationReport } from "./report.js";
import { TrainingSurfaces } from "./surfaces.js";

/** How models read the sentences, and what a report says about them. */
export interface ReportModelsOptions extends Omit<EvaluateFolderOptions, "onProgress"> {
  /**
   * Training data, to tell which entities a model has seen. Defaults to what the run of each model recorded, if it is
   * still there.
   */
  readonly train?: string | undefined;
  /** False to leave out all words of the data: only types, places and figures. Defaults to true. */
  readonly text?: boolean;
  /** Number of errors to list for each model. Defaults to 1,000. */
  readonly errors?: number;
  /** Number of draws of the bootstrap. Defaults to 10,000. */
  readonly draws?: number;
  /** Decides what is drawn. Defaults to 42. */
  readonly seed?: number;
  /** Called with the name of the model, and the number of windows done and in total. */
  readonly onProgress?: (model: string, done: number, total: number) => void;
}

const REPORT_OPTIONS: OptionKinds<ReportModelsOptions> = {
  ...EVALUATE_OPTIONS,
  train: "a text that is not empty",
  text: "true or false",
  errors: "a whole number of 0 or more",
  draws: DRAWS,
  seed: "a whole number of 0 or more",
};

/**
 * Runs models on files of tagged sentences and reports what they get right and wrong, as `nerium report` does.
 *
 * @example
 * const report = await reportModels(["my-model", "other-model"], ["test.conll"]);
 * console.log(report.models[1].difference);
 * await writeFile("report.html", reportPage(report));
 *
 * @param models folders, or names on the hub; the others are compared with the first
 * @throws NeriumError as `evaluateFolder`, and REPORT_NO_SENTENCES
 */
export async function reportModels(
  models: readonly string[],
  files: readonly string[],
  options: ReportModelsOptions = {},
): Promise<EvaluationReport> {
  requireArgument("reportModels", "models", models, "a list of at least one text");
  requireArgument("reportModels", "files", files, "a list of at least one text");
  requireOptions("reportModels", options, REPORT_OPTIONS);
  const { train, text = true, errors = 1000, draws = 10_000, seed = 42, onProgress, ...evaluate } = options;
  const names = namesOf(models);
  const evaluated: EvaluatedModel[] = [];
  for (const [index, model] of models.entries()) {
    const name = names[index]!;
    const evaluation = await evaluateFolder(model, files, {
      ...evaluate,
      ...(onProgress && { onProgress: (done, total) => onProgress(name, done, total) }),
    });
    evaluated.push({ name, evaluation, training: await trainingOf(model, evaluation, evaluate, train) });
  }
  return evaluationReport(evaluated, { files, draws, seed, text, most: errors });
}

/** The last part of each path, or the whole path if two models would have the same name. */
function namesOf(models: readonly string[]): readonly string[] {
  const short = models.map((model) => basename(resolve(model)));
  return new Set(short).size === short.length ? short : models;
}

/** Returns the entities of a model's training data, or why they are not known. */
async function trainingOf(
  model: string,
  { labels }: Pick<FolderEvaluation, "labels">,
  options: EvaluateFolderOptions,
  named: string | undefined,
): Promise<TrainingSurfaces | string> {
  if (named !== undefined) return new TrainingSurfaces(await taggedTraining(model, named, labels, options));
  const train = (await recordedFields(model))?.train;
  if (typeof train !== "string") return "The model's folder does not name its training data.";
  if (!existsSync(train)) return "The training data is not where it was in training.";
  try {
    return new TrainingSurfaces(await taggedTraining(model, train, labels, options));
  } catch (error) {
    if (!isNeriumError(error)) throw error;
    return `The training data could not be read (${error.code}).`;
  }
}
