export { loadTokenizer, type Tokenizer, type TokenizerOptions } from "./loadTokenizer.js";
export { type SpecialIds, specialCount } from "./specialTokens.js";
export type { TextTokenizer, TextTokens } from "./textTokenizer.js";
export { unknownWords } from "./unknownTokens.js";
export type { EncodedWords } from "./wordTokens.js";
