/** Running a model over sentences and texts. */
export type { AggregationStrategy } from "./aggregation.js";
export type { Analysis } from "./analysis.js";
export type { Entity, GroupedEntity, TokenEntity } from "./entities.js";
export { type EvaluateFolderOptions, evaluateFolder, type FolderEvaluation } from "./evaluateFolder.js";
export { type EvaluationOptions, evaluateTagger } from "./evaluation.js";
export type { NerInput, SplitSentences, SplitWords } from "./inputs.js";
export { type FineTuned, type ModelOptions, openModel } from "./model.js";
export { type EntityWith, type NerOptions, requestedTypes } from "./options.js";
export { type LoadOptions, load, type Ner } from "./pipeline.js";
export { type DatasetPart, evaluatedFiles } from "./taggedData.js";
export { Tagger } from "./tagger.js";
