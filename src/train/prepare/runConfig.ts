import { type DropoutProbabilities, encoderOf, type ModelConfig, withoutHead } from "../../models/index.js";
import { contextLengths, longestOf } from "../../recipe/contextLengths.js";
import type { Recipe } from "../../recipe/index.js";
import type { Context } from "../../tasks/tokenClassification/index.js";
import type { Tokenizer } from "../../tokenize/index.js";
import { maxSeqLengthBeyondModel } from "../errors.js";

/** The config of the model to be: labels, dropout as the recipe has it, how it reads documents, and whether it has a CRF. */
export function runConfig(
  stored: ModelConfig,
  recipe: Recipe,
  labels: readonly string[],
  context: Context,
  evalLength: number,
): ModelConfig {
  return {
    ...withoutHead(stored),
    nerium:
      context === "none" && !recipe.crf
        ? undefined
        : {
            context,
            ...(context === "none" ? {} : { context_eval_tokens: evalLength }),
            context_separator: recipe.contextSeparator,
            ...(recipe.crf ? { crf: true } : {}),
          },
    id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    ...dropoutSettings(recipe, stored),
  };
}

/** The probabilities that the recipe gives, under the keys that the encoder's config has for them. */
function dropoutSettings(recipe: Recipe, stored: ModelConfig): Readonly<Record<string, number>> {
  const { dropoutKeys } = encoderOf(stored);
  const given: Readonly<Record<keyof DropoutProbabilities, number | undefined>> = {
    hidden: recipe.hiddenDropoutProb,
    attention: recipe.attentionProbsDropoutProb,
    classifier: recipe.classifierDropout,
  };
  const settings: Record<string, number> = {};
  for (const [site, key] of Object.entries(dropoutKeys)) {
    const probability = given[site as keyof DropoutProbabilities];
    if (probability !== undefined) settings[key] = probability;
  }
  return settings;
}

/** Tokens of a window: what is asked for, else what tokenizer and model take. */
export function sequenceLength(recipe: Recipe, config: ModelConfig, tokenizer: Tokenizer): number {
  const most = encoderOf(config).maxLength;
  const asked = recipe.maxSeqLength;
  if (asked !== undefined && asked > most) throw maxSeqLengthBeyondModel(asked, most);
  return asked ?? Math.min(most, tokenizer.modelMaxLength);
}

/** Tokens of a window of a document in evaluation: what is asked for, else the longest that training has. */
export function evaluationLength(
  { contextEvalTokens, contextLengths: spelled }: Recipe,
  maxLength: number,
): number {
  if (contextEvalTokens !== undefined && contextEvalTokens > maxLength)
    throw maxSeqLengthBeyondModel(contextEvalTokens, maxLength);
  if (contextEvalTokens !== undefined || spelled === undefined) return contextEvalTokens ?? maxLength;
  return longestOf(contextLengths(spelled)!, maxLength);
}
