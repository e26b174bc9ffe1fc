import { READING_OPTIONS, type ReadingChoices, type ReadOptions, severalDocuments } from "../data/index.js";
import { modelLabels, readConfig } from "../models/index.js";
import { type OptionKinds, requireArgument, requireOptions } from "../options.js";
import { Owned } from "../owned.js";
import {
  type Context,
  type Decoding,
  decodings,
  requireIdsWithin,
  type TokenClassificationDetail,
  tokenClassification,
  usualDecoding,
} from "../tasks/tokenClassification/index.js";
import type { Dataset, TagScheme } from "../text/index.js";
import { optionInvalid } from "./errors.js";
import { evaluateTagger } from "./evaluation.js";
import {
  folderNamed,
  inferenceEngine,
  MODEL_OPTIONS,
  type ModelOptions,
  type NamingOptions,
  openModel,
} from "./model.js";
import { type ReadingOptions, wordRules } from "./reading.js";
import { type DatasetPart, readGold, scoredLabels, taggedFiles } from "./taggedData.js";
import { asInTraining } from "./trainedColumns.js";

/** How to read the sentences and the model. */
export interface EvaluateFolderOptions
  extends ModelOptions,
    NamingOptions,
    ReadingOptions,
    ReadingChoices,
    Pick<ReadOptions, "onNote" | "onProblem"> {
  /**
   * Sentences per group when the loss is averaged within groups first: HF's `per_device_eval_batch_size`.
   * Defaults to 8.
   */
  readonly batchSize?: number;
  /** How words get their labels, as in {@link NerOptions.decoding}. */
  readonly decoding?: Decoding;
  /**
   * How to treat sentences that are longer than a window: several windows (default), or cut off words, which
   * count as `O`.
   */
  readonly longSentences?: "window" | "truncate";
  /** Tokens that neighbouring windows share. */
  readonly overlap?: number;
  /**
   * Called after each batch with the number of windows done and in total. Without document context a sentence
   * is one window, a long one several.
   */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What the options must be. */
export const EVALUATE_OPTIONS: OptionKinds<EvaluateFolderOptions> = {
  ...MODEL_OPTIONS,
  ...READING_OPTIONS,
  batchSize: "a whole number of 1 or more",
  decoding: "a text",
  longSentences: ["window", "truncate"],
  overlap: "a whole number of 0 or more",
  onProgress: "a function",
};

/** The result of scoring a saved model on a file of tagged sentences. */
export interface FolderEvaluation extends TokenClassificationDetail {
  /** HF's `eval_loss`; see `evalLoss`. */
  readonly loss: number;
  /** The predicted tags of each sentence, one per word. */
  readonly predicted: readonly (readonly string[])[];
  /** The probability that the model gives each predicted tag; 0 for a word that it does not read. */
  readonly probabilities: readonly Float32Array[];
  /** The model's labels in the order of their ids. */
  readonly labels: readonly string[];
  /** The model's tag scheme. `gold` and `predicted` are in this scheme, and strict scores use it. */
  readonly scheme: TagScheme;
  readonly decoding: Decoding;
  /**
   * True for a model with a conditional random field. `viterbi` uses the field, and the loss is the field's.
   */
  readonly crf: boolean;
  /**
   * The file's tags in the model's scheme. If the model's labels have no prefixes, the tags have `I-` before
   * each type.
   */
  readonly gold: readonly (readonly string[])[];
  /** The sentences of the file, with `gold` as their tags. */
  readonly data: Dataset;
  readonly sentences: number;
  readonly words: number;
  /** The context that words saw. */
  readonly context: Context;
  /**
   * True if the model reads documents, but the file does not mark where they begin: words saw only their
   * sentence.
   */
  readonly documentsUnknown: boolean;
  /** Number of words that truncation cut off. */
  readonly truncatedWords: number;
  /** Time from the tokenization of the first sentence to the scores. */
  readonly seconds: number;
}

/**
 * Scores a fine-tuned model on a data file, as `nerium evaluate` does.
 *
 * @example
 * const { scores, loss } = await evaluateFolder("my-model", "test.conll");
 * console.log(scores.micro.f1);
 *
 * @param name the model's folder, or, if there is no such folder, its name on the Hugging Face hub
 * @param evaluated a file or folder, several of them, or a part of a data set by name
 * @throws NeriumError as `load` and `readDataset`, INFER_TAGS_MISSING, INFER_TAG_UNKNOWN,
 *   INFER_LENGTH_BEYOND_MODEL, INFER_OPTION_INVALID
 */
export async function evaluateFolder(
  name: string,
  evaluated: string | readonly string[] | DatasetPart,
  options: EvaluateFolderOptions = {},
): Promise<FolderEvaluation> {
  requireArgument("evaluateFolder", "name", name, "a text");
  if (Array.isArray(evaluated))
    requireArgument("evaluateFolder", "evaluated", evaluated, "a list of at least one text");
  else if (typeof evaluated !== "string") {
    requireArgument("evaluateFolder", "evaluated", evaluated, "an object");
    requireArgument("evaluateFolder", "evaluated.dataset", (evaluated as DatasetPart).dataset, "a text");
  }
  requireOptions("evaluateFolder", options, EVALUATE_OPTIONS);
  const { batchSize = 8, decoding: asked, longSentences = "window", overlap, onProgress, signal } = options;
  if (asked !== undefined && !decodings.includes(asked))
    throw optionInvalid("decoding", asked, `one of ${decodings.join(", ")}`);
  await inferenceEngine(options);
  const folder = await folderNamed(name, options);
  const config = await readConfig(folder);
  // Opening the model reports what is odd about its labels.
  const labels = await modelLabels(folder, config, () => {});
  const { scored, scheme } = scoredLabels(labels);
  const { data, sentences } = await asInTraining(folder, options, async (columns) => {
    const reading = { ...options, ...columns, words: wordRules(config, options) };
    const data = await taggedFiles(evaluated, reading);
    return { data, sentences: await readGold(data, labels, reading) };
  });
  return Owned.during(async (owned) => {
    const model = owned.own(await openModel(folder, options));
    const started = performance.now();
    const { reading, crf } = model;
    const decoding = asked ?? usualDecoding(crf);
    const context = severalDocuments(sentences) ? reading.context : "none";
    const task = tokenClassification({
      labels: scored,
      labelAllTokens: false,
      labelSmoothing: 0,
      decoding,
      evalBatchSize: batchSize,
      probabilities: true,
    });
    const dataset = { file: data.name, sentences, scheme };
    const examples = await task.examples(dataset, model.tokenizer, {
      ...reading.windowing(context),
      longSentences,
      ...(overlap === undefined ? {} : { overlap }),
    });
    const { windows, truncatedWords } = examples.windowed;
    requireIdsWithin(windows, model.encoder.vocabularySize);
    const { metrics, detail, predicted, probabilities } = await evaluateTagger(model.tagger, task, examples, {
      crf,
      signal,
      onProgress: onProgress && ((done) => onProgress(done, windows.length)),
    });
    return {
      loss: metrics.loss,
      ...detail,
      predicted,
      probabilities: probabilities!,
      labels,
      decoding,
      crf: crf !== undefined,
      gold: sentences.map(({ tags }) => tags),
      data: dataset,
      sentences: sentences.length,
      words: sentences.reduce((count, { words }) => count + words.length, 0),
      context,
      documentsUnknown: context !== reading.context,
      truncatedWords,
      seconds: (performance.now() - started) / 1000,
    };
  });
}
