import { tokenizerInvalid } from "./errors.js";
import { type JsonObject, jsonObject } from "./files.js";
import { addedToken, contentOf } from "./specialTokens.js";

/**
 * Builds the tokenizer.json of a BERT vocabulary: one token per line, whose id is the line's index, from 0.
 * The rules come from tokenizer_config.json (`do_lower_case`, `tokenize_chinese_chars`, `strip_accents`),
 * with transformers' defaults.
 *
 * @throws NeriumError TOKENIZE_FILE_INVALID
 * @see https://github.com/huggingface/transformers/blob/main/src/transformers/models/bert/tokenization_bert.py
 */
export function wordPieceJson(vocabularyText: string, config: JsonObject, file: string): JsonObject {
  const lines = vocabularyText.split("\n").map((line) => line.replace(/\r$/, ""));
  if (lines.at(-1) === "") lines.pop();
  const vocab = Object.fromEntries(lines.map((token, id) => [token, id]));
  const token = (key: string, usual: string) => contentOf(config[key]) ?? usual;
  const [unk, sep, pad, cls, mask] = [
    token("unk_token", "[UNK]"),
    token("sep_token", "[SEP]"),
    token("pad_token", "[PAD]"),
    token("cls_token", "[CLS]"),
    token("mask_token", "[MASK]"),
  ];
  for (const needed of [unk, sep, cls])
    if (!Object.hasOwn(vocab, needed)) throw tokenizerInvalid(file, `the vocabulary has no token ${needed}`);
  const special = (id: string, type: number) => ({ SpecialToken: { id, type_id: type } });
  const sequence = (id: string, type: number) => ({ Sequence: { id, type_id: type } });
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: addedTokens([pad, unk, cls, sep, mask], vocab),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: config.tokenize_chinese_chars ?? true,
      strip_accents: config.strip_accents ?? null,
      lowercase: config.do_lower_case ?? true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [special(cls, 0), sequence("A", 0), special(sep, 0)],
      pair: [special(cls, 0), sequence("A", 0), special(sep, 0), sequence("B", 1), special(sep, 1)],
      special_tokens: Object.fromEntries(
        [cls, sep].map((id) => [id, { id, ids: [vocab[id]], tokens: [id] }]),
      ),
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: unk,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}

/**
 * Builds the tokenizer.json of a RoBERTa vocabulary: byte-level BPE with the merges of merges.txt, best
 * first.
 *
 * @throws NeriumError TOKENIZE_FILE_INVALID
 * @see https://github.com/huggingface/transformers/blob/main/src/transformers/models/roberta/tokenization_roberta.py
 */
export function byteLevelJson(
  vocabularyText: string,
  mergesText: string,
  config: JsonObject,
  files: { readonly vocabulary: string; readonly merges: string },
): JsonObject {
  const vocab = jsonObject(vocabularyText, files.vocabulary) as Record<string, number>;
  const merges = mergesText
    .split("\n")
    .map((line) => line.replace(/\r$/, ""))
    .filter((line) => line !== "" && !line.startsWith("#version"))
    .map((line) => line.split(" "));
  const wrong = merges.findIndex(
    (pair) => pair.length !== 2 || !pair.every((side) => Object.hasOwn(vocab, side)),
  );
  if (wrong >= 0)
    throw tokenizerInvalid(files.merges, `merge ${wrong + 1} is not a pair of tokens of the vocabulary`);
  const token = (key: string, usual: string) => contentOf(config[key]) ?? usual;
  const [cls, sep, mask] = [
    token("cls_token", "<s>"),
    token("sep_token", "</s>"),
    token("mask_token", "<mask>"),
  ];
  for (const needed of [sep, cls])
    if (!Object.hasOwn(vocab, needed))
      throw tokenizerInvalid(files.vocabulary, `the vocabulary has no token ${needed}`);
  const others = ["bos_token", "pad_token", "eos_token", "unk_token"].map((key) => contentOf(config[key]));
  const byteLevel = { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: addedTokens([cls, "<pad>", sep, "<unk>", mask, ...others], vocab),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: {
      type: "RobertaProcessing",
      sep: [sep, vocab[sep]],
      cls: [cls, vocab[cls]],
      trim_offsets: true,
      add_prefix_space: true,
    },
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges,
    },
  };
}

/** The special tokens that are in the vocabulary, in the order of their ids. */
function addedTokens(tokens: readonly (string | undefined)[], vocab: Readonly<Record<string, number>>) {
  const own = tokens.filter((token) => token !== undefined).filter((token) => Object.hasOwn(vocab, token));
  return [...new Set(own)]
    .map((content) => addedToken({ id: vocab[content]!, content }))
    .sort((a, b) => a.id - b.id);
}
