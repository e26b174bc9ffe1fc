export { cutSentence, type Part } from "./cutSentence.js";
export { loadTokenizer, type SubwordTokenizer, type TokenizerOptions } from "./loadTokenizer.js";
export type { SpecialIds } from "./specialTokens.js";
export { splitSentences } from "./splitSentences.js";
export { splitWords, type TextWord, wordsIn } from "./splitWords.js";
export type { TextPieces, TextTokenizer } from "./textTokenizer.js";
export type { Window, WordPosition } from "./window.js";
export {
  defaultOverlap,
  IGNORED,
  type LabelNumbering,
  labelNumbering,
  requireIdsWithin,
  SPECIAL_TOKENS,
  type WindowedData,
  type WindowOptions,
  windows,
} from "./windows.js";
export type { EncodedWords } from "./wordPieces.js";
