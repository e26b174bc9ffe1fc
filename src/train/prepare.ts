import { type Dataset, dataWarnings, readDataset, type Sentence } from "../data/index.js";
import { compactVocabulary, type ModelConfig, ModelWeights, positions, readConfig } from "../models/index.js";
import {
  loadTokenizer,
  requireIdsWithin,
  type SubwordTokenizer,
  type WindowedData,
  windows,
} from "../tokenize/index.js";
import { arranged } from "./arrange.js";
import { lengthBeyondModel, nothingToTrain, tagsMissing } from "./errors.js";
import { classWeights, runLabels } from "./labels.js";
import { normal } from "./random.js";
import type { Recipe } from "./recipe.js";
import { localSources, type Sources } from "./sources.js";

/** A data set of a run, cut into windows. */
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
  readonly train: Split;
  readonly validation: Split | undefined;
  readonly test: Split | undefined;
  readonly weights: ModelWeights;
  /** What the user should hear before training starts. */
  readonly messages: readonly {
    readonly type: "warning" | "notice";
    readonly code: string;
    readonly message: string;
  }[];
}

type Message = Prepared["messages"][number];

/** Reads data, tokenizer and weights. */
export async function prepare(recipe: Recipe, sources: Sources = localSources(recipe)): Promise<Prepared> {
  const stored = await readConfig(sources.model);
  const read = async (files: readonly string[], most: number | undefined) =>
    files.length === 0 ? undefined : limited(await readTagged(files, recipe, sources), most);
  const { train, validation, test } = arranged(
    {
      train: (await read(sources.train, recipe.maxTrainSamples))!,
      validation: await read(sources.validation, recipe.maxEvalSamples),
      test: await read(sources.test, recipe.maxPredictSamples),
    },
    recipe,
  );
  const present = [train, validation, test].filter((each) => each !== undefined);

  const labels = runLabels(recipe, stored, present, sources.dataset?.labels);
  const weightsOfClasses = classWeights(recipe.classWeights, labels, train);
  const config = runConfig(stored, recipe, labels);
  const tokenizer = await loadTokenizer(sources.tokenizer, { embeddings: config.vocab_size });
  const maxLength = sequenceLength(recipe, config, tokenizer);
  const split = async (data: Dataset): Promise<Split> => ({
    data,
    windowed: await windows(data.sentences, tokenizer, {
      maxLength,
      labels,
      labelAllTokens: recipe.labelAllTokens,
      longSentences: recipe.longSentences,
      overlap: recipe.overlap,
    }),
  });
  const splits = {
    train: await split(train),
    validation: validation && (await split(validation)),
    test: test && (await split(test)),
  };
  if (splits.train.windowed.windows.every(({ labels }) => !labels?.some((label) => label >= 0)))
    throw nothingToTrain(train.file);

  const used = Object.values(splits).flatMap((each) => each?.windowed.windows ?? []);
  requireIdsWithin(used, config.vocab_size);
  const vocabulary = compactVocabulary(
    (function* () {
      for (const { inputIds } of used) yield* inputIds;
    })(),
    config.vocab_size,
  );
  const freshHead = !sameLabels(stored, labels);
  const { weights, report } = await ModelWeights.load(sources.model, config, labels.length, {
    vocabulary,
    freshHead,
  });
  const messages: Message[] = [
    ...dataWarnings(train, present.slice(1)).map((warning) => ({ type: "warning" as const, ...warning })),
    ...Object.values(splits).flatMap((each) => (each ? splitMessages(each) : [])),
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
    ...splits,
    weights,
    messages,
  };
}

/** The sentences of a part, which may be several files. */
async function readTagged(files: readonly string[], recipe: Recipe, sources: Sources): Promise<Dataset> {
  const read: Dataset[] = [];
  for (const file of files) read.push(await readFileTagged(file, recipe, sources));
  return read.length === 1 ? read[0]! : joined(read);
}

/** One data set of several: documents are counted on, and each sentence knows its file. */
function joined(parts: readonly Dataset[]): Dataset {
  const sentences: Sentence[] = [];
  for (const { file, sentences: own } of parts) {
    const before = (sentences.at(-1)?.document ?? -1) + 1;
    for (const sentence of own) sentences.push({ file, ...sentence, document: before + sentence.document });
  }
  const schemes = new Set(parts.map(({ scheme }) => scheme));
  return { file: parts[0]!.file, sentences, scheme: schemes.has("IOB2") ? "IOB2" : parts[0]!.scheme };
}

async function readFileTagged(file: string, recipe: Recipe, { dataset }: Sources): Promise<Dataset> {
  const names = recipe.labels ?? dataset?.labels;
  const data = await readDataset(file, {
    ...(recipe.tokenColumn === undefined ? {} : { tokenColumn: recipe.tokenColumn }),
    ...(recipe.tagColumn === undefined ? {} : { tagColumn: recipe.tagColumn }),
    ...(names === undefined ? {} : { labels: names }),
  });
  if (data.sentences.some(({ tags, words }) => tags.length !== words.length)) throw tagsMissing(file);
  return data;
}

const limited = (data: Dataset, most: number | undefined): Dataset =>
  most === undefined ? data : { ...data, sentences: data.sentences.slice(0, most) };

/** The config of the model to be: labels, dropout as the recipe has it. */
function runConfig(stored: ModelConfig, recipe: Recipe, labels: readonly string[]): ModelConfig {
  return {
    ...stored,
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

/** True where a stored head has exactly these labels in this order. */
const sameLabels = (stored: ModelConfig, labels: readonly string[]): boolean =>
  labels.every((label, id) => stored.id2label?.[String(id)] === label) &&
  Object.keys(stored.id2label ?? {}).length === labels.length;

function splitMessages({ data, windowed }: Split): Message[] {
  const messages: Message[] = [];
  const { truncatedWords, longSentences, wordsWithoutPieces } = windowed;
  if (truncatedWords > 0)
    messages.push({
      type: "warning",
      code: "WORDS_TRUNCATED",
      message: `${data.file}: ${truncatedWords} words of ${longSentences} long sentences are cut off and count as O.`,
    });
  else if (longSentences > 0)
    messages.push({
      type: "notice",
      code: "LONG_SENTENCES",
      message: `${data.file}: ${longSentences} sentences are longer than the model takes and run as overlapping windows.`,
    });
  if (wordsWithoutPieces.length > 0)
    messages.push({
      type: "warning",
      code: "WORDS_WITHOUT_PIECES",
      message: `${data.file}: ${wordsWithoutPieces.length} words have no sub-token (control characters) and count as O.`,
    });
  return messages;
}
