import { type ModelConfig, positions, withoutHead } from "../../models/index.js";
import { contextLengths, longestOf } from "../../recipe/contextLengths.js";
import type { Recipe } from "../../recipe/index.js";
import type { Context } from "../../tasks/tokenClassification/index.js";
import type { SubwordTokenizer } from "../../tokenize/index.js";
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
            ...(context === "none" ? {} : { context_eval_pieces: evalLength }),
            context_separator: recipe.contextSeparator,
            ...(recipe.crf ? { crf: true } : {}),
          },
    id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    ...(recipe.hiddenDropoutProb === undefined ? {} : { hidden_dropout_prob: recipe.hiddenDropoutProb }),
    ...(recipe.attentionProbsDropoutProb === undefined
      ? {}
      : { attention_probs_dropout_prob: recipe.attentionProbsDropoutProb }),
    ...(recipe.classifierDropout === undefined ? {} : { classifier_dropout: recipe.classifierDropout }),
  };
}

/** Sub-tokens of a window: what is asked for, else what tokenizer and model take. */
export function sequenceLength(recipe: Recipe, config: ModelConfig, tokenizer: SubwordTokenizer): number {
  const most = positions(config);
  const asked = recipe.maxSeqLength;
  if (asked !== undefined && asked > most) throw maxSeqLengthBeyondModel(asked, most);
  return asked ?? Math.min(most, tokenizer.modelMaxLength);
}

/** Sub-tokens of a window of a document in evaluation: what is asked for, else the longest that training has. */
export function evaluationLength(
  { contextEvalPieces, contextLengths: spelled }: Recipe,
  maxLength: number,
): number {
  if (contextEvalPieces !== undefined && contextEvalPieces > maxLength)
    throw maxSeqLengthBeyondModel(contextEvalPieces, maxLength);
  if (contextEvalPieces !== undefined || spelled === undefined) return contextEvalPieces ?? maxLength;
  return longestOf(contextLengths(spelled)!, maxLength);
}
