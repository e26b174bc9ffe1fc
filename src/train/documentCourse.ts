import {
  defaultOverlap,
  encodeSentences,
  SPECIAL_TOKENS,
  type SubwordTokenizer,
  stretchesOf,
} from "../tokenize/index.js";
import { drawnWindows } from "./epochWindows.js";
import type { Prepared } from "./prepare.js";
import { contextLengths } from "./recipe/contextLengths.js";
import type { Recipe } from "./recipe.js";
import type { HeldTraining } from "./trainingData.js";

/** Training with the context of documents: the windows of each epoch, and batches of as many sub-tokens as the recipe says. */
export async function documentCourse(
  recipe: Recipe,
  train: HeldTraining,
  tokenizer: SubwordTokenizer,
  options: {
    readonly labels: readonly string[];
    readonly labelAllTokens: boolean;
    readonly maxLength: number;
  },
): Promise<Pick<Prepared, "epochWindows" | "batchSize">> {
  const { sentences } = train.data;
  const { maxLength, ...labelling } = options;
  const encoded = await encodeSentences(sentences, tokenizer, {
    ...labelling,
    ...(recipe.longSentences === "truncate" ? { mostPieces: maxLength - SPECIAL_TOKENS } : {}),
  });
  const windowsOf = drawnWindows(encoded, stretchesOf(sentences, "document"), {
    lengths: contextLengths(recipe.contextLengths!)!,
    seed: recipe.dataSeed ?? recipe.seed,
    shape: {
      maxLength,
      overlap: recipe.overlap ?? defaultOverlap(maxLength, "document"),
      separator: recipe.contextSeparator,
    },
    specialIds: tokenizer.specialIds,
  });
  const pieces = train.windowed.windows.reduce((total, { inputIds }) => total + inputIds.length, 0);
  const asManySentences = Math.round((recipe.perDeviceTrainBatchSize * pieces) / sentences.length);
  return {
    epochWindows: (epoch) => train.placed(windowsOf(epoch)),
    batchSize: { pieces: recipe.trainBatchPieces ?? asManySentences },
  };
}
