import { join } from "node:path";
import {
  type ComparedData,
  dataFacts,
  dataWarnings,
  sentenceKeys,
  severalDocuments,
} from "../../data/index.js";
import type { NeriumWarning } from "../../errors.js";
import {
  configLabels,
  encoderOf,
  type ModelConfig,
  type ModelWeights,
  readConfig,
} from "../../models/index.js";
import { Owned } from "../../owned.js";
import type { Recipe } from "../../recipe/index.js";
import type { CacheProgress } from "../../run/events.js";
import type { Engine } from "../../runtime/index.js";
import {
  defaultOverlap,
  requireIdsWithin,
  type TaggedExamples,
  Teachers,
  type TokenClassification,
  tokenClassification,
} from "../../tasks/tokenClassification/index.js";
import { type Dataset, type WordRules, wordRulesOf } from "../../text/index.js";
import { loadTokenizer, type Tokenizer } from "../../tokenize/index.js";
import { nothingToTrain } from "../errors.js";
import { type EpochExamples, epochExamples } from "../examples/epochExamples.js";
import { cutCounts, InMemoryTraining, type TrainingData } from "../examples/trainingData.js";
import { openDatasetCache } from "./datasetCache.js";
import { type RunEngines, runEngines } from "./engines.js";
import { initialWeights } from "./initialWeights.js";
import {
  cacheMessage,
  casesMessage,
  contextWarnings,
  cutMessages,
  type Message,
  ReadingMessages,
  teacherMessages,
  wordMessages,
} from "./messages.js";
import { preparedSplits } from "./prepareSplits.js";
import { limited, readSplit } from "./readSplits.js";
import { askedRules, evaluationLength, runConfig, sequenceLength } from "./runConfig.js";
import { classWeights, runLabels } from "./runLabels.js";
import { localSources, type Sources } from "./sources.js";
import { teacherScores } from "./teachers.js";

/** A data set that a run evaluates on, cut into windows. */
export type EvaluationSplit = TaggedExamples;

/** Everything that a run needs before its first step. */
export interface Prepared extends Pick<EpochExamples, "epochWindows" | "batchSize"> {
  readonly sources: Sources;
  /** The configuration of the pretrained model. */
  readonly stored: ModelConfig;
  /** The configuration of the new model, with the labels and the recipe's dropout. */
  readonly config: ModelConfig;
  readonly labels: readonly string[];
  readonly task: TokenClassification;
  readonly tokenizer: Tokenizer;
  readonly train: TrainingData;
  /** The files of the models that the run learns from. */
  readonly teacherFiles: readonly string[];
  readonly validation: EvaluationSplit | undefined;
  readonly test: EvaluationSplit | undefined;
  readonly weights: ModelWeights;
  /** Computes evaluations. It shares the blocks of the engine of the weights. */
  readonly evaluationEngine: Engine;
  /** The values of the conditional random field, if the model gets one. Training changes them in place. */
  readonly crf: Float32Array | undefined;
  /** Messages to the user before training starts. */
  readonly messages: readonly Message[];
}

/** The environment of the preparation: engine, stop signal and progress callback. */
export interface PrepareEdge {
  /** Defaults to those that the recipe asks for. */
  readonly engines?: RunEngines;
  readonly signal?: AbortSignal;
  readonly tell?: (progress: CacheProgress) => void;
}

/** Reads data, tokenizer and weights. The caller must dispose of the weights and close the training data. */
export const prepare = (
  recipe: Recipe,
  sources: Sources = localSources(recipe),
  edge: PrepareEdge = {},
): Promise<Prepared> => Owned.making((owned) => prepared(recipe, sources, edge, owned));

async function prepared(
  recipe: Recipe,
  sources: Sources,
  edge: PrepareEdge,
  owned: Owned,
): Promise<Prepared> {
  // Before anything is read: a run that cannot compute ends at once.
  const engines = edge.engines ?? (await runEngines(recipe));
  const stored = await readConfig(sources.model);
  const { vocabularySize } = encoderOf(stored);
  const tokenizer = await loadTokenizer(sources.tokenizer, { embeddings: vocabularySize });
  const maxLength = sequenceLength(recipe, stored, tokenizer);
  const evalLength = evaluationLength(recipe, maxLength);
  const options = {
    maxLength,
    longSentences: recipe.longSentences,
    overlap: recipe.overlap ?? defaultOverlap(maxLength),
  };
  const cache = await openDatasetCache(recipe, sources, tokenizer, options, edge);
  const reading = new ReadingMessages();
  for (const note of cache?.notes ?? []) reading.onNote(note);
  const read = async (
    files: readonly string[],
    most: number | undefined,
    words: Partial<WordRules>,
  ): Promise<Dataset | undefined> =>
    files.length === 0
      ? undefined
      : limited(await readSplit(files, recipe, sources, { words, reading }), most);
  const asked = askedRules(recipe);
  const trainingData =
    cache === undefined ? await read(sources.train, recipe.maxTrainSamples, asked) : undefined;
  const words = { ...(cache?.facts.words ?? wordRulesOf(trainingData?.sentences ?? [])), ...asked };
  const held = preparedSplits(
    {
      train: trainingData,
      validation: await read(sources.validation, recipe.maxEvalSamples, words),
      test: await read(sources.test, recipe.maxPredictSamples, words),
    },
    recipe,
    cache?.types,
  );
  const evaluated = [held.validation, held.test].filter((data) => data !== undefined).map(compared);
  const facts = cache?.facts ?? dataFacts(held.train!);
  const all = [facts, ...evaluated.map((each) => each.facts)];

  const aboutModel: NeriumWarning[] = [...tokenizer.warnings];
  const ofModel = configLabels(stored, join(sources.model, "config.json"), (warning) =>
    aboutModel.push(warning),
  );
  const labels = runLabels(recipe, ofModel, all, sources.dataset?.labels);
  const context =
    held.train !== undefined && severalDocuments(held.train.sentences) ? recipe.context : "none";
  const config = runConfig(stored, recipe, labels, { context, evalLength, words });
  const labelling = { labels, labelAllTokens: recipe.labelAllTokens };
  const soft = recipe.teachers !== undefined && !recipe.crf;
  const task = tokenClassification({
    ...labelling,
    soft,
    labelSmoothing: recipe.labelSmoothingFactor,
    classWeights: classWeights(recipe.classWeights, labels, facts),
    decoding: recipe.decoding,
    evalBatchSize: recipe.perDeviceEvalBatchSize,
  });
  const bySentence = (data: Dataset) => task.examples(data, tokenizer, options);
  const byDocument = (data: Dataset) =>
    task.examples(data, tokenizer, {
      context: "document",
      maxLength: evalLength,
      longSentences: recipe.longSentences,
      separator: recipe.contextSeparator,
      ...(recipe.overlap === undefined ? {} : { overlap: recipe.overlap }),
    });
  const split = (data: Dataset): Promise<EvaluationSplit> =>
    (context === "document" && severalDocuments(data.sentences) ? byDocument : bySentence)(data);
  const taught =
    recipe.teachers &&
    (await teacherScores(sources.teachers, held.train!.sentences, labels, { ...recipe, ...edge }));
  const teachers =
    taught && new Teachers(taught.teachers, labels, { share: recipe.distillationAlpha, crf: recipe.crf });
  const train: TrainingData = owned.own(
    cache === undefined
      ? new InMemoryTraining(held.train!, facts, (await bySentence(held.train!)).windowed, teachers)
      : cache.open(labelling),
    "close",
  );
  if (train.isEmpty) throw nothingToTrain(facts.file);
  const course = await epochExamples(recipe, train, tokenizer, { ...labelling, context, maxLength });
  const splits = {
    validation: held.validation && (await split(held.validation)),
    test: held.test && (await split(held.test)),
  };

  const parts = Object.values(splits).filter((each) => each !== undefined);
  const evaluatedWindows = parts.flatMap(({ windowed }) => windowed.windows);
  requireIdsWithin(evaluatedWindows, vocabularySize);
  const usedIds = function* () {
    yield* train.usedIds();
    yield* course.cased?.usedIds() ?? [];
    for (const { inputIds } of evaluatedWindows) yield* inputIds;
  };
  const pretrained = { folder: sources.model, config: stored };
  const first = await initialWeights(recipe, pretrained, config, labels, usedIds(), engines.training);
  owned.own(first.weights);
  const messages: Message[] = [
    ...reading.messages,
    ...wordMessages(facts.file, words, asked),
    ...(cache === undefined ? [] : [cacheMessage(cache)]),
    ...contextWarnings(recipe, held.train, [held.validation, held.test]),
    ...teacherMessages(recipe),
    ...(course.cased === undefined ? [] : [casesMessage(course.cased, facts)]),
    ...[...aboutModel, ...(taught?.warnings ?? []), ...dataWarnings(train, evaluated)].map((warning) => ({
      type: "warning" as const,
      ...warning,
    })),
    ...cutMessages(facts.file, train.cut),
    ...parts.flatMap(({ data, windowed }) => cutMessages(data.file, cutCounts(windowed))),
    ...first.messages,
  ];
  return {
    sources,
    stored,
    config,
    labels,
    task,
    tokenizer,
    train,
    teacherFiles: taught?.files ?? [],
    epochWindows: course.epochWindows,
    batchSize: course.batchSize,
    ...splits,
    weights: first.weights,
    evaluationEngine: engines.evaluation,
    crf: first.crf,
    messages,
  };
}

const compared = (data: Dataset): ComparedData => ({
  facts: dataFacts(data),
  keys: () => sentenceKeys(data),
});
