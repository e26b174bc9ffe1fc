import { isObject, type JsonObject } from "./files.js";

/**
 * Classes of transformers that use tokenizer.json unchanged. All others build the rules from
 * tokenizer_config.json. Every version knows the first one.
 */
export const GENERIC_CLASS = "PreTrainedTokenizerFast";
export const GENERIC_CLASSES: ReadonlySet<unknown> = new Set(["TokenizersBackend", GENERIC_CLASS]);

/** Fields of BertNormalizer and their names in tokenizer_config.json. */
export const BERT_RULES = [
  ["lowercase", "do_lower_case"],
  ["handle_chinese_chars", "tokenize_chinese_chars"],
  ["strip_accents", "strip_accents"],
] as const;

/**
 * Returns the tokenizer.json that is used for words and that is saved.
 *
 * Byte-level tokens at the beginning of a word start with a space (`add_prefix_space`), as transformers
 * requires for sequences that are split into words. If tokenizer_config.json gives the rules of a BERT
 * tokenizer, they take precedence over those in tokenizer.json, as in transformers.
 */
export function forWordInput(json: JsonObject, config: JsonObject): JsonObject {
  return {
    ...json,
    normalizer: GENERIC_CLASSES.has(config.tokenizer_class)
      ? (json.normalizer ?? null)
      : withBertRules(json.normalizer ?? null, config),
    pre_tokenizer: withPrefixSpace(json.pre_tokenizer ?? null, true),
    post_processor: withPrefixSpace(json.post_processor ?? null, true),
  };
}

/**
 * Returns the tokenizer.json as transformers uses it for a text that is not split into words.
 * tokenizer_config.json decides if the first token begins with a space (`add_prefix_space`, by default
 * false). Generic classes use tokenizer.json unchanged.
 */
export function forTextInput(json: JsonObject, config: JsonObject): JsonObject {
  if (GENERIC_CLASSES.has(config.tokenizer_class)) return json;
  const prefixed = config.add_prefix_space === true;
  return {
    ...json,
    normalizer: withBertRules(json.normalizer ?? null, config),
    pre_tokenizer: withPrefixSpace(json.pre_tokenizer ?? null, prefixed),
    post_processor: withPrefixSpace(json.post_processor ?? null, prefixed),
  };
}

/** Returns true if words are tokenized as bytes. */
export function isByteLevel(json: JsonObject): boolean {
  const { pre_tokenizer: first } = json;
  const parts: unknown[] =
    isObject(first) && Array.isArray(first.pretokenizers) ? first.pretokenizers : [first];
  return parts.some((part) => isObject(part) && part.type === "ByteLevel");
}

function withBertRules(normalizer: unknown, config: JsonObject): unknown {
  if (!isObject(normalizer) || normalizer.type !== "BertNormalizer") return normalizer;
  const stated = BERT_RULES.filter(([, key]) => typeof config[key] === "boolean");
  return { ...normalizer, ...Object.fromEntries(stated.map(([field, key]) => [field, config[key]])) };
}

const PREFIXING = new Set<unknown>(["ByteLevel", "RobertaProcessing"]);

function withPrefixSpace(component: unknown, prefixed: boolean): unknown {
  if (!isObject(component)) return component;
  if (PREFIXING.has(component.type)) return { ...component, add_prefix_space: prefixed };
  for (const key of ["pretokenizers", "processors"]) {
    const parts = component[key];
    if (Array.isArray(parts))
      return { ...component, [key]: parts.map((part) => withPrefixSpace(part, prefixed)) };
  }
  return component;
}
