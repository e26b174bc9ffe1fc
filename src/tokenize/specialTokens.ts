import { componentsOf } from "./components.js";
import { type AddedToken, type TokenizerDocument, tokenId } from "./document.js";
import { specialTokenMissing, tokenizerInvalid, tokenizerUnsupported } from "./errors.js";
import { isObject, type JsonObject } from "./files.js";

/** Ids of the special tokens that every encoder of the supported families has. */
export interface SpecialIds {
  /** Begins a sequence: `[CLS]`, `<s>`. */
  readonly cls: number;
  /** Ends a sequence: `[SEP]`, `</s>`. */
  readonly sep: number;
  readonly pad: number;
  readonly unk: number;
}

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
 * Finds the special tokens. `cls` and `sep` come from the post-processor, `unk` from the model. What is
 * missing there comes from tokenizer_config.json, or else is the usual token of the supported families.
 * Without an unknown token, `unk` is `sep`; without a padding token, `pad` is `unk`.
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
  const cls = around?.cls ?? named("cls");
  const sep = around?.sep ?? named("sep");
  if (cls === undefined) throw specialTokenMissing(file, "the token at the start of a sequence");
  if (sep === undefined) throw specialTokenMissing(file, "the token at the end of a sequence");
  const unk = unknownId(document) ?? named("unk") ?? sep;
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

/** Reads the template `[CLS] $A [SEP]`: one token before the sequence and one after it. */
function templateIds({ single, special_tokens: tokens }: JsonObject, file: string) {
  const places: unknown[] = Array.isArray(single) ? single : [];
  const id = (place: unknown): number | undefined => {
    const name = isObject(place) && isObject(place.SpecialToken) ? place.SpecialToken.id : undefined;
    const token = isObject(tokens) && typeof name === "string" ? tokens[name] : undefined;
    const ids: unknown = isObject(token) ? token.ids : undefined;
    return Array.isArray(ids) && ids.length === 1 && Number.isInteger(ids[0]) && ids[0] >= 0
      ? (ids[0] as number)
      : undefined;
  };
  const [cls, sep] = [id(places[0]), id(places[2])];
  if (places.length !== 3 || cls === undefined || sep === undefined)
    throw tokenizerUnsupported(
      file,
      "a post-processor that does not add one token before and one after a sequence",
    );
  return { cls, sep };
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
