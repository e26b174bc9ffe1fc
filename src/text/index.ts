export { type LabelScheme, labelScheme } from "./labelScheme.js";
export type { Dataset, Sentence, TagScheme } from "./sentence.js";
export { splitSentences } from "./splitSentences.js";
export { splitWords, type TextWord, wordsIn } from "./splitWords.js";
export { recognisedScheme, toScheme } from "./tagSchemes.js";
