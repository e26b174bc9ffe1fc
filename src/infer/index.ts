/** Running a model over sentences and texts. */
export type { AggregationStrategy } from "./aggregation.js";
export type { Analysis } from "./analysis.js";
export type { BatchReport, CallReport } from "./batchQueue.js";
export type { Entity, GroupedEntity, TokenEntity } from "./entities.js";
export { type EvaluateFolderOptions, evaluateFolder, type FolderEvaluation } from "./evaluateFolder.js";
export { type EvaluationOptions, evaluateTagger } from "./evaluation.js";
export { type InputText, inputText, type NerInput, type SplitSentences, type SplitWords } from "./inputs.js";
export { type FineTuned, type ModelOptions, openModel } from "./model.js";
export {
  type EntityWith,
  type NerOptions,
  type ResolvedOptions,
  requestedTypes,
  resolvedOptions,
} from "./options.js";
export { type LoadOptions, load, type Ner, type NerParts, partsOf } from "./pipeline.js";
export { readAhead } from "./readAhead.js";
export { type DatasetPart, evaluatedFiles } from "./taggedData.js";
export { Tagger } from "./tagger.js";
export { labelProbabilities, type PlacedSentence, tagWords, wordLogits } from "./tagWords.js";
