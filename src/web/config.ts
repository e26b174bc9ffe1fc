import type { ReadingConfig } from "../infer/reading.js";
import { configInvalid } from "./errors.js";

/** What config.json of a model says, as far as it matters for tags. */
export interface WebConfig extends ReadingConfig {
  readonly labels: readonly string[];
  readonly hasCrf: boolean;
}

/** Reads config.json, as transformers.js has it. @throws NeriumError WEB_CONFIG_INVALID */
export function webConfig(given: unknown): WebConfig {
  const config = (typeof given === "object" && given !== null ? given : {}) as Record<string, unknown>;
  const { id2label } = config;
  if (typeof id2label !== "object" || id2label === null) throw configInvalid("id2label");
  const byId = id2label as Record<string, unknown>;
  const labels = Array.from({ length: Object.keys(byId).length }, (_, id) => {
    const label = byId[id];
    if (typeof label !== "string") throw configInvalid(`id2label, which has no text for ${id}`);
    return label;
  });
  const nerium = config.nerium as ReadingConfig["nerium"];
  return { labels, hasCrf: nerium?.crf === true, ...(nerium !== undefined && { nerium }) };
}
