import { caseProbabilities } from "../../recipe/caseProbabilities.js";
import { contextLengths, type LengthShare } from "../../recipe/contextLengths.js";
import type { Recipe } from "../../recipe/index.js";
import type { BatchSize } from "../../run/events.js";
import {
  type Context,
  defaultOverlap,
  type EncodeOptions,
  encodeSentences,
  sentenceRanges,
} from "../../tasks/tokenClassification/index.js";
import { specialCount, type Tokenizer } from "../../tokenize/index.js";
import type { NumberedWindows } from "./batches.js";
import { type CasedSentences, casedSentences, type EpochSentences } from "./casedSentences.js";
import { drawnWindows } from "./epochWindows.js";
import { InMemoryTraining, type TrainingData, type TrainingWindow } from "./trainingData.js";

/** The training windows of a run, epoch by epoch. */
export interface EpochExamples {
  /** The training windows of an epoch, counted from 0. Every call returns the same windows. */
  readonly epochWindows: (epoch: number) => NumberedWindows<TrainingWindow>;
  readonly batchSize: BatchSize;
  /** Sentences with randomly drawn case, if the recipe asks for them. */
  readonly cased: CasedSentences | undefined;
}

export interface EpochExamplesOptions extends Omit<EncodeOptions, "mostTokens"> {
  readonly context: Context;
  /** Maximum number of tokens in a window, including the two special tokens. */
  readonly maxLength: number;
}

const WHOLE_STRETCHES: readonly LengthShare[] = [{ length: "document", share: 1 }];

/**
 * Decides which windows an epoch has and how large a batch is. Data read from the disk gives windows of
 * single sentences, the same in every epoch. For data in memory, each epoch can draw the case of sentences
 * and the way documents are cut.
 */
export async function epochExamples(
  recipe: Recipe,
  train: TrainingData,
  tokenizer: Tokenizer,
  { context, maxLength, ...labelling }: EpochExamplesOptions,
): Promise<EpochExamples> {
  if (!(train instanceof InMemoryTraining))
    return { epochWindows: () => train.windows, batchSize: sentenceBatches(recipe), cased: undefined };
  const truncated =
    recipe.longSentences === "truncate" ? { mostTokens: maxLength - specialCount(tokenizer.specialIds) } : {};
  const encoding = { ...labelling, ...truncated };
  const probabilities = caseProbabilities(recipe.caseAugmentation);
  const cased =
    probabilities === undefined
      ? undefined
      : await casedSentences(train.data.sentences, tokenizer, {
          ...encoding,
          probabilities,
          seed: recipe.seed,
        });
  const drawnAnew = context === "document" || cased !== undefined;
  return {
    epochWindows: drawnAnew
      ? epochsOf(recipe, train, tokenizer, {
          context,
          maxLength,
          sentencesOf: cased?.sentencesOf ?? (await sameSentences(train, tokenizer, encoding)),
        })
      : () => train.windows,
    batchSize: context === "document" ? documentBatches(recipe, train) : sentenceBatches(recipe),
    cased,
  };
}

async function sameSentences(
  { data }: InMemoryTraining,
  tokenizer: Tokenizer,
  encoding: EncodeOptions,
): Promise<EpochSentences> {
  const encoded = await encodeSentences(data.sentences, tokenizer, encoding);
  return () => encoded;
}

/**
 * Windows that are cut anew in every epoch: documents with the recipe's lengths, or single sentences without
 * documents.
 */
function epochsOf(
  recipe: Recipe,
  train: InMemoryTraining,
  { specialIds }: Tokenizer,
  {
    context,
    maxLength,
    sentencesOf,
  }: Pick<EpochExamplesOptions, "context" | "maxLength"> & { readonly sentencesOf: EpochSentences },
): EpochExamples["epochWindows"] {
  const { overlap = defaultOverlap(maxLength, context), contextSeparator: separator } = recipe;
  const drawn = drawnWindows(sentencesOf, sentenceRanges(train.data.sentences, context), {
    lengths: context === "document" ? contextLengths(recipe.contextLengths!)! : WHOLE_STRETCHES,
    seed: recipe.dataSeed ?? recipe.seed,
    shape: { maxLength, overlap, separator },
    specialIds,
  });
  return (epoch) => train.placed(drawn(epoch));
}

const sentenceBatches = ({
  perDeviceTrainBatchSize: windows,
  trainBatchTokens: tokens,
}: Recipe): BatchSize => (tokens === undefined ? { windows } : { tokens });

/** The recipe's number of tokens, or the average number of tokens in the recipe's batch of sentences. */
function documentBatches(
  { perDeviceTrainBatchSize, trainBatchTokens }: Recipe,
  { windowed, data }: InMemoryTraining,
): BatchSize {
  const tokens = windowed.windows.reduce((total, { inputIds }) => total + inputIds.length, 0);
  const asManySentences = Math.round((perDeviceTrainBatchSize * tokens) / data.sentences.length);
  return { tokens: trainBatchTokens ?? asManySentences };
}
