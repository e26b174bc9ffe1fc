/**
 * The package's entry `nerium/web`: whole words and the tags of a conditional random field from an exported model that runs in
 * transformers.js, in a browser. It has no native code and loads nothing.
 *
 * @module nerium/web
 */
export { isNeriumError, NeriumError } from "../errors.js";
export type { Entity } from "../infer/entities.js";
export type { SplitSentences, SplitWords } from "../infer/inputs.js";
export type { Decoding } from "../tasks/tokenClassification/decodings.js";
export { type EntityFinder, entityFinder, type FinderOptions, type FinderParts } from "./entityFinder.js";
export type { WebModel, WebTensor, WebTokenizer } from "./transformersJs.js";
