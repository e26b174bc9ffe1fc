import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { isNeriumError } from "../errors.js";
import { type EvaluateFolderOptions, evaluateFolder, type FolderEvaluation } from "../infer/index.js";
import { taggedTraining } from "../infer/taggedTraining.js";
import { recordedFields } from "../recipe/recorded.js";
import type { EvaluationReport } from "./facts.js";
import type { EvaluatedModel } from "./modelReport.js";
import { evaluationReport, type ReportOptions } from "./report.js";
import { TrainingSurfaces } from "./surfaces.js";

/** How models are run and reported. */
export interface ReportModelsOptions extends Omit<ReportOptions, "files"> {
  readonly evaluate: Omit<EvaluateFolderOptions, "onProgress">;
  /** Training data. Defaults to what the run of each model recorded, if it is still there. */
  readonly train?: string | undefined;
  /** Called with the name of the model, and the number of windows done and in total. */
  readonly onProgress?: (model: string, done: number, total: number) => void;
}

/**
 * Runs models on files of tagged sentences and reports what they make of them.
 *
 * @param models folders, or names on the hub; the others are compared with the first
 * @throws NeriumError as {@link evaluateFolder}, and REPORT_NO_SENTENCES
 */
export async function reportModels(
  models: readonly string[],
  files: readonly string[],
  { evaluate, train, onProgress, ...options }: ReportModelsOptions,
): Promise<EvaluationReport> {
  const evaluated: EvaluatedModel[] = [];
  for (const [index, model] of models.entries()) {
    const name = namesOf(models)[index]!;
    const evaluation = await evaluateFolder(model, files, {
      ...evaluate,
      ...(onProgress && { onProgress: (done, total) => onProgress(name, done, total) }),
    });
    evaluated.push({ name, evaluation, training: await trainingOf(model, evaluation, evaluate, train) });
  }
  return evaluationReport(evaluated, { files, ...options });
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
