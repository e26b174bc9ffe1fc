import { encoderOf, type ModelConfig } from "../models/index.js";
import type { Context, WindowOptions } from "../tasks/tokenClassification/index.js";
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
}

/** How a model reads sentences. */
export interface Reading {
  /** What a word sees if documents are known. */
  readonly context: Context;
  /** Returns how windows are cut for a context. */
  windowing(context: Context): Pick<WindowOptions, "context" | "maxLength" | "separator">;
}

const CONTEXTS: readonly Context[] = ["none", "document"];

/**
 * @param most maximum number of tokens that both model and tokenizer accept
 * @throws NeriumError INFER_OPTION_INVALID, INFER_LENGTH_BEYOND_MODEL
 */
export function modelReading(
  config: ModelConfig,
  most: number,
  { context = config.nerium?.context ?? "none", maxLength }: ReadingOptions,
): Reading {
  if (!CONTEXTS.includes(context)) throw optionInvalid("context", context, `one of ${CONTEXTS.join(", ")}`);
  const longest = encoderOf(config).maxLength;
  if (maxLength !== undefined && maxLength > longest) throw lengthBeyondModel(maxLength, longest);
  const ofDocuments = Math.min(config.nerium?.context_eval_tokens ?? most, most);
  return {
    context,
    windowing: (context) => ({
      context,
      maxLength: maxLength ?? (context === "document" ? ofDocuments : most),
      separator: config.nerium?.context_separator ?? true,
    }),
  };
}
