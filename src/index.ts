/** The public API of Nerium. Importing it loads no native library; the first `train` or `load` does. */
export type { Dataset, Sentence, TagScheme } from "./data/sentence.js";
export { isNeriumError, NeriumError } from "./errors.js";
export { type SeqevalScores, seqevalScores } from "./evaluate/index.js";
export {
  type Entity,
  type EvaluateFolderOptions,
  evaluateFolder,
  type FolderEvaluation,
  type LoadOptions,
  load,
  type Ner,
  type NerOptions,
  type TextEntities,
} from "./infer/index.js";
export {
  type EvaluationMetrics,
  type Recipe,
  type RecipeInput,
  type TrainEvent,
  type TrainListener,
  type TrainOptions,
  type TrainResult,
  type TrainRun,
  train,
} from "./train/index.js";
