import { type DropoutProbabilities, encoderOf, type ModelConfig, withoutHead } from "../../models/index.js";
import { contextLengths, longestOf } from "../../recipe/contextLengths.js";
import type { Recipe } from "../../recipe/index.js";
import type { Context } from "../../tasks/tokenClassification/index.js";
import { USUAL_RULES, type WordRules } from "../../text/index.js";
import type { Tokenizer } from "../../tokenize/index.js";
import { dropoutMissing, dropoutShared, maxSeqLengthBeyondModel } from "../errors.js";

/** How the new model reads sentences and texts. */
interface ModelReading {
  readonly context: Context;
  /** Tokens of a document window. */
  readonly evalLength: number;
  readonly words: WordRules;
}

/**
 * The configuration of the new model: labels, the recipe's dropout, how it reads documents and splits texts
 * into words, and whether it has a CRF.
 */
export function runConfig(
  stored: ModelConfig,
  recipe: Recipe,
  labels: readonly string[],
  { context, evalLength, words }: ModelReading,
): ModelConfig {
  const own = {
    ...(recipe.crf ? { crf: true } : {}),
    ...(words.unspaced === USUAL_RULES.unspaced ? {} : { unspaced_words: words.unspaced }),
    ...(words.hyphens === USUAL_RULES.hyphens ? {} : { hyphens: words.hyphens }),
  };
  return {
    ...withoutHead(stored),
    nerium:
      context === "none" && Object.keys(own).length === 0
        ? undefined
        : {
            context,
            ...(context === "none" ? {} : { context_eval_tokens: evalLength }),
            context_separator: recipe.contextSeparator,
            ...own,
          },
    id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    ...dropoutSettings(recipe, stored),
  };
}

/** The dropout probabilities in the recipe, under the keys of the encoder's configuration. */
function dropoutSettings(recipe: Recipe, stored: ModelConfig): Readonly<Record<string, number>> {
  const { dropoutKeys } = encoderOf(stored);
  const given: Readonly<Record<keyof DropoutProbabilities, number | undefined>> = {
    embeddings: recipe.hiddenDropoutProb,
    hidden: recipe.hiddenDropoutProb,
    attention: recipe.attentionProbsDropoutProb,
    classifier: recipe.classifierDropout,
  };
  // 0 asks for what the model does anyway.
  for (const [site, probability] of Object.entries(given))
    if (site !== "embeddings" && (probability ?? 0) > 0 && !(site in dropoutKeys))
      throw dropoutMissing(site, probability!);
  const settings: Record<string, number> = {};
  for (const [site, key] of Object.entries(dropoutKeys)) {
    const probability = given[site as keyof DropoutProbabilities];
    if (probability === undefined) continue;
    const other = settings[key];
    if (other !== undefined && other !== probability) throw dropoutShared(key, [other, probability]);
    settings[key] = probability;
  }
  return settings;
}

/** Maximum number of tokens in a window: the recipe's, or what both tokenizer and model allow. */
export function sequenceLength(recipe: Recipe, config: ModelConfig, tokenizer: Tokenizer): number {
  const most = encoderOf(config).maxLength;
  const asked = recipe.maxSeqLength;
  if (asked !== undefined && asked > most) throw maxSeqLengthBeyondModel(asked, most);
  return asked ?? Math.min(most, tokenizer.modelMaxLength);
}

/**
 * Maximum number of tokens in a document window during evaluation: the recipe's, or the longest in training.
 */
export function evaluationLength(
  { contextEvalTokens, contextLengths: spelled }: Recipe,
  maxLength: number,
): number {
  if (contextEvalTokens !== undefined && contextEvalTokens > maxLength)
    throw maxSeqLengthBeyondModel(contextEvalTokens, maxLength);
  if (contextEvalTokens !== undefined || spelled === undefined) return contextEvalTokens ?? maxLength;
  return longestOf(contextLengths(spelled)!, maxLength);
}

/** The rules for words that the recipe sets. */
export const askedRules = ({ unspacedWords, hyphens }: Recipe): Partial<WordRules> => ({
  ...(unspacedWords === undefined ? {} : { unspaced: unspacedWords }),
  ...(hyphens === undefined ? {} : { hyphens }),
});
