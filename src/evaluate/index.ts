export { type Comparison, type PairedSentences, pairedBootstrap } from "./bootstrap.js";
export { type Calibration, CalibrationCounts, type ConfidenceBin } from "./calibration.js";
export { labelIssues, type Probabilities, selfConfidence } from "./confidentLearning.js";
export type { EntitySpan } from "./entitySpan.js";
export { type EntityError, type ErrorsOfKind, errorsByKind } from "./errorsByKind.js";
export {
  bootstrapIntervals,
  type Difference,
  type Interval,
  type ModelIntervals,
  type ScoreIntervals,
  type UnitCounts,
} from "./intervals.js";
export { evalLoss } from "./loss.js";
export { type MaskingScores, maskingScores, type TextSpan } from "./masking.js";
export { mean, sampleDeviation } from "./means.js";
export {
  type EntityPair,
  ERROR_KINDS,
  type ErrorKind,
  entityPairs,
  type SentenceEntities,
  sentenceEntities,
} from "./pairs.js";
export { bothModesReport, classificationReport } from "./report.js";
export {
  SEMEVAL_MODES,
  type SemevalByMode,
  type SemevalMode,
  type SemevalScores,
  semevalScores,
} from "./semeval.js";
export { type Counts, type EntityScores, type SeqevalScores, scoresOf, seqevalScores } from "./seqeval.js";
export { entitySpans, type SpanOptions } from "./spans.js";
export { type StrictScheme, seqevalScheme } from "./strictSpans.js";
