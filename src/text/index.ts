export { type LabelScheme, labelScheme } from "./labelScheme.js";
export { type Dataset, NO_TAG, type Sentence, type TagScheme } from "./sentence.js";
export { SentenceSplitter, splitSentences } from "./splitSentences.js";
export { splitWords, type TextWord, wordsIn } from "./splitWords.js";
export { toScheme } from "./tagSchemes.js";
export { checkTextLength } from "./textLength.js";
export { wordRulesOf } from "./wordRuleRecogniser.js";
export { USUAL_RULES, type WordRules } from "./wordRules.js";
