export { decoderFor, largest, probabilitiesOf } from "./decoder.js";
export { type Decoding, decodings, usualDecoding } from "./decodings.js";
export type {
  TaggedExamples,
  TokenClassificationDetail,
  TokenClassificationEvaluation,
} from "./evaluation.js";
export { cutTokens, type TokenRange, unitStarts } from "./examples/cutTokens.js";
export {
  type EncodedSentence,
  type EncodeOptions,
  encodeSentences,
  IGNORED,
  type LabelNumbering,
  labelNumbering,
} from "./examples/encodeSentences.js";
export { type Context, type SentenceRange, sentenceRanges } from "./examples/sentenceRanges.js";
export type { Window, WordPosition } from "./examples/window.js";
export {
  defaultOverlap,
  requireIdsWithin,
  type WindowedData,
  type WindowOptions,
  type WindowShape,
  type WindowTokenizer,
  windows,
  windowsOf,
} from "./examples/windows.js";
export { predictedTags } from "./predictedTags.js";
export { crfTargets, type TrainingExample } from "./targets.js";
export { type TokenClassification, tokenClassification, tokenClassificationFacts } from "./task.js";
export { type TeacherScores, Teachers } from "./teachers.js";
export { tokensAsWords } from "./tokensAsWords.js";
export { type SequenceLogits, wordRuns } from "./wordRuns.js";
