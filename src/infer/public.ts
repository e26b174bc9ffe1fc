/**
 * The package's entry `nerium/infer`: running a model, without training, data files and export.
 *
 * @module nerium/infer
 */
export { isNeriumError, NeriumError, type NeriumWarning } from "../errors.js";
export type { Dtype } from "../models/weights/inferenceWeights.js";
export type { Decoding } from "../tasks/tokenClassification/decodings.js";
export { splitWords, type TextWord } from "../text/splitWords.js";
export type { WordRules } from "../text/wordRules.js";
export type { AggregationStrategy } from "./aggregation.js";
export type { Analysis } from "./analysis.js";
export type { Entity, GroupedEntity, TokenEntity } from "./entities.js";
export type { NerInput, SplitSentences, SplitWords } from "./inputs.js";
export type { EntityWith, NerOptions } from "./options.js";
export { type LoadOptions, load, type Ner } from "./pipeline.js";
