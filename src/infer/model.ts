import { existsSync } from "node:fs";
import { readCrf, type Transitions, transitionsOf } from "../crf/index.js";
import type { NeriumWarning } from "../errors.js";
import type { DownloadProgress } from "../hub/index.js";
import {
  type Dtype,
  dtypes,
  type Encoder,
  encoderOf,
  InferenceWeights,
  type ModelConfig,
  modelLabels,
  readConfig,
} from "../models/index.js";
import { THREADS } from "../optionKinds.js";
import type { OptionKinds } from "../options.js";
import { Owned } from "../owned.js";
import {
  chosenEngine,
  type DeviceName,
  deviceNames,
  type Engine,
  type EngineName,
  engineNames,
  usableThreads,
} from "../runtime/index.js";
import { type LabelScheme, labelScheme } from "../text/labelScheme.js";
import { loadTokenizer, type Tokenizer } from "../tokenize/index.js";
import { optionInvalid } from "./errors.js";
import { modelReading, type Reading, type ReadingOptions } from "./reading.js";
import { Tagger } from "./tagger.js";

/** Options for downloading a model that is named as on the hub. */
export interface NamingOptions {
  /** Called while files are downloaded. */
  readonly onDownload?: ((progress: DownloadProgress) => void) | undefined;
  /** Stops the work: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface ModelOptions {
  /** Number of threads to compute with. Defaults to as many as the process can use at once. */
  readonly threads?: number | undefined;
  /**
   * Number format of the computation. `fp32` (default). `bf16`: products of matrices in bfloat16, with the device `cuda`, or
   * with OpenVINO on CPUs with AVX512_BF16 or AMX. `q8`: 8-bit weights and inputs in blocks, nearly
   * exact. `int8`: 8-bit weights, and 8-bit inputs with one scale for all; the fastest, but a score changes
   * slightly with the other texts in its batch.
   */
  readonly dtype?: Dtype | undefined;
  /** What computes: `onnxruntime`, `openvino`, or `auto` (default), which is ONNX Runtime, or OpenVINO for `bf16`. */
  readonly engine?: EngineName | undefined;
  /**
   * Where it computes: `cpu` (default); `auto`, a discrete GPU where there is one that can be used, otherwise the CPU, with a
   * warning that says which; `webgpu`, a GPU that ONNX Runtime reaches through WebGPU, in `fp32`; or `cuda`, a GPU of
   * NVIDIA (`cuda:1` is the second one), for which onnxruntime-gpu must be installed.
   */
  readonly device?: DeviceName | undefined;
  /**
   * Most tokens of a batch, with padding. Defaults to 1,024: enough for full speed, few enough to keep memory use steady. A
   * longer window is a batch of its own.
   */
  readonly batchTokens?: number | undefined;
  /**
   * Called with warnings about the files of the model, such as labels without names. Defaults to warnings of the process
   * (`process.emitWarning`).
   */
  readonly onWarning?: ((warning: NeriumWarning) => void) | undefined;
}

/** The options for opening a model by name, with what their values must be. */
export const MODEL_OPTIONS: OptionKinds<ModelOptions & NamingOptions & ReadingOptions> = {
  threads: THREADS,
  dtype: "a text",
  engine: engineNames,
  device: deviceNames,
  batchTokens: "a whole number of 1 or more",
  onWarning: "a function",
  onDownload: "a function",
  signal: "an AbortSignal",
  context: "a text",
  maxLength: "a whole number of 3 or more",
  unspacedWords: "a text",
  hyphens: "a text",
};

/** Reports a warning as one of the process. */
export const emitted = ({ code, message }: NeriumWarning): void =>
  process.emitWarning(message, { type: "NeriumWarning", code });

/** A fine-tuned model, ready for use. */
export interface FineTuned {
  readonly folder: string;
  readonly config: ModelConfig;
  readonly encoder: Encoder;
  /** Its labels in the order of their ids. */
  readonly labels: readonly string[];
  readonly scheme: LabelScheme;
  readonly tokenizer: Tokenizer;
  readonly tagger: Tagger;
  /** Maximum number of tokens that both model and tokenizer accept, including special tokens. */
  readonly maxLength: number;
  readonly reading: Reading;
  /** Transitions of its conditional random field, if it has one. */
  readonly crf: Transitions | undefined;
  readonly dtype: Dtype;
  /** Name of the engine that computes. */
  readonly engine: string;
  /** Frees all memory. Call it when no run is in progress. */
  dispose(): Promise<void>;
}

/**
 * Returns the folder that a name stands for: the folder of this name if there is one, otherwise that of the
 * hub's model.
 *
 * @throws NeriumError `HUB_…`
 */
export async function folderNamed(name: string, options: NamingOptions): Promise<string> {
  if (existsSync(name)) return name;
  const { modelFolder } = await import("../hub/index.js");
  return modelFolder(name, { onProgress: options.onDownload, signal: options.signal });
}

/**
 * Returns the engine that the options ask for, after checking that it can compute here. Call it before files are read or
 * downloaded.
 *
 * @throws NeriumError INFER_OPTION_INVALID, RUNTIME_BF16_…, RUNTIME_OPENVINO_…, RUNTIME_DEVICE_UNSUPPORTED,
 *   RUNTIME_WEBGPU_UNAVAILABLE, RUNTIME_CUDA_…
 */
export async function inferenceEngine({
  dtype = "fp32",
  engine = "auto",
  device = "cpu",
}: Pick<ModelOptions, "dtype" | "engine" | "device">): Promise<Engine> {
  if (!dtypes.includes(dtype)) throw optionInvalid("dtype", dtype, `one of ${dtypes.join(", ")}`);
  const isFloat = dtype === "fp32" || dtype === "bf16";
  if (engine === "openvino" && !isFloat)
    throw optionInvalid("engine", engine, `auto or onnxruntime with dtype ${dtype}`);
  return chosenEngine({
    engine,
    device,
    ...(dtype === "q8" || dtype === "int8" ? { weights: dtype } : { bf16: dtype === "bf16" }),
  });
}

/**
 * Opens the folder of a fine-tuned model: config.json, tokenizer and weights.
 *
 * @throws NeriumError MODEL_…, TOKENIZE_…, RUNTIME_…, MODEL_HEAD_MISSING for a base model,
 *   INFER_OPTION_INVALID, INFER_LENGTH_BEYOND_MODEL
 */
export async function openModel(
  folder: string,
  options: ModelOptions & ReadingOptions = {},
): Promise<FineTuned> {
  const { threads = usableThreads(), dtype = "fp32", onWarning = emitted } = options;
  const engine = await inferenceEngine(options);
  if (options.device === "auto")
    onWarning({ code: "DEVICE", message: `The model computes on ${engine.description}.` });
  const config = await readConfig(folder);
  const encoder = encoderOf(config);
  const labels = await modelLabels(folder, config, onWarning);
  const crf = config.nerium?.crf
    ? transitionsOf(await readCrf(folder, labels.length), labels.length)
    : undefined;
  const [tokenizer, read] = await Promise.allSettled([
    loadTokenizer(folder, { embeddings: encoder.vocabularySize }),
    InferenceWeights.load(folder, config, labels.length, dtype, engine),
  ]);
  return Owned.making(async (owned) => {
    if (read.status === "rejected") throw read.reason;
    const weights = owned.own(read.value);
    if (tokenizer.status === "rejected") throw tokenizer.reason;
    for (const warning of tokenizer.value.warnings) onWarning(warning);
    const maxLength = Math.min(encoder.maxLength, tokenizer.value.modelMaxLength);
    const reading = modelReading(config, maxLength, options);
    const tagger = owned.own(await Tagger.open(weights, { threads, batchTokens: options.batchTokens }));
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
      dtype,
      engine: engine.name,
      dispose: () => owned.release(),
    };
  });
}
