/** The public API of Nerium. Importing it loads no native library; the first `train` or `load` does. */
export type { Dataset, Sentence, TagScheme } from "./data/sentence.js";
export { isNeriumError, NeriumError } from "./errors.js";
export { type SeqevalScores, seqevalScores } from "./evaluate/index.js";
export {
  type ExportDtype,
  type ExportedFile,
  type ExportOptions,
  type ExportResult,
  type ExportTarget,
  exportModel,
} from "./export/index.js";
export { type PushOptions, type PushResult, push } from "./hub/push.js";
export {
  type AggregationStrategy,
  type Analysis,
  type DatasetPart,
  type Decoding,
  type Entity,
  type EntityWith,
  type EvaluateFolderOptions,
  evaluateFolder,
  type FolderEvaluation,
  type GroupedEntity,
  type LoadOptions,
  load,
  type Ner,
  type NerInput,
  type NerOptions,
  type PieceEntity,
  type SplitWords,
} from "./infer/index.js";
export type { Dtype } from "./models/frozen.js";
export { splitWords, type TextWord } from "./tokenize/splitWords.js";
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
