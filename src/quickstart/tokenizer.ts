import type { Sentence } from "../text/sentence.js";
import { learnWordPieces } from "./vocabulary.js";

/** The files of a tokenizer, by name. */
export interface TokenizerFiles {
  readonly "tokenizer.json": string;
  readonly "tokenizer_config.json": string;
  readonly "vocab.txt": string;
}

/** Longest sequence of the small encoder, including special tokens. */
export const MAX_LENGTH = 128;

/**
 * Returns a cased WordPiece tokenizer learned from the words of these sentences, as the files that a BERT
 * tokenizer has in a Hugging Face folder. The same sentences give the same bytes. The vocabulary is so small
 * that names are split into beginning and ending. With 2,000 tokens, the names of the training data would
 * become tokens of their own, and the encoder would learn them by heart.
 */
export function quickstartTokenizer(sentences: readonly Sentence[], vocabularySize = 1000): TokenizerFiles {
  const vocabulary = learnWordPieces(preTokens(sentences), vocabularySize);
  const idOf = (piece: string) => vocabulary.indexOf(piece);
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].map((content) => ({
    id: idOf(content),
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  const specialToken = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const postProcessor = {
    type: "TemplateProcessing",
    single: [specialToken("[CLS]"), { Sequence: { id: "A", type_id: 0 } }, specialToken("[SEP]")],
    pair: [
      specialToken("[CLS]"),
      { Sequence: { id: "A", type_id: 0 } },
      specialToken("[SEP]"),
      { Sequence: { id: "B", type_id: 1 } },
      { SpecialToken: { id: "[SEP]", type_id: 1 } },
    ],
    special_tokens: Object.fromEntries(
      ["[CLS]", "[SEP]"].map((token) => [token, { id: token, ids: [idOf(token)], tokens: [token] }]),
    ),
  };
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special,
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: false,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: postProcessor,
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((piece, id) => [piece, id])),
    },
  };
  const config = {
    cls_token: "[CLS]",
    do_lower_case: false,
    mask_token: "[MASK]",
    model_max_length: MAX_LENGTH,
    pad_token: "[PAD]",
    sep_token: "[SEP]",
    strip_accents: null,
    tokenize_chinese_chars: true,
    tokenizer_class: "BertTokenizer",
    unk_token: "[UNK]",
  };
  return {
    "tokenizer.json": json(tokenizer),
    "tokenizer_config.json": json(config),
    "vocab.txt": `${vocabulary.join("\n")}\n`,
  };
}

/** Splits words as BERT's pre-tokenizer does: every punctuation mark is separate. */
function* preTokens(sentences: readonly Sentence[]): Generator<string> {
  for (const { words } of sentences) {
    for (const word of words) yield* word.match(/[\p{P}$+<=>^`|~]|[^\p{P}$+<=>^`|~]+/gu) ?? [];
  }
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
