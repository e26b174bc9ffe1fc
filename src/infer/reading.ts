import { encoderOf, type ModelConfig } from "../models/index.js";
import type { Context, WindowOptions } from "../tasks/tokenClassification/index.js";
import { lengthBeyondModel, optionInvalid } from "./errors.js";

/** How a model shall read sentences, where not as it was trained. */
export interface ReadingOptions {
  /** What a word sees: its sentence, or its document too. Default: what the model was trained with, by its config.json. */
  readonly context?: Context | undefined;
  /**
   * Tokens of a window, special ones included. Default: as many as model and tokenizer take; of documents as many as
   * config.json says.
   */
  readonly maxLength?: number | undefined;
}

/** How a model reads sentences. */
export interface Reading {
  /** What a word sees where documents are known. */
  readonly context: Context;
  /** How windows are cut for a context. */
  windowing(context: Context): Pick<WindowOptions, "context" | "maxLength" | "separator">;
}

const CONTEXTS: readonly Context[] = ["none", "document"];

/**
 * @param most tokens that model and tokenizer take
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
