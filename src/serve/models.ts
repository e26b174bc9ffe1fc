import {
  type Analysis,
  type BatchReport,
  type InputText,
  inputText,
  type LoadOptions,
  load,
  type Ner,
  type NerInput,
  type NerOptions,
  partsOf,
  type ResolvedOptions,
  requestedTypes,
  resolvedOptions,
} from "../infer/index.js";
import { architecture } from "../models/index.js";
import { modelNameInvalid, modelsInvalid } from "./errors.js";

/** What the server tells about a model. */
export interface ModelFacts {
  readonly name: string;
  /** Whether it has been loaded. The other facts of a model that has not are `null`. */
  readonly ready: boolean;
  /** The types of its entities. */
  readonly types: string[] | null;
  /** Its class in transformers, such as `BertForTokenClassification`. */
  readonly family: string | null;
  /** Maximum tokens of a window, including special tokens. Longer texts are read in several. */
  readonly maxTokens: number | null;
  readonly dtype: string | null;
  readonly engine: string | null;
  /** Memory that the process took up for the model and its first batch; `null` for a model that was loaded before. */
  readonly memoryBytes: number | null;
}

/** A loaded model, as the server uses it. */
export interface ServedModel {
  readonly facts: ModelFacts;
  /** Labels of the model, in the order of their ids. */
  readonly labels: readonly string[];
  /** @throws NeriumError TEXT_TOO_LONG, INFER_INPUT_INVALID */
  read(input: NerInput): InputText;
  /** @throws NeriumError INFER_OPTION_INVALID */
  resolve(options: NerOptions): ResolvedOptions;
  run(inputs: readonly InputText[], options: ResolvedOptions): Promise<Analysis[]>;
  /** Sequences that wait for a batch, and their tokens. */
  readonly waiting: { readonly sequences: number; readonly tokens: number };
  /** Calls `listener` after each batch. Returns a function that stops this. */
  onBatch(listener: (report: BatchReport) => void): () => void;
  /** Frees the model if the server loaded it. */
  dispose(): Promise<void>;
}

/** A model to serve: its folder, a name on the Hugging Face hub, or what `load` returned. */
export type ModelSource = string | Ner;

/**
 * Checks the models to serve.
 *
 * @throws NeriumError SERVE_MODELS_INVALID, SERVE_MODEL_NAME_INVALID
 */
export function checkedModels(models: unknown): ReadonlyMap<string, ModelSource> {
  if (typeof models !== "object" || models === null || Array.isArray(models))
    throw modelsInvalid("models must be an object");
  const entries = Object.entries(models as Record<string, ModelSource>);
  if (entries.length === 0) throw modelsInvalid("There are no models to serve");
  for (const [name, source] of entries) {
    if (!/^[\w.-]{1,100}$/.test(name)) throw modelNameInvalid(name, "has characters that are not allowed");
    if (
      typeof source === "string"
        ? source === ""
        : typeof source !== "function" || partsOf(source) === undefined
    )
      throw modelsInvalid(`The model ${name} is neither a folder nor what load() returned`);
  }
  return new Map(entries);
}

/**
 * Loads a model.
 *
 * @throws NeriumError as `load`
 */
export async function servedModel(
  name: string,
  source: ModelSource,
  options: LoadOptions,
): Promise<ServedModel> {
  if (typeof source !== "string") return served(name, source, async () => {});
  const ner = await load(source, options);
  return served(name, ner, () => ner.dispose());
}

function served(name: string, ner: Ner, dispose: () => Promise<void>): ServedModel {
  const { model, run } = partsOf(ner)!;
  const { labels, tagger, maxLength, dtype, engine, config, reading } = model;
  return {
    facts: {
      name,
      ready: true,
      types: [...requestedTypes(labels)],
      family: architecture(config),
      maxTokens: maxLength,
      dtype,
      engine,
      memoryBytes: null,
    },
    labels,
    read: (input) => inputText(input, reading.words),
    resolve: (options) => resolvedOptions(labels, options, maxLength),
    run,
    get waiting() {
      return tagger.waiting;
    },
    onBatch: (listener) => tagger.onBatch(listener),
    dispose,
  };
}

/** The facts of a model that is being loaded. */
export const unloaded = (name: string): ModelFacts => ({
  name,
  ready: false,
  types: null,
  family: null,
  maxTokens: null,
  dtype: null,
  engine: null,
  memoryBytes: null,
});
