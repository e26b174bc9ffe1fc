/**
 * The public API of Nerium: `train`, `load`, `evaluateFolder` and more. Importing it loads no native library; the first `train` or
 * `load` does.
 *
 * @module nerium
 */

export {
  type AnnotateOptions,
  type AnnotateProgress,
  type AnnotationCheck,
  type AnnotationEstimate,
  type AnnotationStatus,
  annotate,
  annotationStatus,
  estimateAnnotation,
  type InputFormat,
  type OutputFormat,
  type RunningShard,
  verifyAnnotation,
} from "./annotate/index.js";
export {
  type Conversion,
  type ConvertOptions,
  convert,
  type InspectOptions,
  inspectPaths as inspect,
  type PathsReport,
  type ReadOptions,
  readDataset,
} from "./data/index.js";
export { isNeriumError, NeriumError, type NeriumWarning } from "./errors.js";
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
  type CommandRun,
  type CurveForecast,
  type CurveNext,
  type CurvePoint,
  type CurveScore,
  type FieldEffect,
  type FindSuspectsOptions,
  type FollowRun,
  type FoundSuspects,
  findSuspects,
  type LearningCurve,
  type LearningCurveOptions,
  learningCurve,
  type ReviewAction,
  type Setting,
  type Suspect,
  type SuspectSpan,
  type SuspectsFound,
  type SuspectWord,
  type Sweep,
  type SweepOptions,
  type SweepRange,
  type SweepSpace,
  type SweptSetting,
  sweep,
} from "./improve/index.js";
export { type CompareOptions, compare, type ModelComparison } from "./infer/compare.js";
export {
  type AggregationStrategy,
  type Analysis,
  type DatasetPart,
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
  type SplitSentences,
  type SplitWords,
  type TokenEntity,
} from "./infer/index.js";
export type { Dtype } from "./models/weights/inferenceWeights.js";
export type { CardInput, Recipe, RecipeInput } from "./recipe/index.js";
export {
  type FormatName,
  type Operator,
  type RedactedEntity,
  type Redaction,
  type RedactOptions,
  type RedactStreamOptions,
  type RestoreOptions,
  redact,
  redactStream,
  restore,
  restoreStream,
} from "./redact/public.js";
export {
  type EvaluationReport,
  type ModelReport,
  type ReportedError,
  type ReportModelsOptions,
  reportMarkdown,
  reportModels,
  reportPage,
} from "./report/index.js";
export type { EvaluationMetrics, TrainEvent, TrainListener, TrainResult, TrainRun } from "./run/index.js";
export type { Decoding } from "./tasks/tokenClassification/index.js";
export type { Dataset, Sentence, TagScheme } from "./text/sentence.js";
export { splitWords, type TextWord } from "./text/splitWords.js";
export type { WordRules } from "./text/wordRules.js";
export {
  type DryRun,
  type DryRunOptions,
  dryRun,
  type TrainOptions,
  train,
} from "./train/index.js";
