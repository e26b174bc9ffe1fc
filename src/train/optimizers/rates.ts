import type { Parameter } from "../../models/index.js";
import type { Recipe } from "../../recipe/index.js";

/**
 * The factor on the learning rate for a parameter, by its place in the model.
 *
 * - The head: `head_learning_rate / learning_rate`, so that it follows the same schedule.
 * - Encoder layer n of N, counted from 0: `layerwise_lr_decay ^ (N − 1 − n)`. The top layer has the full
 *   rate.
 * - Embeddings: `layerwise_lr_decay ^ N`.
 *
 * See Sun et al., How to Fine-Tune BERT for Text Classification?, https://arxiv.org/abs/1905.05583, 5.3.4.
 *
 * @param layers the number of encoder layers, N
 */
export function rateFactor(
  { place }: Pick<Parameter, "place">,
  layers: number,
  {
    learningRate,
    headLearningRate = learningRate,
    layerwiseLrDecay = 1,
  }: Pick<Recipe, "learningRate" | "headLearningRate" | "layerwiseLrDecay">,
): number {
  if (place === "head") return headLearningRate / learningRate;
  return layerwiseLrDecay ** (place === "embeddings" ? layers : layers - 1 - place);
}

/** The factor on the learning rate for the transitions of a conditional random field. */
export const crfRateFactor = ({
  learningRate,
  crfLearningRate,
}: Pick<Recipe, "learningRate" | "crfLearningRate">): number => crfLearningRate / learningRate;
