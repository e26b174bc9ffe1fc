export { loadTokenizer, type SubwordTokenizer, type TokenizerOptions } from "./loadTokenizer.js";
export type { SpecialIds } from "./specialTokens.js";
export { splitSentences } from "./splitSentences.js";
export { splitWords, type TextWord } from "./splitWords.js";
export type { Window, WordPosition } from "./window.js";
export { IGNORED, requireIdsWithin, type WindowedData, type WindowOptions, windows } from "./windows.js";
export type { EncodedWords } from "./wordPieces.js";
