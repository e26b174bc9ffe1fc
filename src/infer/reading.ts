import { encoderOf, type ModelConfig } from "../models/index.js";
import type { Context, WindowOptions } from "../tasks/tokenClassification/index.js";
import { USUAL_RULES, type WordRules } from "../text/index.js";
import { lengthBeyondModel, optionInvalid } from "./errors.js";

/** How a model should read sentences, if not as it was trained. */
export interface ReadingOptions {
  /**
   * What a word sees: its sentence only, or its document too. Defaults to what the model was trained with,
   * according to config.json.
   */
  readonly context?: Context | undefined;
  /**
   * Length of a window in tokens, including special tokens. Defaults to the maximum of model and tokenizer;
   * for documents, to the length in config.json.
   */
  readonly maxLength?: number | undefined;
  /**
   * Words of scripts without spaces: those of ICU's dictionaries, or single characters. Defaults to those of
   * the training data, according to config.json, otherwise to `words`.
   */
  readonly unspacedWords?: WordRules["unspaced"] | undefined;
  /**
   * Whether a hyphen belongs to the word around it, or is a word of its own. Defaults to the rule of the training
   * data, according to config.json, otherwise to `join`.
   */
  readonly hyphens?: WordRules["hyphens"] | undefined;
}

/** How a model reads sentences. */
export interface Reading {
  /** What a word sees if documents are known. */
  readonly context: Context;
  /** How it splits texts into words. */
  readonly words: WordRules;
  /** Returns how windows are cut for a context. */
  windowing(context: Context): Pick<WindowOptions, "context" | "maxLength" | "separator">;
}

const CONTEXTS: readonly Context[] = ["none", "document"];

/** What config.json of a model says about reading. */
export type ReadingConfig = Pick<ModelConfig, "nerium">;

/**
 * @param most maximum number of tokens that both model and tokenizer accept
 * @throws NeriumError INFER_OPTION_INVALID, INFER_LENGTH_BEYOND_MODEL
 */
export function modelReading(config: ModelConfig, most: number, options: ReadingOptions): Reading {
  const { maxLength } = options;
  const longest = encoderOf(config).maxLength;
  if (maxLength !== undefined && maxLength > longest) throw lengthBeyondModel(maxLength, longest);
  return readingOf(config, most, options);
}

/** As {@link modelReading}, with a length that is known to fit. */
export function readingOf(
  config: ReadingConfig,
  most: number,
  { context = config.nerium?.context ?? "none", maxLength, ...options }: ReadingOptions = {},
): Reading {
  if (!CONTEXTS.includes(context)) throw optionInvalid("context", context, `one of ${CONTEXTS.join(", ")}`);
  const words = wordRules(config, options);
  const ofDocuments = Math.min(config.nerium?.context_eval_tokens ?? most, most);
  return {
    context,
    words,
    windowing: (context) => ({
      context,
      maxLength: maxLength ?? (context === "document" ? ofDocuments : most),
      separator: config.nerium?.context_separator ?? true,
    }),
  };
}

/**
 * Returns how a model splits texts into words: as asked, as in its training, or as usual.
 *
 * @throws NeriumError INFER_OPTION_INVALID
 */
export function wordRules(
  { nerium }: ReadingConfig,
  { unspacedWords, hyphens }: Pick<ReadingOptions, "unspacedWords" | "hyphens"> = {},
): WordRules {
  if (unspacedWords !== undefined && !UNSPACED.includes(unspacedWords))
    throw optionInvalid("unspacedWords", unspacedWords, `one of ${UNSPACED.join(", ")}`);
  if (hyphens !== undefined && !HYPHENS.includes(hyphens))
    throw optionInvalid("hyphens", hyphens, `one of ${HYPHENS.join(", ")}`);
  return {
    unspaced: unspacedWords ?? nerium?.unspaced_words ?? USUAL_RULES.unspaced,
    hyphens: hyphens ?? nerium?.hyphens ?? USUAL_RULES.hyphens,
  };
}

const UNSPACED: readonly WordRules["unspaced"][] = ["words", "characters"];
const HYPHENS: readonly WordRules["hyphens"][] = ["join", "split"];
