import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { readCrf, type Transitions, transitionsOf } from "../crf/index.js";
import type { DownloadProgress } from "../hub/index.js";
import {
  configLabels,
  type Dtype,
  dtypes,
  type Encoder,
  encoderOf,
  InferenceWeights,
  type ModelConfig,
  readConfig,
} from "../models/index.js";
import { Owned } from "../owned.js";
import { type LabelScheme, labelScheme } from "../text/labelScheme.js";
import { loadTokenizer, type Tokenizer } from "../tokenize/index.js";
import { optionInvalid } from "./errors.js";
import { modelReading, type Reading, type ReadingOptions } from "./reading.js";
import { Tagger } from "./tagger.js";

/** How a model that is named as on the hub comes here. */
export interface NamingOptions {
  /** Called while files are downloaded. */
  readonly onDownload?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ModelOptions {
  /** Threads that compute. Default: as many as the process may use at once. */
  readonly threads?: number | undefined;
  /**
   * What it computes in. `fp32` (default); `q8`: 8-bit weights and inputs in blocks, near-exact; `int8`: 8-bit weights
   * and inputs with one scale for all, the fastest: a score then moves a little with the texts beside it.
   */
  readonly dtype?: Dtype | undefined;
}

/** A fine-tuned model, open for use. */
export interface FineTuned {
  readonly folder: string;
  readonly config: ModelConfig;
  readonly encoder: Encoder;
  /** Its labels in the order of their ids. */
  readonly labels: readonly string[];
  readonly scheme: LabelScheme;
  readonly tokenizer: Tokenizer;
  readonly tagger: Tagger;
  /** Tokens that model and tokenizer take at once, special ones included. */
  readonly maxLength: number;
  readonly reading: Reading;
  /** The transitions of its conditional random field, where it has one. */
  readonly crf: Transitions | undefined;
  /** Gives all memory back. Call it when no run is under way. */
  dispose(): Promise<void>;
}

/**
 * The folder that a name stands for: the one of this name where there is one, else that of the hub's model.
 *
 * @throws NeriumError `HUB_…`
 */
export async function folderNamed(name: string, options: NamingOptions): Promise<string> {
  if (existsSync(name)) return name;
  const { modelFolder } = await import("../hub/index.js");
  return modelFolder(name, { onProgress: options.onDownload, signal: options.signal });
}

/**
 * Opens the folder of a fine-tuned model: config.json, tokenizer, weights.
 *
 * @throws NeriumError MODEL_…, TOKENIZE_…, RUNTIME_…, MODEL_HEAD_MISSING for a base model, INFER_OPTION_INVALID,
 *   INFER_LENGTH_BEYOND_MODEL
 */
export async function openModel(
  folder: string,
  options: ModelOptions & ReadingOptions = {},
): Promise<FineTuned> {
  const { threads = availableParallelism(), dtype = "fp32" } = options;
  if (!dtypes.includes(dtype)) throw optionInvalid("dtype", dtype, `one of ${dtypes.join(", ")}`);
  const config = await readConfig(folder);
  const encoder = encoderOf(config);
  const labels = modelLabels(config, folder);
  const crf = config.nerium?.crf
    ? transitionsOf(await readCrf(folder, labels.length), labels.length)
    : undefined;
  const [tokenizer, read] = await Promise.allSettled([
    loadTokenizer(folder, { embeddings: encoder.vocabularySize }),
    InferenceWeights.load(folder, config, labels.length, dtype),
  ]);
  return Owned.making(async (owned) => {
    if (read.status === "rejected") throw read.reason;
    const weights = owned.own(read.value);
    if (tokenizer.status === "rejected") throw tokenizer.reason;
    const maxLength = Math.min(encoder.maxLength, tokenizer.value.modelMaxLength);
    const reading = modelReading(config, maxLength, options);
    const tagger = owned.own(await Tagger.open(weights, { threads }));
    return {
      folder,
      config,
      encoder,
      labels,
      scheme: labelScheme(labels),
      tokenizer: tokenizer.value,
      tagger,
      maxLength,
      reading,
      crf,
      dispose: () => owned.release(),
    };
  });
}

/** A model's labels in the order of their ids: Hugging Face's `LABEL_0` … where its config names none. */
export function modelLabels(config: ModelConfig, folder: string): readonly string[] {
  const named = configLabels(config, folder);
  if (named !== undefined) return named;
  const count = config.id2label === undefined ? 2 : Object.keys(config.id2label).length;
  return Array.from({ length: count }, (_, id) => `LABEL_${id}`);
}
