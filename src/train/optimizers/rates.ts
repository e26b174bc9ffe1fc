import type { Parameter } from "../../models/index.js";
import type { Recipe } from "../../recipe/index.js";

/**
 * What the learning rate of a step is multiplied by for a parameter, by the place where it stands.
 *
 * The head: `head_learning_rate / learning_rate`, so that it follows the same schedule. Encoder layer n of N, from 0:
 * `layerwise_lr_decay ^ (N − 1 − n)`, the top one at the full rate; embeddings `layerwise_lr_decay ^ N`
 * (Sun et al., How to Fine-Tune BERT for Text Classification?, https://arxiv.org/abs/1905.05583, 5.3.4).
 *
 * @param layers number of the encoder's layers, N
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

/** The same for the transitions of a conditional random field. */
export const crfRateFactor = ({
  learningRate,
  crfLearningRate,
}: Pick<Recipe, "learningRate" | "crfLearningRate">): number => crfLearningRate / learningRate;
