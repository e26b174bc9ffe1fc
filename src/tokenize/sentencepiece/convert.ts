import { tokenizerInvalid } from "../errors.js";
import { isObject, type JsonObject } from "../files.js";
import { addedToken, contentOf } from "../specialTokens.js";
import { type Layout, layoutOf } from "./layouts.js";
import { type SentencePieceModel, sentencePieceModel } from "./model.js";

/** What is next to a SentencePiece model in its folder. */
export interface Companions {
  /** tokenizer_config.json. */
  readonly config: JsonObject;
  /** added_tokens.json: ids by tokens. */
  readonly added: JsonObject;
  /** Rows of the model's word embeddings, if known. */
  readonly embeddings: number | undefined;
}

/**
 * Builds the tokenizer.json of a SentencePiece model, as transformers converts it.
 *
 * @throws NeriumError TOKENIZE_FILE_INVALID, TOKENIZE_UNSUPPORTED, TOKENIZE_SENTENCEPIECE_ONLY
 */
export function sentencePieceJson(bytes: Uint8Array, companions: Companions, file: string): JsonObject {
  const model = sentencePieceModel(bytes, file);
  const layout = layoutOf(model, companions.config, { file, embeddings: companions.embeddings });
  const added = addedTokens(model, layout, companions, file);
  const metaspace = layout.preTokenizers.at(-1)!;
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: sequence("normalizers", layout.normalizers),
    pre_tokenizer: sequence("pretokenizers", layout.preTokenizers),
    post_processor: template(layout, new Map(added.map(({ content, id }) => [content, id]))),
    decoder: metaspace,
    model: {
      type: "Unigram",
      unk_id: layout.unknown,
      vocab: layout.vocab,
      byte_fallback: model.byteFallback,
    },
  };
}

function sequence(key: "normalizers" | "pretokenizers", parts: readonly JsonObject[]): JsonObject | null {
  if (parts.length === 0) return null;
  return parts.length === 1 ? parts[0]! : { type: "Sequence", [key]: parts };
}

function template({ cls, sep, pair }: Layout, ids: ReadonlyMap<string, number>): JsonObject {
  const special = (id: string, type: number) => ({ SpecialToken: { id, type_id: type } });
  const text = (id: string, type: number) => ({ Sequence: { id, type_id: type } });
  const { separators, secondType } = pair;
  const between = Array.from({ length: separators }, () => special(sep, 0));
  return {
    type: "TemplateProcessing",
    single: [special(cls, 0), text("A", 0), special(sep, 0)],
    pair: [special(cls, 0), text("A", 0), ...between, text("B", secondType), special(sep, secondType)],
    special_tokens: Object.fromEntries(
      [cls, sep].map((token) => [token, { id: token, ids: [ids.get(token)!], tokens: [token] }]),
    ),
  };
}

type Added = ReturnType<typeof addedToken>;

/**
 * Returns the tokens that are matched before all others: those that the files add, the special tokens, and the
 * pieces that SentencePiece itself treats so. What is not in the vocabulary gets the next ids, in this order.
 */
function addedTokens(
  { pieces }: SentencePieceModel,
  { vocab, specials, rules }: Layout,
  { config, added }: Companions,
  file: string,
): Added[] {
  const ids = new Map(vocab.map(([token], id) => [token, id]));
  const found = new Map<string, Added>();
  const add = (content: string, rules: Partial<Added> = {}) => {
    if (content === "" || found.has(content)) return;
    const id = ids.get(content) ?? ids.size;
    ids.set(content, id);
    found.set(content, { ...addedToken({ id, content }), ...rules });
  };
  for (const { id, content, ...stated } of statedTokens(config, added)) {
    add(content, stated);
    const given = found.get(content)?.id;
    if (given !== id)
      throw tokenizerInvalid(
        file,
        `the added token ${JSON.stringify(content.slice(0, 40))} must have the id ${given ?? "none"}, but has ${id}`,
      );
  }
  for (const token of [...specials, ...moreSpecials(config)]) add(token, rules[token]);
  for (const { text, role } of pieces) if (role !== "other") add(text, { special: role === "control" });
  return [...found.values()].sort((a, b) => a.id - b.id);
}

const RULES = ["single_word", "lstrip", "rstrip", "normalized", "special"] as const;

/** The tokens that tokenizer_config.json (`added_tokens_decoder`) or else added_tokens.json add, by ids. */
function statedTokens({ added_tokens_decoder: stated }: JsonObject, added: JsonObject) {
  const tokens = isObject(stated)
    ? Object.entries(stated).flatMap(([id, token]) => {
        const content = contentOf(token);
        if (content === undefined) return [];
        const rules = RULES.filter((rule) => isObject(token) && typeof token[rule] === "boolean");
        return [
          {
            id: Number(id),
            content,
            ...Object.fromEntries(rules.map((rule) => [rule, (token as JsonObject)[rule] as boolean])),
          },
        ];
      })
    : Object.entries(added).map(([content, id]) => ({ id: Number(id), content }));
  return tokens.sort((a, b) => a.id - b.id);
}

/** Special tokens beyond those of a sequence. transformers 5 renamed their key. */
function moreSpecials(config: JsonObject): string[] {
  const lists = [config.additional_special_tokens, config.extra_special_tokens];
  return lists
    .flatMap((list): unknown[] => (Array.isArray(list) ? list : []))
    .map(contentOf)
    .filter((token) => token !== undefined);
}
