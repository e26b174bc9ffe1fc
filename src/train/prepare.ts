import { type ComparedData, type Dataset, dataFacts, dataWarnings, sentenceKeys } from "../data/index.js";
import {
  compactVocabulary,
  type ModelConfig,
  ModelWeights,
  positions,
  readConfig,
  readCrf,
} from "../models/index.js";
import {
  type Context,
  defaultOverlap,
  loadTokenizer,
  requireIdsWithin,
  SPECIAL_TOKENS,
  type SubwordTokenizer,
  type WindowedData,
  type WindowShape,
  windows,
  windowsOf,
} from "../tokenize/index.js";
import { arranged } from "./arrange.js";
import type { BatchSize, NumberedWindows } from "./batches.js";
import { type CasedSentences, casedSentences } from "./casedSentences.js";
import { freshCrf } from "./crf/head.js";
import { documentCourse } from "./documentCourse.js";
import { lengthBeyondModel, nothingToTrain } from "./errors.js";
import { classWeights, runLabels } from "./labels.js";
import { cachedTraining } from "./largeData.js";
import { cacheMessage, casesMessage, contextWarnings, cutMessages, type Message } from "./messages.js";
import { normal } from "./random.js";
import { limited, readTagged, saysDocuments } from "./readTagged.js";
import { caseProbabilities } from "./recipe/caseProbabilities.js";
import { contextLengths, longestOf } from "./recipe/contextLengths.js";
import type { Recipe } from "./recipe.js";
import { localSources, type Sources } from "./sources.js";
import { cutCounts, HeldTraining, type TrainingData, type TrainingWindow } from "./trainingData.js";
import type { CacheProgress } from "./windowCache/index.js";

/** A data set that a run evaluates on, cut into windows. */
export interface Split {
  readonly data: Dataset;
  readonly windowed: WindowedData;
}

/** Everything that a run needs before its first step. */
export interface Prepared {
  readonly sources: Sources;
  /** The configuration that the pretrained model came with. */
  readonly stored: ModelConfig;
  /** The configuration of the model to be: its labels, dropout as the recipe has it. */
  readonly config: ModelConfig;
  readonly labels: readonly string[];
  readonly classWeights: readonly number[] | undefined;
  readonly tokenizer: SubwordTokenizer;
  readonly train: TrainingData;
  /** The training windows of an epoch, counted from 0: the same whenever they are asked for. */
  readonly epochWindows: (epoch: number) => NumberedWindows<TrainingWindow>;
  readonly batchSize: BatchSize;
  readonly validation: Split | undefined;
  readonly test: Split | undefined;
  readonly weights: ModelWeights;
  /** The values of the model's conditional random field, where it is to have one; training changes them in place. */
  readonly crf: Float32Array | undefined;
  /** What the user should hear before training starts. */
  readonly messages: readonly Message[];
}

/** Who wants to end the preparation, or to know how far it is. */
export interface PrepareEdge {
  readonly signal?: AbortSignal;
  readonly tell?: (progress: CacheProgress) => void;
}

/** Reads data, tokenizer and weights. What it gives must be disposed of: weights and training data. */
export async function prepare(
  recipe: Recipe,
  sources: Sources = localSources(recipe),
  edge: PrepareEdge = {},
): Promise<Prepared> {
  const stored = await readConfig(sources.model);
  const tokenizer = await loadTokenizer(sources.tokenizer, { embeddings: stored.vocab_size });
  const maxLength = sequenceLength(recipe, stored, tokenizer);
  const evalLength = evaluationLength(recipe, maxLength);
  const options = {
    maxLength,
    longSentences: recipe.longSentences,
    overlap: recipe.overlap ?? defaultOverlap(maxLength),
  };
  const cache = await cachedTraining(recipe, sources, tokenizer, options, edge);
  const read = async (files: readonly string[], most: number | undefined) =>
    files.length === 0 ? undefined : limited(await readTagged(files, recipe, sources), most);
  const held = arranged(
    {
      train: cache === undefined ? await read(sources.train, recipe.maxTrainSamples) : undefined,
      validation: await read(sources.validation, recipe.maxEvalSamples),
      test: await read(sources.test, recipe.maxPredictSamples),
    },
    recipe,
    cache?.types,
  );
  const evaluated = [held.validation, held.test].filter((data) => data !== undefined).map(compared);
  const facts = cache?.facts ?? dataFacts(held.train!);
  const all = [facts, ...evaluated.map((each) => each.facts)];

  const labels = runLabels(recipe, stored, all, sources.dataset?.labels);
  const weightsOfClasses = classWeights(recipe.classWeights, labels, facts);
  const context = held.train !== undefined && saysDocuments(held.train) ? recipe.context : "none";
  const config = runConfig(stored, recipe, labels, context, evalLength);
  const labelling = { labels, labelAllTokens: recipe.labelAllTokens };
  const bySentence = (data: Dataset) => windows(data.sentences, tokenizer, { ...options, ...labelling });
  const byDocument = (data: Dataset) =>
    windows(data.sentences, tokenizer, {
      ...labelling,
      context: "document",
      maxLength: evalLength,
      longSentences: recipe.longSentences,
      separator: recipe.contextSeparator,
      ...(recipe.overlap === undefined ? {} : { overlap: recipe.overlap }),
    });
  const split = async (data: Dataset): Promise<Split> => ({
    data,
    windowed: await (context === "document" && saysDocuments(data) ? byDocument : bySentence)(data),
  });
  const train =
    cache === undefined
      ? new HeldTraining(held.train!, facts, await bySentence(held.train!))
      : cache.open(labelling);
  if (train.isEmpty) throw nothingToTrain(facts.file);
  const encoding = {
    ...labelling,
    ...(recipe.longSentences === "truncate" ? { mostPieces: maxLength - SPECIAL_TOKENS } : {}),
  };
  const probabilities = caseProbabilities(recipe.caseAugmentation);
  const cased =
    probabilities !== undefined && train instanceof HeldTraining
      ? await casedSentences(train.data.sentences, tokenizer, {
          ...encoding,
          probabilities,
          seed: recipe.seed,
        })
      : undefined;
  const course =
    context === "document" && train instanceof HeldTraining
      ? await documentCourse(recipe, train, tokenizer, {
          encoding,
          maxLength,
          sentencesOf: cased?.sentencesOf,
        })
      : {
          epochWindows: sentenceWindows(train, cased, { ...options, separator: false }, tokenizer),
          batchSize: sentenceBatches(recipe),
        };
  const splits = {
    validation: held.validation && (await split(held.validation)),
    test: held.test && (await split(held.test)),
  };

  const evaluatedWindows = Object.values(splits).flatMap((each) => each?.windowed.windows ?? []);
  requireIdsWithin(evaluatedWindows, config.vocab_size);
  const vocabulary = compactVocabulary(
    (function* () {
      yield* train.usedIds();
      yield* cased?.usedIds() ?? [];
      for (const { inputIds } of evaluatedWindows) yield* inputIds;
    })(),
    config.vocab_size,
  );
  const freshHead = !sameLabels(stored, labels);
  const crf = recipe.crf ? await firstCrf(sources.model, stored, labels, freshHead) : undefined;
  const { weights, report } = await ModelWeights.load(sources.model, config, labels.length, {
    vocabulary,
    freshHead,
  });
  const messages: Message[] = [
    ...(cache === undefined ? [] : [cacheMessage(cache)]),
    ...contextWarnings(recipe, held.train, [held.validation, held.test]),
    ...(cased === undefined ? [] : [casesMessage(cased, facts)]),
    ...dataWarnings(train, evaluated).map((warning) => ({ type: "warning" as const, ...warning })),
    ...cutMessages(facts.file, train.cut),
    ...Object.values(splits).flatMap((each) =>
      each === undefined ? [] : cutMessages(each.data.file, cutCounts(each.windowed)),
    ),
  ];
  if (report.absent.length > 0) {
    const head = weights.values("classifier.weight");
    head.set(normal(head.length, config.initializer_range, recipe.seed));
    const message = `New token-classification head for ${labels.length} labels, initialised from seed ${recipe.seed}.`;
    messages.push({ type: "notice", code: "HEAD_INITIALISED", message });
  }
  const dropped = report.leftOver.filter((name) => !name.startsWith("classifier."));
  if (dropped.length > 0)
    messages.push({
      type: "notice",
      code: "WEIGHTS_DROPPED",
      message: `Not used by the model: ${dropped.join(", ")}.`,
    });
  return {
    sources,
    stored,
    config,
    labels,
    classWeights: weightsOfClasses,
    tokenizer,
    train,
    ...course,
    ...splits,
    weights,
    crf,
    messages,
  };
}

/** Sentences one by one: the same windows in every epoch, or sentences in drawn cases. */
function sentenceWindows(
  train: TrainingData,
  cased: CasedSentences | undefined,
  shape: WindowShape,
  { specialIds }: SubwordTokenizer,
): Prepared["epochWindows"] {
  if (cased === undefined || !(train instanceof HeldTraining)) return () => train.windows;
  return (epoch) => {
    const sentences = cased.sentencesOf(epoch);
    return train.placed(
      sentences.flatMap((_, start) => windowsOf(sentences, { start, end: start + 1 }, shape, specialIds)),
    );
  };
}

const sentenceBatches = ({
  perDeviceTrainBatchSize: windows,
  trainBatchPieces: pieces,
}: Recipe): BatchSize => (pieces === undefined ? { windows } : { pieces });

/** The config of the model to be: labels, dropout as the recipe has it, how it reads documents, and whether it has a CRF. */
function runConfig(
  stored: ModelConfig,
  recipe: Recipe,
  labels: readonly string[],
  context: Context,
  evalLength: number,
): ModelConfig {
  return {
    ...stored,
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
function sequenceLength(recipe: Recipe, config: ModelConfig, tokenizer: SubwordTokenizer): number {
  const most = positions(config);
  const asked = recipe.maxSeqLength;
  if (asked !== undefined && asked > most) throw lengthBeyondModel(asked, most);
  return asked ?? Math.min(most, tokenizer.modelMaxLength);
}

/** Sub-tokens of a window of a document in evaluation: what is asked for, else the longest that training has. */
function evaluationLength({ contextEvalPieces, contextLengths: spelled }: Recipe, maxLength: number): number {
  if (contextEvalPieces !== undefined && contextEvalPieces > maxLength)
    throw lengthBeyondModel(contextEvalPieces, maxLength);
  if (contextEvalPieces !== undefined || spelled === undefined) return contextEvalPieces ?? maxLength;
  return longestOf(contextLengths(spelled)!, maxLength);
}

/** True where a stored head has exactly these labels in this order. */
const sameLabels = (stored: ModelConfig, labels: readonly string[]): boolean =>
  labels.every((label, id) => stored.id2label?.[String(id)] === label) &&
  Object.keys(stored.id2label ?? {}).length === labels.length;

/** A CRF to begin with: the model's own, where it has one for these labels, else a new one. */
async function firstCrf(
  folder: string,
  stored: ModelConfig,
  labels: readonly string[],
  freshHead: boolean,
): Promise<Float32Array> {
  return stored.nerium?.crf && !freshHead ? readCrf(folder, labels.length) : freshCrf(labels);
}

const compared = (data: Dataset): ComparedData => ({
  facts: dataFacts(data),
  keys: () => sentenceKeys(data),
});
