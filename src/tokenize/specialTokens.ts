import { componentsOf } from "./components.js";
import { type AddedToken, type TokenizerDocument, tokenId } from "./document.js";
import { specialTokenMissing, tokenizerInvalid, tokenizerUnsupported } from "./errors.js";
import { isObject, type JsonObject } from "./files.js";

/** Ids of the special tokens. */
export interface SpecialIds {
  /** Begins a sequence: `[CLS]`, `<s>`. Undefined if the tokenizer adds nothing there. */
  readonly cls: number | undefined;
  /** Ends a sequence: `[SEP]`, `</s>`. Undefined if the tokenizer adds nothing there. */
  readonly sep: number | undefined;
  readonly pad: number;
  readonly unk: number;
}

/** Number of special tokens around a sequence. */
export const specialCount = ({ cls, sep }: Pick<SpecialIds, "cls" | "sep">): number =>
  (cls === undefined ? 0 : 1) + (sep === undefined ? 0 : 1);

/**
 * For each role, the keys of tokenizer_config.json, from the most to the least preferred, and the usual
 * tokens.
 */
const ROLES = {
  cls: { keys: ["cls_token", "bos_token"], usual: ["[CLS]", "<s>"] },
  sep: { keys: ["sep_token", "eos_token"], usual: ["[SEP]", "</s>"] },
  pad: { keys: ["pad_token"], usual: ["[PAD]", "<pad>"] },
  unk: { keys: ["unk_token"], usual: ["[UNK]", "<unk>"] },
} as const;

/**
 * Finds the special tokens. `cls` and `sep` come from the post-processor, `unk` from the model. If there is no post-processor or no
 * unknown token, they come from tokenizer_config.json, or else are the usual tokens of the supported families.
 * Without an unknown token, `unk` is `sep` or `cls`; without a padding token, `pad` is `unk`.
 *
 * @throws NeriumError TOKENIZE_SPECIAL_TOKEN_MISSING, TOKENIZE_FILE_INVALID, TOKENIZE_UNSUPPORTED
 */
export function specialIds(document: TokenizerDocument, config: JsonObject, file: string): SpecialIds {
  const around = processorIds(document.json.post_processor, file);
  const named = (role: keyof typeof ROLES): number | undefined => {
    for (const token of [...ROLES[role].keys.map((key) => contentOf(config[key])), ...ROLES[role].usual]) {
      const id = token === undefined ? undefined : tokenId(document, token);
      if (id !== undefined) return id;
    }
    return undefined;
  };
  const { cls, sep } = around ?? { cls: named("cls"), sep: named("sep") };
  if (around === undefined && cls === undefined)
    throw specialTokenMissing(file, "the token at the start of a sequence");
  if (around === undefined && sep === undefined)
    throw specialTokenMissing(file, "the token at the end of a sequence");
  const unk = unknownId(document) ?? named("unk") ?? sep ?? cls;
  if (unk === undefined) throw specialTokenMissing(file, "the token for unknown words");
  return { cls, sep, unk, pad: named("pad") ?? unk };
}

/**
 * Returns the content of a token, which tokenizer_config.json writes as a string or as an object with a
 * content.
 */
export function contentOf(token: unknown): string | undefined {
  if (typeof token === "string") return token;
  return isObject(token) && typeof token.content === "string" ? token.content : undefined;
}

function unknownId(document: TokenizerDocument): number | undefined {
  const { unk_id: id, unk_token: token } = document.model;
  if (typeof id === "number") return id;
  return typeof token === "string" ? tokenId(document, token) : undefined;
}

function processorIds(processor: unknown, file: string): Pick<SpecialIds, "cls" | "sep"> | undefined {
  for (const part of componentsOf(processor)) {
    if (part.type === "BertProcessing" || part.type === "RobertaProcessing")
      return { cls: pairId(part.cls, file), sep: pairId(part.sep, file) };
    if (part.type === "TemplateProcessing") return templateIds(part, file);
  }
  return undefined;
}

function pairId(pair: unknown, file: string): number {
  const id = Array.isArray(pair) ? (pair[1] as unknown) : undefined;
  if (typeof id !== "number" || !Number.isInteger(id) || id < 0)
    throw tokenizerInvalid(file, "the post-processor has no special tokens");
  return id;
}

/** Reads the template `[CLS] $A [SEP]`, in which one of both may be missing. */
function templateIds({ single, special_tokens: tokens }: JsonObject, file: string) {
  const places: readonly unknown[] = Array.isArray(single) ? single : [];
  const sequence = places.findIndex((place) => isObject(place) && place.Sequence !== undefined);
  const after = places.length - 1 - sequence;
  if (sequence < 0 || sequence > 1 || after > 1 || places.length === 1)
    throw tokenizerUnsupported(
      file,
      "a post-processor that does not add one token before a sequence, after it, or both",
    );
  const id = (place: unknown): number => {
    const name = isObject(place) && isObject(place.SpecialToken) ? place.SpecialToken.id : undefined;
    const token = isObject(tokens) && typeof name === "string" ? tokens[name] : undefined;
    const ids: unknown = isObject(token) ? token.ids : undefined;
    if (Array.isArray(ids) && ids.length === 1 && Number.isInteger(ids[0]) && ids[0] >= 0)
      return ids[0] as number;
    throw tokenizerUnsupported(file, "a post-processor whose special tokens do not have one id each");
  };
  return {
    cls: sequence === 1 ? id(places[0]) : undefined,
    sep: after === 1 ? id(places[sequence + 1]) : undefined,
  };
}

/** Content of each special token that tokenizer_config.json and special_tokens_map.json name. */
export type SpecialTokenNames = Readonly<Record<string, string>>;

export const SPECIAL_TOKEN_KEYS = [
  "bos_token",
  "eos_token",
  "unk_token",
  "sep_token",
  "pad_token",
  "cls_token",
  "mask_token",
] as const;

/** Returns an added token in the form that tokenizer.json uses. */
export function addedToken({ id, content }: AddedToken) {
  return {
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  };
}
