import type { Sentence } from "../data/index.js";
import {
  defaultOverlap,
  type EncodeOptions,
  encodeSentences,
  type SubwordTokenizer,
  stretchesOf,
} from "../tokenize/index.js";
import type { EpochSentences } from "./casedSentences.js";
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
    readonly encoding: EncodeOptions;
    readonly maxLength: number;
    /** Default: the sentences as they stand in the data, in every epoch. */
    readonly sentencesOf?: EpochSentences | undefined;
  },
): Promise<Pick<Prepared, "epochWindows" | "batchSize">> {
  const { sentences } = train.data;
  const { encoding, maxLength } = options;
  const sentencesOf = options.sentencesOf ?? (await sameSentences(sentences, tokenizer, encoding));
  const windowsOf = drawnWindows(sentencesOf, stretchesOf(sentences, "document"), {
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

async function sameSentences(
  sentences: readonly Sentence[],
  tokenizer: SubwordTokenizer,
  encoding: EncodeOptions,
): Promise<EpochSentences> {
  const encoded = await encodeSentences(sentences, tokenizer, encoding);
  return () => encoded;
}
