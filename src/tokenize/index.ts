export { cutPieces, type Part, unitStarts } from "./cutPieces.js";
export {
  type EncodedSentence,
  type EncodeOptions,
  encodeSentences,
  IGNORED,
  type LabelNumbering,
  labelNumbering,
} from "./encodeSentences.js";
export { loadTokenizer, type SubwordTokenizer, type TokenizerOptions } from "./loadTokenizer.js";
export type { SpecialIds } from "./specialTokens.js";
export { splitSentences } from "./splitSentences.js";
export { splitWords, type TextWord, wordsIn } from "./splitWords.js";
export { type Context, type Stretch, stretchesOf } from "./stretches.js";
export type { TextPieces, TextTokenizer } from "./textTokenizer.js";
export type { Window, WordPosition } from "./window.js";
export {
  defaultOverlap,
  requireIdsWithin,
  SPECIAL_TOKENS,
  type WindowedData,
  type WindowOptions,
  type WindowShape,
  windows,
  windowsOf,
} from "./windows.js";
export type { EncodedWords } from "./wordPieces.js";
