import type { ReadingConfig } from "../infer/reading.js";
import { configInvalid } from "./errors.js";

/** What config.json of a model says, as far as it matters for tags. */
export interface WebConfig extends ReadingConfig {
  readonly labels: readonly string[];
  readonly vocabularySize: number;
  /** Longest sequence in tokens, including special tokens. */
  readonly maxLength: number;
  readonly hasCrf: boolean;
}

/** Families whose positions begin after the id of the padding token. */
const AFTER_PADDING = new Set(["roberta", "xlm-roberta", "camembert"]);

/** Reads config.json, as transformers.js has it. @throws NeriumError WEB_CONFIG_INVALID */
export function webConfig(given: unknown): WebConfig {
  const config = (typeof given === "object" && given !== null ? given : {}) as Record<string, unknown>;
  const { id2label, vocab_size, max_position_embeddings, model_type, pad_token_id } = config;
  if (typeof id2label !== "object" || id2label === null) throw configInvalid("id2label");
  if (typeof vocab_size !== "number") throw configInvalid("vocab_size");
  if (typeof max_position_embeddings !== "number") throw configInvalid("max_position_embeddings");
  const byId = id2label as Record<string, unknown>;
  const labels = Array.from({ length: Object.keys(byId).length }, (_, id) => {
    const label = byId[id];
    if (typeof label !== "string") throw configInvalid(`id2label, which has no text for ${id}`);
    return label;
  });
  const nerium = config.nerium as ReadingConfig["nerium"];
  const firstPosition = AFTER_PADDING.has(String(model_type)) ? Number(pad_token_id ?? 1) + 1 : 0;
  return {
    labels,
    vocabularySize: vocab_size,
    maxLength: max_position_embeddings - firstPosition,
    hasCrf: nerium?.crf === true,
    ...(nerium !== undefined && { nerium }),
  };
}
