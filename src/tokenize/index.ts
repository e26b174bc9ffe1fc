export { loadTokenizer, type SubwordTokenizer, type TokenizerOptions } from "./loadTokenizer.js";
export type { SpecialIds } from "./specialTokens.js";
export type { TextPieces, TextTokenizer } from "./textTokenizer.js";
export type { EncodedWords } from "./wordPieces.js";
