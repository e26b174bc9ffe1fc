import type { Sentence } from "../text/index.js";
import type { EvaluateFolderOptions } from "./evaluateFolder.js";
import { readGold } from "./taggedData.js";
import { asInTraining } from "./trainedColumns.js";

/**
 * Returns the sentences of a model's training data, with tags in the model's scheme.
 *
 * @throws NeriumError as readDataset, INFER_TAGS_MISSING, INFER_TAG_UNKNOWN
 */
export const taggedTraining = (
  folder: string,
  file: string,
  labels: readonly string[],
  { onNote: _, onProblem: __, ...options }: EvaluateFolderOptions,
): Promise<readonly Sentence[]> =>
  asInTraining(folder, options, (columns) => readGold({ files: [file] }, labels, { ...options, ...columns }));
