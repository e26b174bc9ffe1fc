import {
  type Context,
  defaultOverlap,
  type EncodeOptions,
  encodeSentences,
  SPECIAL_TOKENS,
  type SubwordTokenizer,
  stretchesOf,
  windowsOf,
} from "../tokenize/index.js";
import type { BatchSize, NumberedWindows } from "./batches.js";
import { type CasedSentences, casedSentences, type EpochSentences } from "./casedSentences.js";
import { drawnWindows } from "./epochWindows.js";
import { caseProbabilities } from "./recipe/caseProbabilities.js";
import { contextLengths } from "./recipe/contextLengths.js";
import type { Recipe } from "./recipe.js";
import { HeldTraining, type TrainingData, type TrainingWindow } from "./trainingData.js";

/** The way of a run through its training data. */
export interface Course {
  /** The training windows of an epoch, counted from 0: the same whenever they are asked for. */
  readonly epochWindows: (epoch: number) => NumberedWindows<TrainingWindow>;
  readonly batchSize: BatchSize;
  /** Sentences in drawn cases, where the recipe asks for them. */
  readonly cased: CasedSentences | undefined;
}

export interface CourseOptions extends Omit<EncodeOptions, "mostPieces"> {
  readonly context: Context;
  /** Sub-tokens of a window, the two special ones included. */
  readonly maxLength: number;
}

/**
 * Which windows an epoch has, and how large a batch is. Data that are read from the disk are windows of single sentences,
 * the same in every epoch; what is in memory may be drawn anew, its cases and how documents are cut.
 */
export async function trainingCourse(
  recipe: Recipe,
  train: TrainingData,
  tokenizer: SubwordTokenizer,
  { context, maxLength, ...labelling }: CourseOptions,
): Promise<Course> {
  if (!(train instanceof HeldTraining))
    return { epochWindows: () => train.windows, batchSize: sentenceBatches(recipe), cased: undefined };
  const truncated = recipe.longSentences === "truncate" ? { mostPieces: maxLength - SPECIAL_TOKENS } : {};
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
  if (context === "document") {
    const sentencesOf = cased?.sentencesOf ?? (await sameSentences(train, tokenizer, encoding));
    return {
      epochWindows: documentWindows(recipe, train, tokenizer, maxLength, sentencesOf),
      batchSize: documentBatches(recipe, train),
      cased,
    };
  }
  return {
    epochWindows:
      cased === undefined
        ? () => train.windows
        : sentenceWindows(recipe, train, tokenizer, maxLength, cased.sentencesOf),
    batchSize: sentenceBatches(recipe),
    cased,
  };
}

async function sameSentences(
  { data }: HeldTraining,
  tokenizer: SubwordTokenizer,
  encoding: EncodeOptions,
): Promise<EpochSentences> {
  const encoded = await encodeSentences(data.sentences, tokenizer, encoding);
  return () => encoded;
}

function sentenceWindows(
  recipe: Recipe,
  train: HeldTraining,
  { specialIds }: SubwordTokenizer,
  maxLength: number,
  sentencesOf: EpochSentences,
): Course["epochWindows"] {
  const { overlap = defaultOverlap(maxLength) } = recipe;
  const shape = { maxLength, overlap, separator: false };
  return (epoch) => {
    const sentences = sentencesOf(epoch);
    return train.placed(
      sentences.flatMap((_, start) => windowsOf(sentences, { start, end: start + 1 }, shape, specialIds)),
    );
  };
}

function documentWindows(
  recipe: Recipe,
  train: HeldTraining,
  { specialIds }: SubwordTokenizer,
  maxLength: number,
  sentencesOf: EpochSentences,
): Course["epochWindows"] {
  const { overlap = defaultOverlap(maxLength, "document"), contextSeparator: separator } = recipe;
  const drawn = drawnWindows(sentencesOf, stretchesOf(train.data.sentences, "document"), {
    lengths: contextLengths(recipe.contextLengths!)!,
    seed: recipe.dataSeed ?? recipe.seed,
    shape: { maxLength, overlap, separator },
    specialIds,
  });
  return (epoch) => train.placed(drawn(epoch));
}

const sentenceBatches = ({
  perDeviceTrainBatchSize: windows,
  trainBatchPieces: pieces,
}: Recipe): BatchSize => (pieces === undefined ? { windows } : { pieces });

/** As many sub-tokens as the recipe says, else as many as its batch of sentences has. */
function documentBatches(
  { perDeviceTrainBatchSize, trainBatchPieces }: Recipe,
  { windowed, data }: HeldTraining,
): BatchSize {
  const pieces = windowed.windows.reduce((total, { inputIds }) => total + inputIds.length, 0);
  const asManySentences = Math.round((perDeviceTrainBatchSize * pieces) / data.sentences.length);
  return { pieces: trainBatchPieces ?? asManySentences };
}
