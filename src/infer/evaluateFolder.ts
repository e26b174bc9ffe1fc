import { type ReadOptions, severalDocuments } from "../data/index.js";
import { readConfig } from "../models/index.js";
import { Owned } from "../owned.js";
import { type Decoding, decodings, usualDecoding } from "../tasks/tokenClassification/decoder.js";
import { type Context, requireIdsWithin, windows } from "../tasks/tokenClassification/index.js";
import type { Dataset, TagScheme } from "../text/index.js";
import { optionInvalid } from "./errors.js";
import { type Evaluation, evaluateTagger } from "./evaluation.js";
import { folderNamed, type ModelOptions, modelLabels, type NamingOptions, openModel } from "./model.js";
import type { ReadingOptions } from "./reading.js";
import { type DatasetPart, readGold, scoredLabels, taggedFiles } from "./taggedData.js";

export interface EvaluateFolderOptions extends ModelOptions, NamingOptions, ReadingOptions {
  /** Sentences whose loss is averaged first: HF's `per_device_eval_batch_size`. Default 8. */
  readonly batchSize?: number;
  /** How words get their labels: as {@link NerOptions.decoding}. */
  readonly decoding?: Decoding;
  /** What becomes of sentences longer than a window: several windows (default), or words cut off and counted as `O`. */
  readonly longSentences?: "window" | "truncate";
  /** Sub-tokens that neighbouring windows share. */
  readonly overlap?: number;
  /** Columns of a column file, from 0; for JSON Lines their keys. Defaults as `readDataset` has them. */
  readonly tokenColumn?: NonNullable<ReadOptions["tokenColumn"]>;
  readonly tagColumn?: NonNullable<ReadOptions["tagColumn"]>;
  /** Called after each batch, with windows (a sentence is one, a long one several) done and in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What a saved model does with a file of tagged sentences. */
export interface FolderEvaluation extends Evaluation {
  /** The model's labels in the order of their ids. */
  readonly labels: readonly string[];
  /** The model's tag scheme: `gold` and `predicted` are in it, and strict scores follow it. */
  readonly scheme: TagScheme;
  readonly decoding: Decoding;
  /** True for a model with a conditional random field: `viterbi` goes by it, and the loss is its own. */
  readonly crf: boolean;
  /** The file's tags in the model's scheme; where its labels have no prefixes, `I-` stands before each. */
  readonly gold: readonly (readonly string[])[];
  /** What the file holds, with `gold` as its tags. */
  readonly data: Dataset;
  readonly sentences: number;
  readonly words: number;
  /** What words saw. */
  readonly context: Context;
  /** True where the model reads documents and the file does not say where they begin: words saw their sentence alone. */
  readonly documentsUnknown: boolean;
  /** Words that truncation cut off. */
  readonly truncatedWords: number;
  /** From the first sentence's tokenization to the scores. */
  readonly seconds: number;
}

/**
 * Scores a fine-tuned model on a data file, as `nerium evaluate` does.
 *
 * @param name the model's folder, or its name on the Hugging Face hub where there is no such folder
 * @param evaluated a file or folder, or a part of a data set by name
 * @throws NeriumError as openModel and readDataset, INFER_TAGS_MISSING, INFER_TAG_UNKNOWN, INFER_LENGTH_BEYOND_MODEL, INFER_OPTION_INVALID
 */
export async function evaluateFolder(
  name: string,
  evaluated: string | DatasetPart,
  options: EvaluateFolderOptions = {},
): Promise<FolderEvaluation> {
  const {
    batchSize = 8,
    decoding: asked,
    longSentences = "window",
    overlap,
    tokenColumn,
    tagColumn,
    onProgress,
    signal,
  } = options;
  if (asked !== undefined && !decodings.includes(asked))
    throw optionInvalid("decoding", asked, `one of ${decodings.join(", ")}`);
  const folder = await folderNamed(name, options);
  const labels = modelLabels(await readConfig(folder), folder);
  const { scored, scheme } = scoredLabels(labels);
  const columns = {
    ...(tokenColumn === undefined ? {} : { tokenColumn }),
    ...(tagColumn === undefined ? {} : { tagColumn }),
  };
  const data = await taggedFiles(evaluated, { ...options, ...columns });
  const sentences = await readGold(data, labels, columns);
  return Owned.during(async (owned) => {
    const model = owned.own(await openModel(folder, options));
    const started = performance.now();
    const { reading, crf } = model;
    const decoding = asked ?? usualDecoding(crf);
    const context = severalDocuments(sentences) ? reading.context : "none";
    const windowed = await windows(sentences, model.tokenizer, {
      ...reading.windowing(context),
      labels: scored,
      longSentences,
      ...(overlap === undefined ? {} : { overlap }),
    });
    requireIdsWithin(windowed.windows, model.config.vocab_size);
    const total = windowed.windows.length;
    const evaluation = await evaluateTagger(model.tagger, sentences, windowed, {
      labels: scored,
      scheme,
      batchSize,
      labelSmoothing: 0,
      decoding,
      crf,
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress: (done) => onProgress(done, total) }),
    });
    return {
      ...evaluation,
      labels,
      scheme,
      decoding,
      crf: crf !== undefined,
      gold: sentences.map(({ tags }) => tags),
      data: { file: data.name, sentences, scheme },
      sentences: sentences.length,
      words: sentences.reduce((count, { words }) => count + words.length, 0),
      context,
      documentsUnknown: context !== reading.context,
      truncatedWords: windowed.truncatedWords,
      seconds: (performance.now() - started) / 1000,
    };
  });
}
