import { componentsOf } from "./components.js";
import { isObject, type JsonObject } from "./files.js";

/**
 * Classes of transformers that use tokenizer.json unchanged. All others build the rules from
 * tokenizer_config.json. Every version knows the first one.
 */
export const GENERIC_CLASS = "PreTrainedTokenizerFast";
export const GENERIC_CLASSES: ReadonlySet<unknown> = new Set(["TokenizersBackend", GENERIC_CLASS]);

/** Fields of BertNormalizer, their names in tokenizer_config.json, and what they are where it has none. */
export const BERT_RULES = [
  ["lowercase", "do_lower_case", true],
  ["handle_chinese_chars", "tokenize_chinese_chars", true],
  ["strip_accents", "strip_accents", null],
] as const;

/**
 * Returns the tokenizer.json that is used for words and that is saved.
 *
 * Every word begins with a space, as inside of a text: byte-level tokens through `add_prefix_space`, which
 * transformers requires for sequences that are split into words, and others through a normalizer that puts a space
 * before. The rules of a BERT tokenizer are those of tokenizer_config.json or the usual ones, whatever tokenizer.json
 * says, as in transformers.
 */
export function forWordInput(json: JsonObject, config: JsonObject): JsonObject {
  return {
    ...json,
    normalizer: withSpaceBefore(
      GENERIC_CLASSES.has(config.tokenizer_class)
        ? (json.normalizer ?? null)
        : withBertRules(json.normalizer ?? null, config),
      json.pre_tokenizer,
    ),
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
export const isByteLevel = (json: JsonObject): boolean => partsOf(json.pre_tokenizer).some(isByteLevelPart);

/** Returns true if RoBERTa's class, which knows only a vocabulary and merges, tokenizes in the same way. */
export const isRobertas = ({ normalizer, pre_tokenizer: pre, post_processor: post }: JsonObject): boolean =>
  normalizer === null && isByteLevelPart(pre) && isObject(post) && post.type === "RobertaProcessing";

/** Returns true if a normalizer puts a space before every word. */
export const prependsSpace = ({ normalizer }: JsonObject): boolean =>
  partsOf(normalizer).some(({ type, prepend }) => type === "Prepend" && prepend === " ");

/** The components of a sequence, or the component itself. */
const partsOf = (component: unknown): readonly JsonObject[] =>
  [...componentsOf(component)].filter(({ type }) => type !== "Sequence");

const isByteLevelPart = (part: unknown): boolean => isObject(part) && part.type === "ByteLevel";

/**
 * Puts a space before a text, unless a part of the tokenizer does so. A ByteLevel at the beginning does. After a part
 * that splits words it must not: every piece of a word would get a space (EuroBERT). The others that need the space
 * write every space as `▁` (Gemma, mmBERT).
 */
function withSpaceBefore(normalizer: unknown, preTokenizer: unknown): unknown {
  const normalizers = partsOf(normalizer);
  const preTokenizers = partsOf(preTokenizer);
  const place = preTokenizers.findIndex(isByteLevelPart);
  const splitsBefore = place > 0 && preTokenizers[place]!.add_prefix_space !== true;
  const writesSpaces =
    normalizers.some(
      ({ type, pattern, content }) =>
        type === "Replace" && isObject(pattern) && pattern.String === " " && content === "▁",
    ) && !preTokenizers.some(({ type }) => type === "Metaspace");
  if (!(splitsBefore || writesSpaces) || normalizers.some(({ type }) => type === "Prepend"))
    return normalizer;
  return { type: "Sequence", normalizers: [{ type: "Prepend", prepend: " " }, ...normalizers] };
}

function withBertRules(normalizer: unknown, config: JsonObject): unknown {
  if (!isObject(normalizer) || normalizer.type !== "BertNormalizer") return normalizer;
  const rules = BERT_RULES.map(([field, key, usual]) => [
    field,
    typeof config[key] === "boolean" ? config[key] : usual,
  ]);
  return { ...normalizer, clean_text: true, ...Object.fromEntries(rules) };
}

const PREFIXING = new Set<unknown>(["ByteLevel", "RobertaProcessing"]);

/** Of a sequence of pre-tokenizers, only the first can begin a text. */
function withPrefixSpace(component: unknown, prefixed: boolean): unknown {
  if (!isObject(component)) return component;
  if (PREFIXING.has(component.type)) return { ...component, add_prefix_space: prefixed };
  const { pretokenizers, processors } = component;
  const changed = (part: unknown) => withPrefixSpace(part, prefixed);
  if (Array.isArray(pretokenizers))
    return {
      ...component,
      pretokenizers: [...pretokenizers.slice(0, 1).map(changed), ...pretokenizers.slice(1)],
    };
  return Array.isArray(processors) ? { ...component, processors: processors.map(changed) } : component;
}
